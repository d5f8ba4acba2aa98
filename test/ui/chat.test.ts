import { afterAll, describe, expect, test } from "bun:test";
import { type Chat, type ChatOptions, createChat } from "../../ui/chat.ts";
import { connect } from "../../ui/connection.ts";
import { undecidedCalls } from "../../ui/state/approval.ts";
import { draftOf } from "../../ui/state/draft.ts";
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

/** Starts a chat over a real socket, without a page. */
function startChat(
  server: ScriptedServer,
  {
    idleTimeout = 60_000,
    ...options
  }: { readonly idleTimeout?: number } & Partial<Pick<ChatOptions, "session" | "resumeTimeout">> = {},
) {
  const network = new EventTarget();
  const chat = createChat({
    connect: (listener) =>
      connect({
        url: `${server.address.replace("http", "ws").replace(/ui$/, "ws")}`,
        listener,
        network,
        delay: 5,
        idleTimeout,
        random: () => 0,
      }),
    schedule: (flush) => void setTimeout(flush, 0),
    ...options,
  });
  return { chat, network };
}

/** Resolves to the state once it meets the condition. */
function waitUntil(chat: Chat, condition: (state: ChatState) => boolean): Promise<ChatState> {
  return new Promise((resolve) => {
    const check = () => {
      if (!condition(chat.state())) return;
      stop();
      resolve(chat.state());
    };
    const stop = chat.subscribe(check);
    check();
  });
}

const servers: ScriptedServer[] = [];
afterAll(() => Promise.all(servers.map((server) => server.stop())));

function startServer(): ScriptedServer {
  const server = startScriptedServer();
  servers.push(server);
  return server;
}

const texts = (state: ChatState) =>
  state.entries.map((entry) =>
    entry.kind === "reply"
      ? entry.parts.map((part) => (part.type === "call" ? part.name : part.text)).join("")
      : entry.text,
  );

