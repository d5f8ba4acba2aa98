/**
 * A server whose frames are written by a test, for states that a real server reaches only by chance. It serves the real
 * page with the real policy.
 */
import type { Server, ServerWebSocket } from "bun";
import { buildPage } from "../../src/page/bundle.ts";
import { buildDiagrams } from "../../src/page/diagram-bundle.ts";
import { createPage } from "../../src/page/page.ts";
import { policyOf } from "../../src/page/policy.ts";
import type { SessionFrame } from "../../src/protocols/native/http-types.ts";
import type { ServerFrame } from "../../src/protocols/native/types.ts";

export interface Client {
  send(frame: ServerFrame): void;
  /** Breaks the connection without a close frame. */
  drop(): void;
  close(code: number): void;
}

export type Script = (client: Client, frame: Record<string, unknown>) => void | Promise<void>;

export interface ScriptedServer {
  readonly address: string;
  /** Frames from the page over all connections, in order, without `ping` and `hello`. */
  readonly received: readonly Record<string, unknown>[];
  /** Frames from the page over all connections, in order, without `ping`. */
  readonly allFrames: readonly Record<string, unknown>[];
  /** Resolves to `allFrames` once it has `count` frames: the page may change before its frame arrives. */
  waitForFrames(count: number): Promise<readonly Record<string, unknown>[]>;
  /** Number of connections. Each gets a session with its number. */
  readonly connections: number;
  /** Resets all state. `hello` has fields for `connection_established` frames. */
  reset(hello?: Partial<Hello>): void;
  /** Requests for the list of conversations, in order: method, path and query, body. */
  readonly requests: readonly string[];
  /** Sets the listed conversations. Undefined removes the list (404). A number is the status of every response. */
  setSessions(sessions: readonly SessionFrame[] | number | undefined): void;
  /** Sets the handler of frames. */
  setScript(script: Script): void;
  /** Stops responses on existing connections. */
  mute(): void;
  stop(): Promise<void>;
}

const pagePromise = buildPage();

export const HELLO = {
  type: "connection_established",
  message: "Connected to AI assistant",
  model: "demo",
  models: ["demo"],
  tools: 14,
  resumed: false,
} as const;

const SESSIONS = "/bedrock-chat/sessions";

type Hello = Extract<ServerFrame, { type: "connection_established" }>;

