import { afterAll, describe, expect, test } from "bun:test";
import { type Chat, createChat } from "../../ui/chat.ts";
import { connect } from "../../ui/connection.ts";
import type { ChatState } from "../../ui/state/types.ts";
import { answer, type ScriptedServer, serveScripted, story } from "../browser/scripted.ts";

/** A chat over a real socket, without a page. */
function chatWith(server: ScriptedServer, silence = 60_000) {
  const network = new EventTarget();
  const chat = createChat({
    connect: (listener) =>
      connect({
        url: `${server.address.replace("http", "ws").replace(/ui$/, "ws")}`,
        listener,
        network,
        delay: 5,
        silence,
        random: () => 0,
      }),
    soon: (flush) => void setTimeout(flush, 0),
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
  const server = serveScripted();
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
    const next = story();
    server.play((client, frame) => client.send(next(answer(`to ${frame.message}`))));
    const { chat } = chatWith(server);
    for (const text of ["one", "two", "three"]) chat.ask(text);
    const state = await until(
      chat,
      ({ entries }) => entries.length === 6 && texts(chat.state()).at(-1) !== "",
    );
    expect(texts(state)).toEqual(["one", "to one", "two", "to two", "three", "to three"]);
  });

  test("comes back by itself when the server drops it, asks for the session, and goes on", async () => {
    const server = serve();
    const next = story();
    server.play((client, frame) => {
      if (frame.type === "resume")
        return client.send({ type: "error", code: "unknown_type", message: "?", retryable: false });
      if (server.connections === 1) {
        client.send(next({ type: "text_delta", text: "Half" } as const));
        return client.drop();
      }
      client.send({ ...answer("whole"), seq: 1, turn_id: "turn-2" });
    });
    const { chat } = chatWith(server);
    chat.ask("one");
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
    const { chat } = chatWith(server, 30);
    await until(chat, ({ link }) => link === "open");
    server.mute();
    await until(chat, ({ link }) => link === "reconnecting");
    await until(chat, ({ link }) => link === "open");
    expect(server.connections).toBeGreaterThan(1);
  });

  test("waits while the browser is offline, and loses nothing", async () => {
    const server = serve();
    const next = story();
    server.play((client, frame) => client.send(next(answer(`to ${frame.message}`))));
    const { chat, network } = chatWith(server);
    await until(chat, ({ link }) => link === "open");
    network.dispatchEvent(new Event("offline"));
    expect(chat.state().link).toBe("offline");
    chat.ask("later");
    expect(chat.state().waiting.map(({ text }) => text)).toEqual(["later"]);
    network.dispatchEvent(new Event("online"));
    const state = await until(chat, () => texts(chat.state()).at(-1) === "to later");
    expect(state.waiting).toEqual([]);
  });

  test("a new conversation stops the turn and forgets it", async () => {
    const server = serve();
    const next = story();
    server.play((client, frame) => {
      if (frame.type === "message") client.send(next({ type: "typing", message: "…" } as const));
      if (frame.type === "stop") client.send(next(answer("", { stop_reason: "stopped" })));
      if (frame.type === "clear") client.send({ type: "history_cleared" });
    });
    const { chat } = chatWith(server);
    chat.ask("one");
    await until(chat, ({ entries }) => entries.length === 2);
    chat.clear();
    const state = await until(chat, ({ clearing, link }) => !clearing && link === "open");
    expect(state.entries).toEqual([]);
    expect(server.received.map(({ type }) => type)).toEqual(["message", "stop", "clear"]);
  });
});
