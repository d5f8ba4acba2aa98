/** Starts the servers that are measured: specchat as its users run it, and the baselines. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKey } from "../../../src/access/authentication/api-keys/api-key.ts";
import { MODEL } from "../../support/harness.ts";
import { startChild } from "./child.ts";
import { buildExecutable } from "./executable.ts";
import type { Baseline, Bench, Server } from "./types.ts";

const root = `${import.meta.dir}/../../..`;
const THINGS = `${root}/test/fixtures/things.yaml`;
const BASELINES: Readonly<Record<Baseline, string>> = { A: "aws-sdk", B: "bare" };

export interface SpecchatOptions {
  /** The address of the stand-in: the endpoint of Bedrock and the API. */
  readonly modelUrl: string;
  /** The document of the API; a small one when undefined. */
  readonly spec?: string;
  /** Further arguments. */
  readonly argv?: readonly string[];
  /** The command that runs specchat, in place of the build of today. */
  readonly command?: readonly string[];
  /** The data folder, which remains; a folder of its own when undefined. */
  readonly dataFolder?: string | undefined;
}

/** Starts a baseline. */
export async function startBaseline(baseline: Baseline, modelUrl: string): Promise<Server> {
  const script = `${import.meta.dir}/../baselines/${BASELINES[baseline]}.ts`;
  const child = await startChild([process.execPath, script, modelUrl, modelUrl, MODEL]);
  return { ...child, headers: {} };
}

/** Starts specchat. Its sessions are stored in SQLite, its metrics are on, and clients authenticate with an API key. */
export async function startSpecchat(
  bench: Bench,
  { modelUrl, spec = THINGS, argv = [], dataFolder, command }: SpecchatOptions,
  isOther = false,
): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), "specchat-bench-"));
  const key = createKey();
  const child = await startChild(
    [
      ...(command ?? (isOther ? [bench.against?.executable ?? ""] : await findCommand(bench))),
      ...["--port", "0", "--spec", spec, "--base-url", modelUrl],
      ...["--model", MODEL, "--api-keys", `bench:${key}`, "--data-dir", dataFolder ?? folder, ...argv],
    ],
    {
      cwd: folder,
      env: {
        HOME: folder,
        AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
        AWS_SECRET_ACCESS_KEY: "example",
        AWS_REGION: "us-east-1",
        AWS_ENDPOINT_URL_BEDROCK_RUNTIME: modelUrl,
      },
    },
  );
  return {
    ...child,
    headers: { Authorization: `Bearer ${key}` },
    async stop() {
      await child.stop(bench.profileFolder === undefined ? "SIGKILL" : "SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Returns the command that runs the build of today. */
export async function findCommand({ profileFolder }: Bench): Promise<readonly string[]> {
  if (profileFolder === undefined) return [await buildExecutable()];
  return [process.execPath, "--cpu-prof", "--cpu-prof-dir", profileFolder, `${root}/src/main.ts`];
}
