import { afterAll, describe, expect, test } from "bun:test";
import { type Chat, type ChatOptions, createChat } from "../../ui/chat.ts";
import { connect } from "../../ui/connection.ts";
import { undecidedCalls } from "../../ui/state/approval.ts";
import { findLiveReply } from "../../ui/state/turns.ts";
import type { ChatState } from "../../ui/state/types.ts";
import {
  type Client,
  createAiResponse,
  createFrameSequencer,
  HELLO,
  type ScriptedServer,
  startScriptedServer,
} from "../browser/scripted.ts";

/** A chat over a real socket, without a page. */
function chatWith(
  server: ScriptedServer,
  {
    silence = 60_000,
    ...options
  }: { readonly silence?: number } & Partial<Pick<ChatOptions, "session" | "resumeTimeout">> = {},
) {
  const network = new EventTarget();
  const chat = createChat({
    connect: (listener) =>
      connect({
        url: `${server.address.replace("http", "ws").replace(/ui$/, "ws")}`,
        listener,
        network,
        delay: 5,
        idleTimeout: silence,
        random: () => 0,
      }),
    schedule: (flush) => void setTimeout(flush, 0),
    ...options,
  });
  return { chat, network };
}

function until(chat: Chat, wanted: (state: ChatState) => boolean): Promise<ChatState> {
  return new Promise((resolve) => {
    const check = () => {
      if (!wanted(chat.state())) return;
      stop();
      resolve(chat.state());
    };
    const stop = chat.subscribe(check);
    check();
  });
}

const servers: ScriptedServer[] = [];
afterAll(() => Promise.all(servers.map((server) => server.stop())));

function serve(): ScriptedServer {
  const server = startScriptedServer();
  servers.push(server);
  return server;
}

const texts = (state: ChatState) =>
  state.entries.map((entry) =>
    entry.kind === "answer"
      ? entry.parts.map((part) => (part.type === "call" ? part.name : part.text)).join("")
      : entry.text,
  );

