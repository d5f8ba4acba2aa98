/** Types of connections to MCP servers. */
import type { FetchLike } from "@modelcontextprotocol/client";

type Fields = Readonly<Record<string, string | number>>;

/** The external dependencies of connections to MCP servers. */
export interface McpPorts {
  readonly request: FetchLike;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly now: () => Date;
  readonly warn: (event: string, fields: Fields) => void;
  readonly debug: (event: string, fields: Fields) => void;
  /** The base environment of every child process: PATH and HOME. */
  readonly environment: Readonly<Record<string, string>>;
  readonly version: string;
}