describe("createChat()", () => {
  test("sends queued messages in order, each after the previous reply", async () => {
    const server = startServer();
    const next = createFrameSequencer();
    server.setScript((client, frame) => client.send(next(createAiResponse(`to ${frame.message}`))));
    const { chat } = startChat(server);
    for (const text of ["one", "two", "three"]) chat.send(text);
    const state = await waitUntil(
      chat,
      ({ entries }) => entries.length === 6 && texts(chat.state()).at(-1) !== "",
    );
    expect(texts(state)).toEqual(["one", "to one", "two", "to two", "three", "to three"]);
  });

  test("reconnects after a drop, tries to resume the session, and continues", async () => {
    const server = startServer();
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
    const { chat } = startChat(server);
    chat.send("one");
    await waitUntil(
      chat,
      ({ link, entries }) => link === "open" && entries.some(({ kind }) => kind === "divider"),
    );
    expect(server.received).toEqual([
      { type: "message", message: "one" },
      { type: "resume", session_id: "session-1", last_seq: expect.any(Number), limit: 60 },
    ]);
    chat.retry("entry-0-reply");
    const state = await waitUntil(chat, () => texts(chat.state()).at(-1) === "whole");
    expect(texts(state).at(-2)).toBe("one");
  });

  test("replaces a connection that no longer responds", async () => {
    const server = startServer();
    const { chat } = startChat(server, { idleTimeout: 30 });
    await waitUntil(chat, ({ link }) => link === "open");
    server.mute();
    await waitUntil(chat, ({ link }) => link === "reconnecting");
    await waitUntil(chat, ({ link }) => link === "open");
    expect(server.connections).toBeGreaterThan(1);
  });

  test("queues messages while the browser is offline, and sends them later", async () => {
    const server = startServer();
    const next = createFrameSequencer();
    server.setScript((client, frame) => client.send(next(createAiResponse(`to ${frame.message}`))));
    const { chat, network } = startChat(server);
    await waitUntil(chat, ({ link }) => link === "open");
    network.dispatchEvent(new Event("offline"));
    expect(chat.state().link).toBe("offline");
    chat.send("later");
    expect(chat.state().queue.map(({ text }) => text)).toEqual(["later"]);
    network.dispatchEvent(new Event("online"));
    const state = await waitUntil(chat, () => texts(chat.state()).at(-1) === "to later");
    expect(state.queue).toEqual([]);
  });

  test("opens a new conversation over a new connection, without stopping the running turn", async () => {
    const server = startServer();
    const next = createFrameSequencer();
    server.setScript((client) => client.send(next({ type: "typing", message: "…" } as const)));
    const { chat } = startChat(server);
    chat.send("one");
    await waitUntil(chat, ({ entries }) => entries.length === 2);
    chat.send("two");
    chat.attach([{ name: "a.txt", mediaType: "text/plain", size: 1, data: "YQ==" }], undefined);
    chat.send("three", chat.state().attached);
    chat.draft("four");
    chat.openSession(undefined);
    const state = await waitUntil(chat, ({ link }) => link === "open");
    expect([state.session, state.entries, state.queue, state.attached.map(({ name }) => name)]).toEqual([
      { id: "session-2", lastSeq: 0 },
      [],
      [],
      ["a.txt"],
    ]);
    // What was not sent stays with its conversation.
    expect([draftOf(state), state.drafts]).toEqual(["", { "session-1": "two\n\nthree\n\nfour" }]);
    expect((await server.waitForFrames(3)).map(({ type }) => type)).toEqual(["hello", "message", "hello"]);
  });

  test.each([
    ["is asked to reconnect", (client: Client) => client.send({ type: "reconnect" })],
    ["reads too slowly", (client: Client) => client.close(4008)],
    ["is cut off", (client: Client) => client.drop()],
  ])("sends its capabilities first in every session, and resumes when it %s", async (_, disconnect) => {
    const server = startServer();
    const next = createFrameSequencer();
    let isDisconnected = false;
    server.setScript((client, frame) => {
      if (frame.type === "resume") {
        client.send({ ...HELLO, session_id: "session-1", resumed: true });
        return client.send(next(createAiResponse("whole")));
      }
      if (isDisconnected) return client.send(next(createAiResponse("again")));
      isDisconnected = true;
      client.send(next({ type: "typing", message: "…" } as const));
      disconnect(client);
    });
    const { chat } = startChat(server);
    chat.send("one");
    await waitUntil(chat, () => texts(chat.state()).at(-1) === "whole");
    const hello = { type: "hello", capabilities: ["approval"] };
    expect(await server.waitForFrames(5)).toEqual([
      hello,
      { type: "message", message: "one" },
      hello,
      { type: "resume", session_id: "session-1", last_seq: 1, limit: 60 },
      hello,
    ]);
  });

  test("tries again to resume a session that is temporarily unavailable", async () => {
    const server = startServer();
    let resumes = 0;
    server.setScript((client) => {
      resumes += 1;
      if (resumes === 1)
        return client.send({
          type: "error",
          code: "store_unavailable",
          message: "Later.",
          retryable: true,
          retry_after_ms: 1,
        });
      // The second frame gets no response. The chat replaces the connection and sends the frame again.
      if (resumes === 2) return;
      client.send({ ...HELLO, session_id: "session-0", resumed: true });
      client.send({ type: "snapshot", seq: 3, messages: [], partial: "", approvals: [] });
    });
    const { chat } = startChat(server, { session: "session-0", resumeTimeout: 20 });
    const state = await waitUntil(chat, ({ link }) => link === "open");
    expect([state.session, resumes, server.connections]).toEqual([{ id: "session-0", lastSeq: 3 }, 3, 2]);
  });

  test("sends a lost message again once the snapshot shows that it never arrived", async () => {
    const server = startServer();
    const next = createFrameSequencer();
    server.setScript((client, frame) => {
      if (frame.type === "resume") {
        client.send({ ...HELLO, session_id: "session-1", resumed: true });
        return client.send({ type: "snapshot", seq: 0, messages: [], partial: "", approvals: [] });
      }
      if (server.connections === 1) return client.drop();
      client.send(next(createAiResponse(`to ${frame.message}`)));
    });
    const { chat } = startChat(server);
    chat.send("one");
    const state = await waitUntil(chat, () => texts(chat.state()).at(-1) === "to one");
    expect(texts(state)).toEqual(["one", "to one"]);
    expect(server.received).toEqual([
      { type: "message", message: "one" },
      { type: "resume", session_id: "session-1", last_seq: 0, limit: 60, snapshot: true },
      { type: "message", message: "one" },
    ]);
  });

  test("sends the user's decisions on waiting calls, but not while there is no session", async () => {
    const server = startServer();
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
    const { chat, network } = startChat(server);
    chat.send("one");
    await waitUntil(chat, () => undecidedCalls(findLiveReply(chat.state())?.parts ?? []).length === 3);
    chat.decide("p", ["a"], { approved: true, scope: "session" });
    chat.decide("p", ["b"], { approved: false, reason: "Not this one." });
    chat.decide("p", ["c"], { approved: false, reason: "" });
    const approve = { type: "approve", approval_id: "p" };
    await waitUntil(chat, () => undecidedCalls(findLiveReply(chat.state())?.parts ?? []).length === 0);
    await server.waitForFrames(5);
    network.dispatchEvent(new Event("offline"));
    chat.decide("p", ["a"], { approved: true, scope: "once" });
    expect(undecidedCalls(findLiveReply(chat.state())?.parts ?? []).map(({ id }) => id)).toEqual([
      "a",
      "b",
      "c",
    ]);
    network.dispatchEvent(new Event("online"));
    await waitUntil(chat, ({ link }) => link === "resuming");
    expect(server.received.filter(({ type }) => type === "approve")).toEqual([
      { ...approve, approved: true, scope: "session", tool_call_ids: ["a"] },
      { ...approve, approved: false, scope: "once", reason: "Not this one.", tool_call_ids: ["b"] },
      { ...approve, approved: false, scope: "once", tool_call_ids: ["c"] },
    ]);
  });
});
