/** The ai-sdk protocol with the state of `useChat`: edit, regenerate, removal and stop. */
import { afterEach, expect, test } from "bun:test";
import type { AbstractChat, ChatState, UIMessage } from "ai";
import * as ai7 from "ai";
import * as ai6 from "ai-6";
import { readModelRequest, type Servers, startServers } from "./servers.ts";

let servers: Servers;

afterEach(async () => await servers.stop());

class State implements ChatState<UIMessage> {
  status: ChatState<UIMessage>["status"] = "ready";
  error: Error | undefined;
  messages: UIMessage[] = [];
  pushMessage = (message: UIMessage) => void this.messages.push(message);
  popMessage = () => void this.messages.pop();
  replaceMessage = (index: number, message: UIMessage) => void this.messages.splice(index, 1, message);
  snapshot = <Value>(value: Value) => structuredClone(value);
}

function createChat(sdk: typeof ai7 = ai7): AbstractChat<UIMessage> {
  const api = `${servers.specchat.url}/bedrock-chat/ai`;
  class Chat extends sdk.AbstractChat<UIMessage> {}
  return new Chat({ id: "c1", state: new State(), transport: new sdk.DefaultChatTransport({ api }) });
}

const texts = (index: number) =>
  readModelRequest(servers, index).messages.flatMap(({ content }) => content.map(({ text }) => text));

const idOf = (chat: AbstractChat<UIMessage>, index: number) => chat.messages[index]?.id ?? "";

async function startTwoTurns(...replies: readonly string[]): Promise<AbstractChat<UIMessage>> {
  servers = await startServers();
  servers.bedrock.script(replies.map((text) => ({ text })));
  const chat = createChat();
  await chat.sendMessage({ text: "one" });
  await chat.sendMessage({ text: "two" });
  return chat;
}

test("An edited message replaces itself and what follows.", async () => {
  const chat = await startTwoTurns("1", "2", "3", "4");
  await chat.sendMessage({ text: "two, edited", messageId: idOf(chat, 2) });
  expect(texts(2)).toEqual(["one", "1", "two, edited"]);
  await chat.sendMessage({ text: "ONE", messageId: idOf(chat, 0) });
  expect(texts(3)).toEqual(["ONE"]);
});

test("A regenerated reply replaces the old one.", async () => {
  const chat = await startTwoTurns("1", "2", "3", "4");
  await chat.regenerate();
  expect(texts(2)).toEqual(["one", "1", "two"]);
  await chat.regenerate({ messageId: idOf(chat, 1) });
  expect(texts(3)).toEqual(["one"]);
});

test("A message that is edited back to its first text is answered again.", async () => {
  const chat = await startTwoTurns("1", "2", "3", "4");
  await chat.sendMessage({ text: "two, edited", messageId: idOf(chat, 2) });
  await chat.sendMessage({ text: "two", messageId: idOf(chat, 2) });
  expect(texts(3)).toEqual(["one", "1", "two"]);
  expect(JSON.stringify(chat.messages.at(-1))).toContain("4");
});

test("A question is regenerated as often as the user asks.", async () => {
  const chat = await startTwoTurns("1", "2", "3", "4");
  await chat.regenerate({ messageId: idOf(chat, 2) });
  await chat.regenerate({ messageId: idOf(chat, 2) });
  expect([texts(2), texts(3)]).toEqual([
    ["one", "1", "two"],
    ["one", "1", "two"],
  ]);
});

test("Of equal messages, the one that the user means is edited and regenerated.", async () => {
  servers = await startServers();
  servers.bedrock.script(["1", "2", "3", "4", "5"].map((text) => ({ text })));
  const chat = createChat();
  for (const _ of [1, 2, 3]) await chat.sendMessage({ text: "yes" });
  await chat.sendMessage({ text: "no", messageId: idOf(chat, 2) });
  expect(texts(3)).toEqual(["yes", "1", "no"]);
  await chat.regenerate({ messageId: idOf(chat, 1) });
  expect(texts(4)).toEqual(["yes"]);
});

