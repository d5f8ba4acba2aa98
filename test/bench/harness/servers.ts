/** Starts the servers that are measured: specchat as its users run it, and the baselines. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKey } from "../../../src/access/authentication/api-keys/api-key.ts";
import { MODEL } from "../../support/harness.ts";
import { type Child, startChild } from "./child.ts";
import { buildExecutable } from "./executable.ts";
import type { Baseline, Bench, Server, Subject } from "./types.ts";

const root = `${import.meta.dir}/../../..`;
const BASELINES: Readonly<Record<Baseline, string>> = { A: "aws-sdk", B: "bare" };

export interface ServerOptions {
  /** The address of the stand-in: the endpoint of Bedrock and the API. */
  readonly modelUrl: string;
  /** Further arguments of specchat. */
  readonly argv?: readonly string[];
  /** The data folder of specchat, which remains; a folder of its own when undefined. */
  readonly dataFolder?: string | undefined;
}

/** Starts a server. Sessions of specchat are stored in SQLite, its metrics are on, and clients authenticate with an API key. */
export async function startServer(bench: Bench, subject: Subject, options: ServerOptions): Promise<Server> {
  if (subject === "A" || subject === "B") {
    const script = `${import.meta.dir}/../baselines/${BASELINES[subject]}.ts`;
    const child = await startChild([process.execPath, script, options.modelUrl, options.modelUrl, MODEL]);
    return { ...child, subject, headers: {} };
  }
  const folder = await mkdtemp(join(tmpdir(), "specchat-bench-"));
  const key = createKey();
  const child = await startSpecchat(bench, subject, options, folder, key);
  return {
    ...child,
    subject,
    headers: { Authorization: `Bearer ${key}` },
    async stop() {
      await child.stop(bench.profileFolder === undefined ? "SIGKILL" : "SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startSpecchat(
  bench: Bench,
  subject: "specchat" | "against",
  { modelUrl, argv = [], dataFolder }: ServerOptions,
  folder: string,
  key: string,
): Promise<Child> {
  return await startChild(
    [
      ...(await findCommand(bench, subject)),
      ...["--port", "0", "--spec", `${root}/test/fixtures/things.yaml`, "--base-url", modelUrl],
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
}

async function findCommand(bench: Bench, subject: "specchat" | "against"): Promise<readonly string[]> {
  if (subject === "against") return [bench.against?.executable ?? ""];
  const { profileFolder } = bench;
  if (profileFolder === undefined) return [await buildExecutable()];
  return [process.execPath, "--cpu-prof", "--cpu-prof-dir", profileFolder, `${root}/src/main.ts`];
}
