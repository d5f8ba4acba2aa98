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

test("A stranger's file outlives those of a stranger elsewhere, who opens a session for each and invents addresses.", async () => {
  const size = 60_000;
  await api.stop();
  api = await startApi(
    () => new Response(new Uint8Array(size), { headers: { "Content-Type": "image/png" } }),
  );
  await start("--trusted-proxies", "1", "--max-files-size", String(10 * size));
  /** Runs a turn without a cookie and returns the path of its file. */
  const fileOf = async (address: string) => {
    bedrock.script([{ calls: [{ name: "getThing", input: { id: "1" }, id: "c" }] }, { text: "Done." }]);
    const response = await fetch(`${specchat.url}/bedrock-chat/ag-ui`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Forwarded-For": address },
      body: JSON.stringify({
        threadId: crypto.randomUUID(),
        runId: "r",
        messages: [{ id: "m", role: "user", content: "go" }],
      }),
    });
    return /\/bedrock-chat\/files\/[\w-]+/.exec(await response.text())?.[0] ?? "no file";
  };
  const statusOf = async (path: string) => (await fetch(`${specchat.url}${path}`)).status;
  const large = [await fileOf("192.0.2.1"), await fileOf("192.0.2.1"), await fileOf("192.0.2.1")];
  const many: string[] = [];
  for (let index = 0; index < 12; index++) many.push(await fileOf(`198.51.100.${index}, 203.0.113.7`));
  const statuses = await Promise.all([...large, ...many].map(statusOf));
  expect(statuses).toEqual([...Array(3).fill(200), ...Array(5).fill(404), ...Array(7).fill(200)]);
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

test("Strangers of one network have one share, also under user names. Within it, one with a cookie keeps what is theirs.", () => {
  const shares = new CallerShares();
  const stranger = (name: string, address: string) => {
    const caller = { id: `anonymous:${name}` as CallerId, kind: "anonymous" } as const;
    shares.record({ caller, address, fingerprint: name });
  };
  for (const name of ["a", "b", "c"]) stranger(name, "192.0.2.1");
  stranger("d", "192.0.2.2");
  shares.record({
    caller: { id: "browser:e" as CallerId, kind: "browser" },
    address: "192.0.2.1",
    fingerprint: "e",
  });
  const entries = [
    { owner: "anonymous:d", session: "4", size: 6 },
    { owner: "browser:e", session: "5", size: 5 },
    { owner: "anonymous:a", session: "1", size: 2 },
    { owner: "place:b/langchain:x", session: "2", size: 4 },
    { owner: "anonymous:c", session: "3", size: 3 },
  ];
  expect(shares.selectVictim(entries)).toBe(entries[3]);
  expect(["place:b/langchain:x", "anonymous:d", "anonymous:z"].map((owner) => shares.shareOf(owner))).toEqual(
    ["192.0.2.1", "192.0.2.2", ""],
  );
});

test("All cookies of one network have one share, within which the browser with the most makes room.", () => {
  const shares = new CallerShares();
  const browser = (name: string, address: string) => {
    const id = `browser:${name}` as CallerId;
    shares.record({ caller: { id, kind: "browser" }, address, fingerprint: name });
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
