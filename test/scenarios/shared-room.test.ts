/** Tests that callers share the room for files and stored results: the one who takes the most makes room. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { CallerShares } from "../../src/access/shares.ts";
import type { CallerId } from "../../src/access/types.ts";
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import {
  createBedrockAt,
  MODEL,
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";

let bedrock: StandIn;
let api: RecordingApi;
let specchat: Specchat;

beforeEach(async () => {
  [bedrock, api] = await Promise.all([startBedrock(), startApi()]);
});

afterEach(async () => {
  await specchat.stop();
  await Promise.all([bedrock.stop(), api.stop()]);
});

async function start(...argv: string[]): Promise<void> {
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--model", MODEL, ...argv],
    model: createBedrockAt(bedrock.url),
  });
}

const encode = (size: number) => Buffer.alloc(size, "a").toString("base64");
const part = (size: number) => ({
  type: "file",
  file: { filename: "a.txt", file_data: `data:text/plain;base64,${encode(size)}` },
});

function complete(sizes: readonly number[]): Promise<Response> {
  const messages = sizes.map((size) => ({
    role: "user",
    content: [{ type: "text", text: "x" }, part(size)],
  }));
  const history = messages.flatMap((message) => [message, { role: "assistant", content: "ok" }]);
  return fetch(`${specchat.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ model: MODEL, messages: [...history, { role: "user", content: "go" }] }),
  });
}

test("A visitor's file outlives the larger ones that others send in a history.", async () => {
  await start("--max-files-size", "3000000");
  bedrock.script(Array.from({ length: 4 }, () => ({ text: "Done." })));
  const client = await NativeClient.connect(specchat.url);
  client.send({
    type: "message",
    message: "keep this",
    attachments: [{ name: "note.txt", media_type: "text/plain", data: encode(5) }],
  });
  const { session_id } = await client.waitFor("connection_established");
  await client.waitFor("ai_response");
  const statuses = await Promise.all([1, 2, 3].map(async () => (await complete([1_200_000])).status));
  expect(statuses).toEqual([200, 200, 200]);
  const history = await (await fetch(`${specchat.url}/bedrock-chat/sessions/${session_id}`)).text();
  const [, url = ""] = /"url":\s*"([^"]+)"/.exec(history) ?? [];
  expect((await fetch(new URL(url, `${specchat.url}/bedrock-chat/sessions/`))).status).toBe(200);
  client.close();
});

test("Files of a history are limited as files of a message are.", async () => {
  await start("--max-attachments-size", "1000");
  bedrock.script([{ text: "Done." }]);
  const [tooLarge, allowed] = [await complete([10, 1001]), await complete([1000, 1000])];
  expect([tooLarge.status, allowed.status]).toEqual([413, 200]);
});

test("`CallerShares.selectVictim()` takes from the caller with the most, and among strangers from the session with the most.", () => {
  const shares = new CallerShares();
  const entry = (owner: string | undefined, session: string, size: number) => ({
    owner,
    session,
    size,
  });
  const select = (...entries: ReturnType<typeof entry>[]) =>
    entries.indexOf(shares.selectVictim(entries) as ReturnType<typeof entry>);
  expect([
    select(entry("browser:a", "1", 5), entry("browser:b", "2", 4), entry("browser:b", "3", 4)),
    select(
      entry("browser:b/langchain:x", "1", 3),
      entry("browser:a", "2", 5),
      entry("browser:b/langchain:y", "3", 3),
    ),
    select(entry("anonymous:1", "1", 5), entry("anonymous:2", "2", 9), entry("browser:a", "3", 10)),
    select(entry(undefined, "1", 5), entry(undefined, "2", 3), entry(undefined, "2", 3)),
    select(),
  ]).toEqual([1, 0, 1, 1, -1]);
});

test("All cookies of one network have one share, within which the browser with the most makes room.", () => {
  const shares = new CallerShares();
  const browser = (name: string, address: string) => {
    const id = `browser:${name}` as CallerId;
    shares.record({ caller: { id, kind: "browser" }, address });
    return (size: number) => ({ owner: `${id}/ai-sdk`, session: name, size });
  };
  const many = ["a", "b", "c"].map((name, index) => browser(name, `2001:db8:1:2::${index + 1}`));
  const other = browser("other", "192.0.2.1");
  const [victim, ...rest] = [many[1]?.(4), many[0]?.(3), many[2]?.(3), other(5)].filter(
    (one) => one !== undefined,
  );
  expect(shares.selectVictim([...rest, ...(victim ? [victim] : [])])).toBe(victim);
  expect(shares.shareOf("token:1/x")).toBe("token:1");
});
