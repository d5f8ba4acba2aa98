/** Runs an MCP server as a child process and talks to it over stdio. */
import type { McpServer } from "../../config/mcp-servers.ts";
import { maskSecrets } from "../http/mask-secrets.ts";
import { serverSecrets } from "./describe-error.ts";
import { LineTransport } from "./line-transport.ts";
import type { McpPorts } from "./types.ts";

/** The time to wait after each step of stopping the process: end of input, SIGTERM, SIGKILL. */
const STOP_GRACE_MS = 1500;
/** The maximum length of a log line in characters. */
const MAX_LOG_LINE_LENGTH = 1000;

export class ChildTransport extends LineTransport {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "pipe">;
  readonly #sleep: McpPorts["sleep"];

  /** @throws Error when the command cannot be started. */
  constructor(server: McpServer & { readonly type: "command" }, { environment, debug, sleep }: McpPorts) {
    const { name, command, args, env, cwd } = server;
    const secrets = serverSecrets(server);
    const child = Bun.spawn([command, ...args], {
      env: { ...environment, ...env },
      ...(cwd !== undefined && { cwd }),
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
    });
    super({
      input: child.stdout,
      // These reject when the process has closed its input.
      output: async (line) => {
        await child.stdin.write(line);
        await child.stdin.flush();
      },
    });
    this.#child = child;
    this.#sleep = sleep;
    const logLine = (line: string) =>
      debug("mcp server stderr", {
        server: name,
        line: maskSecrets(line, secrets).slice(0, MAX_LOG_LINE_LENGTH),
      });
    void readLog(child.stderr, logLine).catch(() => undefined);
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

/** Splits a stream of log output into lines. A line without an end is cut. */
async function readLog(stream: ReadableStream<Uint8Array>, logLine: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = (lines.pop() ?? "").slice(0, MAX_LOG_LINE_LENGTH);
    for (const line of lines) logLine(line);
  }
}
