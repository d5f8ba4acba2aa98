/** The product on a stand-in: the command line as a process of its own, and a model for a server in this one. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { TurnEvent } from "../../../src/chat/types.ts";
import { type BedrockOptions, createBedrock } from "../../../src/model/bedrock/index.ts";
import type { Model } from "../../../src/model/types.ts";
import { MODEL } from "../../support/harness.ts";

const main = `${import.meta.dir}/../../../src/main.ts`;
const spec = `${import.meta.dir}/../../fixtures/things.yaml`;

export interface AskResult {
  readonly code: number;
  readonly events: readonly TurnEvent[];
  readonly stderr: string;
}

/** One question, with these flags and this environment and nothing else of this machine's. */
export async function runAskCommand(
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<AskResult> {
  const home = await mkdtemp(`${tmpdir()}/specchat-ask-`);
  try {
    const child = Bun.spawn(
      [process.execPath, main, "ask", "hi", "--json", "--spec", spec, "--retry-delay", "0.001", ...argv],
      {
        cwd: home,
        env: {
          HOME: home,
          AWS_EC2_METADATA_DISABLED: "true",
          AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
          AWS_SECRET_ACCESS_KEY: "secret",
          ...environment,
        },
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
      },
    );
    const [lines, stderr, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    const events = lines.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as TurnEvent]));
    return { code, events, stderr };
  } finally {
    await rm(home, { recursive: true });
  }
}

/**
 * Waits longer for silence than a busy machine can be silent, so that nothing is tried again but what is told to
 * fail.
 */
export function createPatientBedrock(endpoint: string, options: Partial<BedrockOptions> = {}): Model {
  return createBedrock(
    {
      model: MODEL,
      region: "us-east-1",
      endpoint,
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" },
      maxRetries: 1,
      retryDelayMs: 1,
      connectTimeoutMs: 10_000,
      idleTimeoutMs: 30_000,
      ...options,
    },
    { now: Date.now, random: Math.random, sleep: (ms) => Bun.sleep(ms), warn: () => {} },
  );
}
