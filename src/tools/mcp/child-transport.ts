/** An MCP server that is a process of ours: started, listened to, and ended by its id. */
import type { McpServer } from "../../config/mcp-servers.ts";
import { LineTransport } from "./line-transport.ts";
import type { McpPorts } from "./types.ts";

/** Each time it is asked, more and more firmly, to end. */
const STOP_GRACE_MS = 1500;
/** Characters of a line of its log that are worth keeping. */
const MAX_LOG_LINE_LENGTH = 1000;

export class ChildTransport extends LineTransport {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "pipe">;
  readonly #sleep: McpPorts["sleep"];

  /** @throws Error: there is no such command. */
  constructor(
    { name, command, args, env, cwd }: McpServer & { readonly type: "command" },
    { environment, debug, sleep }: McpPorts,
  ) {
    const child = Bun.spawn([command, ...args], {
      env: { ...environment, ...env },
      ...(cwd !== undefined && { cwd }),
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
    });
    super({
      input: child.stdout,
      // Whoever has closed their end makes these reject.
      output: async (line) => {
        await child.stdin.write(line);
        await child.stdin.flush();
      },
    });
    this.#child = child;
    this.#sleep = sleep;
    const tell = (line: string) => debug("mcp server says", { server: name, line });
    void readLog(child.stderr, tell).catch(() => undefined);
  }

  override async close(): Promise<void> {
    await super.close();
    const child = this.#child;
    const steps = [() => child.stdin.end(), () => child.kill("SIGTERM"), () => child.kill("SIGKILL")];
    for (const step of steps) {
      void Promise.try(step).catch(() => undefined);
      const timer = new AbortController();
      await Promise.race([child.exited, this.#sleep(STOP_GRACE_MS, timer.signal)]);
      timer.abort();
      if (child.exitCode !== null || child.signalCode !== null) return;
    }
  }
}

async function readLog(stream: ReadableStream<Uint8Array>, logLine: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = (lines.pop() ?? "").slice(0, MAX_LOG_LINE_LENGTH);
    for (const line of lines) logLine(line.slice(0, MAX_LOG_LINE_LENGTH));
  }
}
