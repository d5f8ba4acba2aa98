/** Runs specchat against the stand-in: `specchat ask` as a process, and a model for a server in this process. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { TurnEvent } from "../../../src/chat/types.ts";
import { type BedrockOptions, createBedrock } from "../../../src/model/bedrock/index.ts";
import type { Model } from "../../../src/model/types.ts";
import { MODEL } from "../../support/harness.ts";
import { SPECCHAT } from "../../support/specchat-command.ts";

const spec = `${import.meta.dir}/../../fixtures/things.yaml`;

export interface AskResult {
  readonly code: number;
  readonly events: readonly TurnEvent[];
  readonly stderr: string;
}

/** Runs `specchat ask` in an empty home directory, with these flags and this environment. */
export async function runAskCommand(
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<AskResult> {
  const home = await mkdtemp(`${tmpdir()}/specchat-ask-`);
  try {
    const child = Bun.spawn(
      [...SPECCHAT, "ask", "hi", "--json", "--spec", spec, "--retry-delay", "0.001", ...argv],
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

/** Creates a model whose timeouts exceed the pauses of a busy machine, so that only scripted faults are retried. */
export function createPatientBedrock(
  endpoint: string,
  options: Partial<BedrockOptions & { readonly model: string }> = {},
): Model {
  return createBedrock(
    {
      model: MODEL,
      region: "us-east-1",
      endpoint,
      mantleEndpoint: `${endpoint}/mantle`,
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
