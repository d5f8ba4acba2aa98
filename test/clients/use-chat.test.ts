/** The ai-sdk protocol with the state of `useChat`: edit, regenerate, removal and stop. */
import { afterEach, expect, test } from "bun:test";
import { AbstractChat, type ChatState, DefaultChatTransport, type UIMessage } from "ai";
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

class Chat extends AbstractChat<UIMessage> {}

function createChat(): Chat {
  const api = `${servers.specchat.url}/bedrock-chat/ai`;
  return new Chat({ id: "c1", state: new State(), transport: new DefaultChatTransport({ api }) });
}

const texts = (index: number) =>
  readModelRequest(servers, index).messages.flatMap(({ content }) => content.map(({ text }) => text));

const idOf = (chat: Chat, index: number) => chat.messages[index]?.id ?? "";

async function startTwoTurns(...replies: readonly string[]): Promise<Chat> {
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

test("Removed messages are gone for the model.", async () => {
  const chat = await startTwoTurns("1", "2", "3");
  chat.messages = chat.messages.slice(0, 2);
  await chat.sendMessage({ text: "three" });
  expect(texts(2)).toEqual(["one", "1", "three"]);
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
  await Bun.sleep(50);
  await chat.sendMessage({ text: "Hi" });
  expect(JSON.stringify(chat.messages.at(-1))).toContain("Hello.");
  never.resolve();
});
