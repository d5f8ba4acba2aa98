/**
 * A server whose frames a test writes: for states that a real one shows only by chance. It serves the real page under the
 * real policy.
 */
import type { Server, ServerWebSocket } from "bun";
import { buildPage } from "../../src/page/bundle.ts";
import { createPage } from "../../src/page/page.ts";
import { PAGE_POLICY } from "../../src/page/policy.ts";
import type { ServerFrame } from "../../src/wire/types.ts";

export interface Client {
  send(frame: ServerFrame): void;
  /** Breaks the connection without a word. */
  drop(): void;
  close(code: number): void;
}

export type Script = (client: Client, frame: Record<string, unknown>) => void | Promise<void>;

export interface ScriptedServer {
  readonly address: string;
  /** Frames the page sent, in order, over all connections; without pings and `hello`. */
  readonly received: readonly Record<string, unknown>[];
  /** The same with `hello`. */
  readonly heard: readonly Record<string, unknown>[];
  /** So far. Each gets a session of its number. */
  readonly connections: number;
  /** As if just started, with these fields in its greeting: what came before is forgotten. */
  begin(hello?: Partial<Hello>): void;
  /** What becomes of the frames from now on. */
  play(script: Script): void;
  /** Connections of before answer nothing any more. */
  mute(): void;
  stop(): Promise<void>;
}

const built = buildPage();

export const HELLO = {
  type: "connection_established",
  message: "Connected to AI assistant",
  model: "demo",
  models: ["demo"],
  tools: 14,
  resumed: false,
} as const;

type Hello = Extract<ServerFrame, { type: "connection_established" }>;

export function serveScripted(): ScriptedServer {
  const page = createPage(() => built, {
    ui: "/bedrock-chat/ui",
    websocket: "/bedrock-chat/ws",
    title: "specchat",
  });
  let hello: Partial<Hello> = {};
  let received: Record<string, unknown>[] = [];
  let heard: Record<string, unknown>[] = [];
  let script: Script = () => {};
  let connections = 0;
  let muted: WeakSet<object> | undefined;
  const all = new Set<ServerWebSocket<undefined>>();
  const clients = new WeakMap<object, Client>();

  /** One for each connection. */
  function clientOf(socket: ServerWebSocket<undefined>): Client {
    const client = clients.get(socket) ?? {
      send: (frame) => socket.send(JSON.stringify(frame)),
      drop: () => socket.terminate(),
      close: (code) => socket.close(code),
    };
    clients.set(socket, client);
    return client;
  }

  const server: Server<undefined> = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request, upgrader) {
      const { pathname } = new URL(request.url);
      if (pathname === "/bedrock-chat/ws") {
        return upgrader.upgrade(request) ? undefined : new Response("no", { status: 400 });
      }
      const asset = await page(pathname.replace(/^\/bedrock-chat\/ui\/?/, ""));
      if (!pathname.startsWith("/bedrock-chat/ui") || asset === undefined) {
        return new Response("not found", { status: 404 });
      }
      return new Response(asset.body, {
        headers: {
          "content-type": asset.contentType,
          "content-security-policy": PAGE_POLICY,
          "cache-control": asset.immutable ? "public, max-age=31536000, immutable" : "no-cache",
        },
      });
    },
    websocket: {
      open(socket) {
        connections += 1;
        all.add(socket);
        clientOf(socket).send({ ...HELLO, session_id: `session-${connections}`, ...hello });
      },
      async message(socket, data) {
        if (muted?.has(socket)) return;
        const frame: Record<string, unknown> = JSON.parse(String(data));
        if (frame.type === "ping") return clientOf(socket).send({ type: "pong" });
        heard.push(frame);
        if (frame.type === "hello") return;
        received.push(frame);
        await script(clientOf(socket), frame);
      },
    },
  });

  return {
    address: `http://127.0.0.1:${server.port}/bedrock-chat/ui`,
    get received() {
      return received;
    },
    get heard() {
      return heard;
    },
    get connections() {
      return connections;
    },
    begin(next = {}) {
      hello = next;
      received = [];
      heard = [];
      script = () => {};
      connections = 0;
    },
    play(next) {
      script = next;
    },
    mute() {
      muted = new WeakSet(all);
    },
    stop: () => server.stop(true),
  };
}

/** Numbers the frames of one session's turns. */
export function story() {
  let seq = 0;
  return <Frame extends object>(frame: Frame) => {
    seq += 1;
    return { seq, turn_id: "turn-1", ...frame };
  };
}

/** The closing frame of a turn. */
export function answer(message: string, more: Partial<Extract<ServerFrame, { type: "ai_response" }>> = {}) {
  return {
    type: "ai_response",
    message,
    tool_calls: [],
    tool_results: [],
    timestamp: "2026-01-01T12:00:00.000Z",
    stop_reason: "end_turn",
    usage: {
      input_tokens: 1204,
      output_tokens: 86,
      total_tokens: 1290,
      cache_read_tokens: 0,
      cache_write_tokens: 0,
    },
    cost_usd: null,
    model: "demo",
    ...more,
  } as const;
}
