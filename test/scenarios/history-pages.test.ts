/** A client reads a long conversation in pages of whole turns. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { NativeClient, type Specchat, startSpecchat } from "../support/harness.ts";
import { createScriptedModel, replyWithText } from "../support/scripted-model.ts";

const TURNS = 6;
let specchat: Specchat;
let client: NativeClient;
let session = "";

beforeAll(async () => {
  const model = createScriptedModel(() => replyWithText("Reply."));
  specchat = await startSpecchat({ useDemoModel: true, model });
  client = await NativeClient.connect(specchat.url);
  session = (await client.waitFor("connection_established")).session_id;
  for (let turn = 1; turn <= TURNS; turn++) await client.runTurn(`Question ${turn}`);
});

afterAll(async () => {
  client.close();
  await specchat.stop();
});

async function resume(limit?: number) {
  client.send({ type: "resume", session_id: session, last_seq: 0, snapshot: true, limit });
  return await client.waitFor("snapshot");
}

async function readPage(range: object) {
  client.send({ type: "history", ...range });
  return await client.waitFor("history");
}

type Page = Awaited<ReturnType<typeof readPage>> | Awaited<ReturnType<typeof resume>>;
const texts = ({ messages }: Pick<Page, "messages">) => messages.map(({ content }) => content);
const questions = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => [`Question ${from + index}`, "Reply."]).flat();

test("A snapshot has whole turns, the number of older messages, and the user message before them.", async () => {
  const { messages: all } = await readPage({});
  const cut = await resume(5);
  expect(texts(cut)).toEqual(questions(5, 6));
  expect([cut.skipped, cut.after, cut.after_at]).toEqual([8, all[6]?.message_id, all[6]?.timestamp]);
  const whole = await resume();
  expect(texts(whole)).toEqual(questions(1, 6));
  expect([whole.skipped, whole.after]).toEqual([undefined, undefined]);
});

test("A turn longer than the limit is not cut.", async () => {
  const cut = await resume(1);
  expect([texts(cut), cut.skipped]).toEqual([questions(6, 6), 10]);
});

test("Pages lead back to the beginning, each with the position of the page before.", async () => {
  const { messages: all } = await readPage({});
  const page = await readPage({ before: 8, limit: 4 });
  expect([texts(page), page.before, page.skipped, page.after]).toEqual([
    questions(3, 4),
    8,
    4,
    all[2]?.message_id,
  ]);
  const first = await readPage({ before: page.skipped, limit: 4 });
  expect([texts(first), first.before, first.skipped, first.after]).toEqual([
    questions(1, 2),
    4,
    undefined,
    undefined,
  ]);
});

test("A page that ends nowhere is empty, and a limit of 0 is refused.", async () => {
  expect(await readPage({ before: 0, limit: 4 })).toEqual({ type: "history", messages: [], before: 0 });
  client.send({ type: "history", limit: 0 });
  expect(await client.waitFor("error")).toMatchObject({ code: "bad_frame" });
});