export function startScriptedServer(): ScriptedServer {
  const page = createPage(
    { page: () => pagePromise, diagrams: buildDiagrams },
    {
      base: "./ui/",
      websocket: "./ws",
      sessions: "./sessions",
      shares: "",
      docs: "./docs",
      account: "",
      language: "auto",
      manifest: "manifest.webmanifest",
      brandStyle: "",
      brandLogo: "",
      brand: "{}",
      themeLight: "#ffffff",
      themeDark: "#000000",
      title: "specchat",
    },
  );
  let hello: Partial<Hello> = {};
  let received: Record<string, unknown>[] = [];
  let allFrames: Record<string, unknown>[] = [];
  let script: Script = () => {};
  let connections = 0;
  let sessions: readonly SessionFrame[] | number | undefined = [];
  let requests: string[] = [];
  let muted: WeakSet<object> | undefined;
  let listeners: (() => void)[] = [];
  const sockets = new Set<ServerWebSocket<undefined>>();
  const clients = new WeakMap<object, Client>();

  /** Returns the client of a connection, always the same one. */
  function clientFor(socket: ServerWebSocket<undefined>): Client {
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
      const { pathname, search } = new URL(request.url);
      if (pathname.startsWith(SESSIONS)) {
        const body = await request.text();
        requests.push(
          `${request.method} ${pathname.slice("/bedrock-chat/".length)}${search}${body && ` ${body}`}`,
        );
        if (typeof sessions === "number") return new Response("broken", { status: sessions });
        if (sessions === undefined) return new Response("not found", { status: 404 });
        const reply = respondToSessionRequest(sessions, request.method, new URL(request.url), body);
        sessions = reply.sessions;
        return reply.response;
      }
      if (pathname === "/bedrock-chat/ws") {
        return upgrader.upgrade(request) ? undefined : new Response("no", { status: 400 });
      }
      const path = pathname.replace(/^\/bedrock-chat\/ui\/?/, "");
      const asset = await page(path);
      if (!pathname.startsWith("/bedrock-chat/ui") || asset === undefined) {
        return new Response("not found", { status: 404 });
      }
      return new Response(asset.body, {
        headers: {
          "content-type": asset.contentType,
          "content-security-policy": policyOf(path, []),
          "cache-control": asset.immutable ? "public, max-age=31536000, immutable" : "no-cache",
        },
      });
    },
    websocket: {
      open(socket) {
        connections += 1;
        sockets.add(socket);
        clientFor(socket).send({ ...HELLO, session_id: `session-${connections}`, ...hello });
      },
      async message(socket, data) {
        if (muted?.has(socket)) return;
        const frame: Record<string, unknown> = JSON.parse(String(data));
        if (frame.type === "ping") return clientFor(socket).send({ type: "pong" });
        allFrames.push(frame);
        for (const listener of listeners) listener();
        if (frame.type === "hello") return;
        received.push(frame);
        await script(clientFor(socket), frame);
      },
    },
  });

  return {
    address: `http://127.0.0.1:${server.port}/bedrock-chat/ui`,
    get received() {
      return received;
    },
    get allFrames() {
      return allFrames;
    },
    waitForFrames(count) {
      const enough = Promise.withResolvers<typeof allFrames>();
      const resolveIfEnough = () => allFrames.length >= count && enough.resolve(allFrames);
      listeners.push(resolveIfEnough);
      resolveIfEnough();
      return enough.promise;
    },
    get connections() {
      return connections;
    },
    reset(next = {}) {
      hello = next;
      received = [];
      allFrames = [];
      listeners = [];
      script = () => {};
      connections = 0;
      sessions = [];
      requests = [];
    },
    setSessions(next) {
      sessions = next;
    },
    get requests() {
      return requests;
    },
    setScript(next) {
      script = next;
    },
    mute() {
      muted = new WeakSet(sockets);
    },
    stop: () => server.stop(true),
  };
}

/** Lists, exports, changes or deletes conversations. Returns the response and the remaining conversations. */
function respondToSessionRequest(
  sessions: readonly SessionFrame[],
  method: string,
  url: URL,
  body: string,
): { readonly sessions: readonly SessionFrame[]; readonly response: Response } {
  const [id = "", action] = url.pathname.slice(SESSIONS.length + 1).split("/");
  if (id === "") {
    const { limit, before, search = "" } = Object.fromEntries(url.searchParams);
    const found = sessions.filter(({ title }) => title.toLowerCase().includes(search.toLowerCase()));
    const from = found.findIndex(({ session_id }) => session_id === before) + 1;
    const page = found.slice(from, from + Number(limit));
    const next = from + page.length < found.length ? (page.at(-1)?.session_id ?? null) : null;
    return { sessions, response: Response.json({ sessions: page, next }) };
  }
  if (action === "export") {
    const headers = { "content-disposition": `attachment; filename="${id}"` };
    return { sessions, response: new Response(url.search, { headers }) };
  }
  const others = sessions.filter(({ session_id }) => session_id !== id);
  if (method === "DELETE") return { sessions: others, response: new Response(null, { status: 204 }) };
  const changed = sessions.map((session) =>
    session.session_id === id ? { ...session, ...JSON.parse(body) } : session,
  );
  return { sessions: changed, response: Response.json({}) };
}

/** Creates a conversation for the list. */
export function createSessionFrame(
  id: string,
  title: string,
  more: Partial<SessionFrame> = {},
): SessionFrame {
  const now = new Date().toISOString();
  return {
    session_id: id,
    title,
    model: "demo",
    created_at: now,
    updated_at: now,
    message_count: 2,
    state: "idle",
    usage: createAiResponse("").usage,
    cost_usd: null,
    ...more,
  };
}

/** Returns a function that adds sequence numbers and a turn to frames. */
export function createFrameSequencer() {
  let seq = 0;
  return <Frame extends object>(frame: Frame) => {
    seq += 1;
    return { seq, turn_id: "turn-1", ...frame };
  };
}

/** Creates the final frame of a turn. */
export function createAiResponse(
  message: string,
  more: Partial<Extract<ServerFrame, { type: "ai_response" }>> = {},
) {
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
