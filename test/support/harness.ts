/** Starts specchat for tests: a real server on a free port, a real socket and an API that records its requests. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeApp, createApp } from "../../src/app/create-app.ts";
import { createFetch } from "../../src/app/fetch.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { App, Ports } from "../../src/context.ts";
import { createBedrock } from "../../src/model/bedrock/index.ts";
import type { Model } from "../../src/model/types.ts";
import type { ServerFrame } from "../../src/protocols/native/types.ts";
import { type RunningServer, startServer } from "../../src/server/server.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { SocketClient } from "./socket-client.ts";

export interface Specchat {
  readonly app: App;
  readonly server: RunningServer;
  readonly url: string;
  /** Lines of the log. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

export interface StartOptions {
  /** Command-line arguments. The default port is a free one, the default document the built-in shop. */
  readonly argv?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly model?: Model;
  /** Ports that replace the test ports. */
  readonly ports?: Partial<Ports>;
  readonly useDemoModel?: boolean;
}

export async function startSpecchat(options: StartOptions = {}): Promise<Specchat> {
  const folder = await mkdtemp(join(tmpdir(), "specchat-"));
  const demo =
    options.argv?.includes("--spec") || options.environment?.SPECCHAT_SPEC ? [] : ["--spec", "demo"];
  const { config } = loadConfig({
    argv: ["--port", "0", "--data-dir", folder, ...demo, ...(options.argv ?? [])],
    environment: options.environment ?? {},
    readFile: () => undefined,
  });
  const log: string[] = [];
  const app = await createApp(
    config,
    { ...testPorts(log), ...options.ports, ...(options.model && { model: options.model }) },
    options.useDemoModel,
  );
  const server = startServer(app);
  return {
    app,
    server,
    url: server.url,
    log,
    async stop() {
      await server.stop();
      await closeApp(app);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function testPorts(log: string[] = []): Ports {
  const fetch = createFetch();
  return {
    io: {
      fetch,
      readFile: (path) => Bun.file(path),
      realPath: async (path) => path,
      readStdin: () => new Blob([]).stream(),
    },
    fetch,
    now: () => new Date(),
    random: Math.random,
    sleep: (ms) => Bun.sleep(ms),
    log: createLog({ level: "info", now: () => new Date(), write: (line) => log.push(line) }),
  };
}

export const MODEL = "global.anthropic.claude-sonnet-4-5-20250929-v1:0";

/** Creates the real Bedrock client for a stand-in, with immediate retries. */
export function createBedrockAt(url: string, silenceTimeoutMs = 20_000, region = "us-east-1"): Model {
  return createBedrock(
    {
      model: MODEL,
      region,
      endpoint: url,
      mantleEndpoint: `${url}/mantle`,
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" },
      maxRetries: 3,
      retryDelayMs: 1,
      connectTimeoutMs: 5000,
      idleTimeoutMs: silenceTimeoutMs,
    },
    { now: Date.now, random: Math.random, sleep: (ms) => Bun.sleep(ms), warn: () => {} },
  );
}

export type Frame<Type extends ServerFrame["type"]> = Extract<ServerFrame, { type: Type }>;

export class NativeClient {
  readonly #client: SocketClient;

  private constructor(client: SocketClient) {
    this.#client = client;
  }

  /** Resolves when the socket is open. The first frame is not taken yet. */
  static async connect(url: string, headers: Record<string, string> = {}): Promise<NativeClient> {
    return new NativeClient(await SocketClient.connect(url, "/bedrock-chat/ws", headers));
  }

  get frames(): readonly ServerFrame[] {
    return this.#client.frames;
  }

  get closed(): SocketClient["closed"] {
    return this.#client.closed;
  }

  send(frame: unknown): void {
    this.#client.send(frame);
  }

  /** Takes the next frame. */
  async next(): Promise<ServerFrame> {
    return await this.#client.next();
  }

  /** Takes frames up to the first of these types and returns it. */
  async waitFor<Type extends ServerFrame["type"]>(...types: readonly Type[]): Promise<Frame<Type>> {
    return (await this.#client.readUntil(...types)).at(-1);
  }

  /** Sends a message and takes every frame of its turn. */
  async runTurn(message: string): Promise<ServerFrame[]> {
    this.send({ message });
    return await this.#client.readUntil("ai_response", "error");
  }

  close(): void {
    this.#client.close();
  }
}

export interface RecordingApi {
  readonly url: string;
  /** `METHOD path?query`, followed by the body if there is one. */
  readonly requests: readonly string[];
  /** The path of its document. */
  readonly spec: string;
  stop(): Promise<void>;
}

/** Starts a small API of things. `GET /things/404` fails. */
export async function startApi(
  respond: (request: Request) => Response | Promise<Response> = respondWithThings,
): Promise<RecordingApi> {
  const requests: string[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const body = await request.clone().text();
      requests.push(`${request.method} ${pathname}${search}${body && ` ${body}`}`);
      return await respond(request);
    },
  });
  const url = `http://127.0.0.1:${server.port}`;
  const spec = `${import.meta.dir}/../fixtures/things.yaml`;
  return { url, requests, spec, stop: () => server.stop(true) };
}

function respondWithThings(request: Request): Response {
  const id = new URL(request.url).pathname.split("/")[2];
  if (id === "404") return Response.json({ message: "no such thing" }, { status: 404 });
  if (request.method === "POST") return Response.json({ id: 7 }, { status: 201 });
  return Response.json(id === undefined ? [{ id: 1 }, { id: 2 }] : { id: Number(id), name: `thing ${id}` });
}
