import type { FetchLike } from "@modelcontextprotocol/client";

type Fields = Readonly<Record<string, string | number>>;

/** What connections to MCP servers need of the outside world. */
export interface McpPorts {
  readonly request: FetchLike;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly now: () => Date;
  /** Lines of the log. */
  readonly warn: (event: string, fields: Fields) => void;
  readonly debug: (event: string, fields: Fields) => void;
  /** What every child process is given beside its own: PATH and HOME. */
  readonly environment: Readonly<Record<string, string>>;
  readonly version: string;
}