test("An edit keeps the history before it, also from a client that sends the last message only.", async () => {
  const chat = await startTwoTurns("1", "2", "3");
  const id = idOf(chat, 2);
  const body = {
    id: "c1",
    messageId: id,
    messages: [{ id, role: "user", parts: [{ type: "text", text: "two, edited" }] }],
  };
  const url = `${servers.specchat.url}/bedrock-chat/ai`;
  await (await fetch(url, { method: "POST", body: JSON.stringify(body) })).text();
  expect(texts(2)).toEqual(["one", "1", "two, edited"]);
});

test("A history that is replaced from its beginning gets a new title.", async () => {
  const chat = await startTwoTurns("1", "2", "3");
  await chat.sendMessage({ text: "A quite different matter", messageId: idOf(chat, 0) });
  const [id] = await Array.fromAsync(servers.specchat.app.store.ids());
  const stored = id && (await servers.specchat.app.store.read(id));
  expect(stored && [stored.session.title, stored.messages.length]).toEqual(["A quite different matter", 2]);
});

test("A history stays whole when the store fails at the edited message.", async () => {
  const chat = await startTwoTurns("1", "2", "3");
  const { store } = servers.specchat.app;
  const [id] = await Array.fromAsync(store.ids());
  const { write } = store;
  const failing = { ...store, write: () => Promise.reject(new Error("the process ends here")) };
  Object.assign(store, { write: failing.write });
  await chat.sendMessage({ text: "ONE", messageId: idOf(chat, 0) }).catch(() => undefined);
  Object.assign(store, { write });
  const messages = (id && (await store.read(id))?.messages) || [];
  expect(messages.flatMap((message) => (message.role === "user" ? [message.text] : []))).toEqual([
    "one",
    "two",
  ]);
});

test("Removed messages are gone for the model.", async () => {
  const chat = await startTwoTurns("1", "2", "3");
  chat.messages = chat.messages.slice(0, 2);
  await chat.sendMessage({ text: "three" });
  expect(texts(2)).toEqual(["one", "1", "three"]);
});

test("Version 6 of the SDK replies, edits and regenerates too.", async () => {
  servers = await startServers();
  servers.bedrock.script([
    { calls: [{ name: "getThing", input: { id: "1" } }] },
    ...["1", "2", "3"].map((text) => ({ text })),
  ]);
  const chat = createChat(ai6 as unknown as typeof ai7);
  await chat.sendMessage({ text: "one" });
  expect([chat.error, JSON.stringify(chat.messages.at(-1))]).toEqual([
    undefined,
    expect.stringMatching(/"dynamic-tool".*thing 1.*"text":"1"/),
  ]);
  await chat.sendMessage({ text: "ONE", messageId: idOf(chat, 0) });
  await chat.regenerate();
  expect([texts(2), texts(3)]).toEqual([["ONE"], ["ONE"]]);
  expect(JSON.stringify(chat.messages.at(-1))).toContain('"text":"3"');
});

test("A client that sends the last message only keeps its history.", async () => {
  await startTwoTurns("1", "2", "3");
  const body = { id: "c1", messages: [{ id: "m", role: "user", parts: [{ type: "text", text: "three" }] }] };
  const url = `${servers.specchat.url}/bedrock-chat/ai`;
  await (await fetch(url, { method: "POST", body: JSON.stringify(body) })).text();
  expect(texts(2)).toEqual(["one", "1", "two", "2", "three"]);
});

test("After a stop, the next message does not wait for the abandoned reply.", async () => {
  servers = await startServers();
  const never = Promise.withResolvers<void>();
  servers.bedrock.script([
    { text: ["Once", " upon"], beforeEvent: (index) => (index < 2 ? undefined : never.promise) },
    { text: "Hello." },
  ]);
  const chat = createChat();
  const first = chat.sendMessage({ text: "A story" });
  while (!JSON.stringify(chat.messages).includes("Once")) await Bun.sleep(5);
  await chat.stop();
  await first;
  await chat.sendMessage({ text: "Hi" });
  expect(JSON.stringify(chat.messages.at(-1))).toContain("Hello.");
  never.resolve();
});
