/** Runs the server as its own process, so that it can be killed. The stand-in for Bedrock stays in the test process. */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StandIn } from "../bedrock/index.ts";
import { MODEL, type RecordingApi } from "./harness.ts";
import { SPECCHAT } from "./specchat-command.ts";

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** Returns its standard error so far. */
  readonly stderr: () => string;
  kill(signal: "SIGKILL" | "SIGTERM"): Promise<number>;
}

export interface ServerFixture {
  readonly folder: string;
  /** Starts another server in the same folder, with the data of the previous one. */
  start(...argv: readonly string[]): Promise<ServerProcess>;
  /** Kills running servers and removes the folder. */
  remove(): Promise<void>;
}

/** @param command an executable, or how specchat runs from its sources. */
export async function createServerFixture(
  bedrock: Pick<StandIn, "url">,
  api: RecordingApi,
  command: readonly string[] = SPECCHAT,
): Promise<ServerFixture> {
  const folder = await mkdtemp(join(tmpdir(), "specchat-place-"));
  const children = new Set<Bun.Subprocess>();
  return {
    folder,
    async start(...argv) {
      const child = Bun.spawn(
        [
          ...command,
          ...["--port", "0", "--spec", api.spec, "--base-url", api.url, "--model", MODEL],
          ...["--data-dir", folder, "--retry-delay", "0.01", ...argv],
        ],
        {
          cwd: folder,
          env: {
            HOME: folder,
            AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
            AWS_SECRET_ACCESS_KEY: "example",
            AWS_REGION: "us-east-1",
            AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
          },
          stdin: "ignore",
          stdout: "pipe",
          stderr: "pipe",
        },
      );
      children.add(child);
      let stderr = "";
      void (async () => {
        for await (const chunk of child.stderr) stderr += new TextDecoder().decode(chunk);
      })();
      const url = await readServerUrl(child.stdout);
      if (url === undefined) {
        await child.exited;
        throw new Error(`the server did not start: ${stderr}`);
      }
      return {
        url,
        pid: child.pid,
        stderr: () => stderr,
        async kill(signal) {
          child.kill(signal);
          const code = await child.exited;
          children.delete(child);
          return code;
        },
      };
    },
    async remove() {
      for (const child of children) {
        child.kill("SIGKILL");
        await child.exited;
      }
      if (existsSync(folder)) await rm(folder, { recursive: true, force: true });
    },
  };
}

async function readServerUrl(output: ReadableStream<Uint8Array>): Promise<string | undefined> {
  let text = "";
  const reader = output.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return undefined;
    text += new TextDecoder().decode(value);
    const url = /Chat +(http:\/\/127\.0\.0\.1:\d+)/.exec(text)?.[1];
    if (url !== undefined && text.includes("Tools")) {
      // The rest is read so that the process never blocks on a full pipe.
      void drain(reader);
      return url;
    }
  }
}

async function drain(reader: { read(): Promise<{ done: boolean }> }): Promise<void> {
  while (!(await reader.read()).done);
}
