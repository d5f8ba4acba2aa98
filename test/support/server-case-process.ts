/** The processes of a case of `test/fixtures/cases/server`: an API, a stand-in for Bedrock, and specchat in an empty folder. */
import { mkdtemp, rm } from "node:fs/promises";
import { networkInterfaces, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Failure, type ScriptedResponse, type StandIn, startBedrock } from "../bedrock/index.ts";
import { MODEL } from "./harness.ts";
import type { ServerCase } from "./server-case-types.ts";
import { SPECCHAT } from "./specchat-command.ts";

const DOCUMENTS = `${import.meta.dir}/../fixtures/cases/documents`;

/** The machine's own address beyond loopback. */
export const OWN_ADDRESS =
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.1";

export interface CaseApi {
  readonly url: string;
  /** The number of requests so far. */
  readonly count: () => number;
  stop(): Promise<void>;
}

/** Starts an API that answers every request with 200. */
export function startCaseApi(): CaseApi {
  let count = 0;
  const rows = Array.from({ length: 6000 }, (_, id) => ({ id, name: `row ${id} of a long list of records` }));
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      count += 1;
      return Response.json(new URL(request.url).pathname.endsWith("/many") ? rows : { ok: true });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    count: () => count,
    stop: () => server.stop(true),
  };
}

const EXPIRED: Failure = {
  error: {
    status: 403,
    type: "ExpiredTokenException",
    message: "The security token included in the request is expired",
  },
};

/** Wraps a script: requests with the access key AKIDEXPIRED fail. An exhausted script replies with a text. */
export function caseScript(replies: readonly ScriptedResponse[]) {
  const remaining = [...replies];
  return (request: StandIn["requests"][number]) =>
    accessKeyOf(request) === "AKIDEXPIRED" ? EXPIRED : (remaining.shift() ?? { text: ["Aye."] });
}

export function accessKeyOf({ headers }: Pick<StandIn["requests"][number], "headers">): string | undefined {
  const authorization = headers.get("authorization") ?? "";
  return /Credential=([^/]+)/.exec(authorization)?.[1] ?? /^Bearer (.*)$/.exec(authorization)?.[1];
}

export async function startCaseBedrock(): Promise<StandIn> {
  const bedrock = await startBedrock();
  bedrock.script(caseScript([]));
  return bedrock;
}

export interface CaseFolder {
  readonly path: string;
  readonly spawn: (command: string, argv: readonly string[]) => Bun.Subprocess<"pipe", "pipe", "pipe">;
  remove(): Promise<void>;
}

/** Creates the folder of a case with its files. `spawn` starts specchat in it. */
export async function createCaseFolder(
  input: ServerCase,
  { api, bedrock }: { readonly api: CaseApi; readonly bedrock: StandIn },
): Promise<CaseFolder> {
  const path = await mkdtemp(join(tmpdir(), "specchat-server-case-"));
  for (const [name, content] of Object.entries(input.files ?? {})) {
    await Bun.$`mkdir -p ${dirname(join(path, name))}`;
    await Bun.write(join(path, name), content);
  }
  if (input.document) await Bun.write(join(path, "api.json"), Bun.file(`${DOCUMENTS}/${input.document}`));
  if (input.many !== undefined) await Bun.write(join(path, "api.json"), manyOperations(input.many));
  const hasDocument = input.document !== undefined || input.many !== undefined;
  const fill = (text: string) => text.replaceAll("{folder}", path).replaceAll("{api}", api.url);
  return {
    path,
    spawn(command, argv) {
      const document = hasDocument ? ["--spec", "api.json"] : [];
      const baseUrl = hasDocument && !argv.includes("--base-url") ? ["--base-url", api.url] : [];
      return Bun.spawn([...SPECCHAT, command, ...argv.map(fill), ...document, ...baseUrl], {
        cwd: path,
        env: createEnvironment(input, path, bedrock.url, fill),
        stdin: "pipe",
        stdout: "pipe",
        stderr: "pipe",
      });
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

function createEnvironment(
  { aws = true, env = {} }: ServerCase,
  home: string,
  endpoint: string,
  fill: (text: string) => string,
): Record<string, string> {
  const environment: Record<string, string | null> = {
    HOME: home,
    PATH: process.env.PATH ?? "",
    AWS_EC2_METADATA_DISABLED: "true",
    SPECCHAT_RETRY_DELAY: "0.01",
    ...(aws && {
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "example",
      AWS_REGION: "us-east-1",
      BEDROCK_MODEL_ID: MODEL,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: endpoint,
      AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME: endpoint,
    }),
    ...env,
  };
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === null ? [] : [[name, fill(value)]])),
  );
}

function manyOperations(count: number): string {
  const paths = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `/things-${index}`,
      { get: { operationId: `listThings${index}`, description: "Lists things. ".repeat(20) } },
    ]),
  );
  return JSON.stringify({
    openapi: "3.1.0",
    info: { title: "Many", version: "1" },
    servers: [{ url: "https://api.example.test/v1" }],
    paths,
  });
}