describe("createChat()", () => {
  test("sends what waits in order, each when the answer before it is there", async () => {
    const server = serve();
    const next = createFrameSequencer();
    server.setScript((client, frame) => client.send(next(createAiResponse(`to ${frame.message}`))));
    const { chat } = chatWith(server);
    for (const text of ["one", "two", "three"]) chat.send(text);
    const state = await until(
      chat,
      ({ entries }) => entries.length === 6 && texts(chat.state()).at(-1) !== "",
    );
    expect(texts(state)).toEqual(["one", "to one", "two", "to two", "three", "to three"]);
  });

  test("comes back by itself when the server drops it, asks for the session, and goes on", async () => {
    const server = serve();
    const next = createFrameSequencer();
    server.setScript((client, frame) => {
      if (frame.type === "resume")
        return client.send({ type: "error", code: "unknown_type", message: "?", retryable: false });
      if (server.connections === 1) {
        client.send(next({ type: "text_delta", text: "Half" } as const));
        return client.drop();
      }
      client.send({ ...createAiResponse("whole"), seq: 1, turn_id: "turn-2" });
    });
    const { chat } = chatWith(server);
    chat.send("one");
    await until(
      chat,
      ({ link, entries }) => link === "open" && entries.some(({ kind }) => kind === "divider"),
    );
    expect(server.received).toEqual([
      { type: "message", message: "one" },
      { type: "resume", session_id: "session-1", last_seq: expect.any(Number) },
    ]);
    chat.retry("entry-0-answer");
    const state = await until(chat, () => texts(chat.state()).at(-1) === "whole");
    expect(texts(state).at(-2)).toBe("one");
  });

  test("gives up a connection that answers nothing any more", async () => {
    const server = serve();
    const { chat } = chatWith(server, { silence: 30 });
    await until(chat, ({ link }) => link === "open");
    server.mute();
    await until(chat, ({ link }) => link === "reconnecting");
    await until(chat, ({ link }) => link === "open");
    expect(server.connections).toBeGreaterThan(1);
  });

  test("waits while the browser is offline, and loses nothing", async () => {
    const server = serve();
    const next = createFrameSequencer();
    server.setScript((client, frame) => client.send(next(createAiResponse(`to ${frame.message}`))));
    const { chat, network } = chatWith(server);
    await until(chat, ({ link }) => link === "open");
    network.dispatchEvent(new Event("offline"));
    expect(chat.state().link).toBe("offline");
    chat.send("later");
    expect(chat.state().queue.map(({ text }) => text)).toEqual(["later"]);
    network.dispatchEvent(new Event("online"));
    const state = await until(chat, () => texts(chat.state()).at(-1) === "to later");
    expect(state.queue).toEqual([]);
  });

  test("a new conversation is a new connection; the turn of the old one is let go on", async () => {
    const server = serve();
    const next = createFrameSequencer();
    server.setScript((client) => client.send(next({ type: "typing", message: "…" } as const)));
    const { chat } = chatWith(server);
    chat.send("one");
    await until(chat, ({ entries }) => entries.length === 2);
    chat.send("two");
    chat.attach([{ name: "a.txt", mediaType: "text/plain", size: 1, data: "YQ==" }], undefined);
    chat.send("three", chat.state().attached);
    expect(chat.openSession(undefined)).toBe("two\n\nthree");
    const state = await until(chat, ({ link }) => link === "open");
    expect([state.session, state.entries, state.queue, state.attached.map(({ name }) => name)]).toEqual([
      { id: "session-2", lastSeq: 0 },
      [],
      [],
      ["a.txt"],
    ]);
    expect((await server.waitForFrames(3)).map(({ type }) => type)).toEqual(["hello", "message", "hello"]);
  });

  test.each([
    ["is told to come back", (client: Client) => client.send({ type: "reconnect" })],
    ["reads too slowly", (client: Client) => client.close(4008)],
    ["is cut off", (client: Client) => client.drop()],
  ])("says what it can do first, on every session it is given, and goes on when it %s", async (_, leave) => {
    const server = serve();
    const next = createFrameSequencer();
    let broken = false;
    server.setScript((client, frame) => {
      if (frame.type === "resume") {
        client.send({ ...HELLO, session_id: "session-1", resumed: true });
        return client.send(next(createAiResponse("whole")));
      }
      if (broken) return client.send(next(createAiResponse("again")));
      broken = true;
      client.send(next({ type: "typing", message: "…" } as const));
      leave(client);
    });
    const { chat } = chatWith(server);
    chat.send("one");
    await until(chat, () => texts(chat.state()).at(-1) === "whole");
    const hello = { type: "hello", capabilities: ["approval"] };
    expect(await server.waitForFrames(5)).toEqual([
      hello,
      { type: "message", message: "one" },
      hello,
      { type: "resume", session_id: "session-1", last_seq: 1 },
      hello,
    ]);
  });

  test("asks for a session again that cannot be had for the moment", async () => {
    const server = serve();
    let asked = 0;
    server.setScript((client) => {
      asked += 1;
      if (asked === 1)
        return client.send({
          type: "error",
          code: "store_unavailable",
          message: "Later.",
          retryable: true,
          retry_after_ms: 1,
        });
      // To the second one it says nothing at all: the connection is given up, and it is asked for over the next.
      if (asked === 2) return;
      client.send({ ...HELLO, session_id: "session-0", resumed: true });
      client.send({ type: "snapshot", seq: 3, messages: [], partial: "", approvals: [] });
    });
    const { chat } = chatWith(server, { session: "session-0", resumeTimeout: 20 });
    const state = await until(chat, ({ link }) => link === "open");
    expect([state.session, asked, server.connections]).toEqual([{ id: "session-0", lastSeq: 3 }, 3, 2]);
  });

  test("sends again what was lost with a connection, once it is known that it never arrived", async () => {
    const server = serve();
    const next = createFrameSequencer();
    server.setScript((client, frame) => {
      if (frame.type === "resume") {
        client.send({ ...HELLO, session_id: "session-1", resumed: true });
        return client.send({ type: "snapshot", seq: 0, messages: [], partial: "", approvals: [] });
      }
      if (server.connections === 1) return client.drop();
      client.send(next(createAiResponse(`to ${frame.message}`)));
    });
    const { chat } = chatWith(server);
    chat.send("one");
    const state = await until(chat, () => texts(chat.state()).at(-1) === "to one");
    expect(texts(state)).toEqual(["one", "to one"]);
    expect(server.received).toEqual([
      { type: "message", message: "one" },
      { type: "resume", session_id: "session-1", last_seq: 0, snapshot: true },
      { type: "message", message: "one" },
    ]);
  });

  test("tells the server what the reader said of calls that wait, and nothing while there is no session", async () => {
    const server = serve();
    const next = createFrameSequencer();
    server.setScript((client, frame) => {
      if (frame.type !== "message") return;
      client.send(next({ type: "typing", message: "…" } as const));
      client.send(
        next({
          type: "approval_request",
          approval_id: "p",
          tool_calls: ["a", "b", "c"].map((id) => ({ tool_call_id: id, name: "deleteOrder", arguments: {} })),
          expires_at: "2099-01-01T00:00:00.000Z",
        } as const),
      );
    });
    const { chat, network } = chatWith(server);
    chat.send("one");
    await until(chat, () => undecidedCalls(findLiveReply(chat.state())?.parts ?? []).length === 3);
    chat.decide("p", ["a"], { approved: true, scope: "session" });
    chat.decide("p", ["b"], { approved: false, reason: "Not this one." });
    chat.decide("p", ["c"], { approved: false, reason: "" });
    const approve = { type: "approve", approval_id: "p" };
    await until(chat, () => undecidedCalls(findLiveReply(chat.state())?.parts ?? []).length === 0);
    await server.waitForFrames(5);
    network.dispatchEvent(new Event("offline"));
    chat.decide("p", ["a"], { approved: true, scope: "once" });
    expect(undecidedCalls(findLiveReply(chat.state())?.parts ?? []).map(({ id }) => id)).toEqual([
      "a",
      "b",
      "c",
    ]);
    network.dispatchEvent(new Event("online"));
    await until(chat, ({ link }) => link === "resuming");
    expect(server.received.filter(({ type }) => type === "approve")).toEqual([
      { ...approve, approved: true, scope: "session", tool_call_ids: ["a"] },
      { ...approve, approved: false, scope: "once", reason: "Not this one.", tool_call_ids: ["b"] },
      { ...approve, approved: false, scope: "once", tool_call_ids: ["c"] },
    ]);
  });
});
