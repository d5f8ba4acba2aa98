/** The product as its users meet it: a real server on a free port, a real socket, an API that records what it gets. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, closeApp, createApp, type Ports } from "../src/app.ts";
import { loadConfig } from "../src/config/load.ts";
import { createBedrock } from "../src/model/bedrock/index.ts";
import type { Model } from "../src/model/types.ts";
import { type RunningServer, startServer } from "../src/server.ts";
import { createLog } from "../src/telemetry/log.ts";
import type { ServerFrame } from "../src/wire/types.ts";

export interface Specchat {
  readonly app: App;
  readonly server: RunningServer;
  readonly url: string;
  /** Lines of its log. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

export interface StartOptions {
  /** As on the command line; the port is a free one unless it is given. */
  readonly argv?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly model?: Model;
  /** In place of the usual ones. */
  readonly ports?: Partial<Ports>;
  readonly useDemoModel?: boolean;
}

export async function startSpecchat(options: StartOptions = {}): Promise<Specchat> {
  const folder = await mkdtemp(join(tmpdir(), "specchat-"));
  const { config } = loadConfig({
    argv: ["--port", "0", "--data-dir", folder, ...(options.argv ?? [])],
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
  return {
    io: {
      fetch: (url, init) => fetch(url, init),
      readFile: (path) => Bun.file(path),
      realPath: async (path) => path,
      readStdin: () => new Blob([]).stream(),
    },
    fetch: (url, init) => fetch(url, init),
    now: () => new Date(),
    random: Math.random,
    sleep: (ms) => Bun.sleep(ms),
    log: createLog({ level: "info", now: () => new Date(), write: (line) => log.push(line) }),
  };
}

export const MODEL = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";

/** The real Bedrock client, pointed at a stand-in; retries come at once. */
export function bedrockAt(url: string, silenceTimeoutMs = 20_000, region = "us-east-1"): Model {
  return createBedrock(
    {
      model: MODEL,
      region,
      endpoint: url,
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" },
      maxRetries: 3,
      retryDelayMs: 1,
      connectTimeoutMs: 5000,
      silenceTimeoutMs,
    },
    { now: Date.now, random: Math.random, sleep: (ms) => Bun.sleep(ms), warn: () => {} },
  );
}

export type Frame<Type extends ServerFrame["type"]> = Extract<ServerFrame, { type: Type }>;

export class NativeClient {
  readonly frames: ServerFrame[] = [];
  readonly closed: Promise<CloseEvent>;
  readonly #socket: WebSocket;
  #taken = 0;
  #wake: (() => void) | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.addEventListener("close", resolve));
    socket.addEventListener("message", ({ data }) => {
      this.frames.push(JSON.parse(String(data)));
      this.#wake?.();
    });
  }

  /** Resolves with the socket open; the first frame is still to be taken. */
  static async connect(url: string, headers: Record<string, string> = {}): Promise<NativeClient> {
    const address = `${url.replace(/^http/, "ws")}/bedrock-chat/ws`;
    // Bun's WebSocket takes headers; the DOM's type, which the page needs, does not know them.
    const socket = new WebSocket(address, { headers } as never);
    const client = new NativeClient(socket);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", () => reject(new Error(`cannot connect to ${address}`)));
    });
    return client;
  }

  /** Texts and bytes as they are, anything else as JSON. */
  send(frame: unknown): void {
    if (frame instanceof Uint8Array) this.#socket.send(new Uint8Array(frame));
    else this.#socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** The next frame nobody has taken yet. */
  async next(): Promise<ServerFrame> {
    for (;;) {
      const frame = this.frames[this.#taken];
      if (frame) {
        this.#taken += 1;
        return frame;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Takes frames up to the first of these types, which is returned. */
  async until<Type extends ServerFrame["type"]>(...types: readonly Type[]): Promise<Frame<Type>> {
    for (;;) {
      const frame = await this.next();
      if ((types as readonly string[]).includes(frame.type)) return frame as Frame<Type>;
    }
  }

  /** Sends a message and takes every frame of its turn. */
  async turn(message: string): Promise<ServerFrame[]> {
    const from = this.#taken;
    this.send({ message });
    await this.until("ai_response", "error");
    return this.frames.slice(from, this.#taken);
  }

  close(): void {
    this.#socket.close();
  }
}

export interface RecordingApi {
  readonly url: string;
  /** `METHOD path?query`, and the body where there was one. */
  readonly requests: readonly string[];
  /** Its document, in a file of its own. */
  readonly spec: string;
  stop(): Promise<void>;
}

/** A little API of things, with what can go wrong: `GET /things/404`. */
export async function startApi(
  answer: (request: Request) => Response | Promise<Response> = things,
): Promise<RecordingApi> {
  const requests: string[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const body = await request.clone().text();
      requests.push(`${request.method} ${pathname}${search}${body && ` ${body}`}`);
      return await answer(request);
    },
  });
  const url = `http://127.0.0.1:${server.port}`;
  const spec = `${import.meta.dir}/fixtures/things.yaml`;
  return { url, requests, spec, stop: () => server.stop(true) };
}

function things(request: Request): Response {
  const id = new URL(request.url).pathname.split("/")[2];
  if (id === "404") return Response.json({ message: "no such thing" }, { status: 404 });
  if (request.method === "POST") return Response.json({ id: 7 }, { status: 201 });
  return Response.json(id === undefined ? [{ id: 1 }, { id: 2 }] : { id: Number(id), name: `thing ${id}` });
}
