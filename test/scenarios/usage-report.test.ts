/** What sessions have used, over HTTP for administrators and on the command line. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallerId } from "../../src/access/types.ts";
import type { Message, MessageId, SessionId } from "../../src/chat/types.ts";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { SessionStore } from "../../src/store/types.ts";
import { collectUsage } from "../../src/telemetry/usage/report.ts";
import { runTool } from "../commands/deploy/run.ts";
import {
  createSession,
  createToolCallMessages,
  createUserMessage,
  formatTime,
  NOW,
} from "../store/sample.ts";
import { type Specchat, startSpecchat } from "../support/harness.ts";
import { SPECCHAT } from "../support/specchat-command.ts";

const KEYS = {
  boss: "sk-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  reader: "sk-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
  editor: "sk-cccccccccccccccccccccccccccccccc",
};
const FIRST_DAY = formatTime(0).slice(0, 10);
const SECOND_DAY = formatTime(86_400).slice(0, 10);
const MODEL = "anthropic.claude-sonnet-4-5-20250929-v1:0";

let folder: string;
let specchat: Specchat;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "specchat-usage-"));
  const store = openSqliteStore({ folder, now: () => NOW });
  await fill(store);
  await store.close();
  const roles = {
    roles: {
      admin: { administrates: ["usage"] },
      editor: { allow: ["*"], administrates: ["usage", "texts"] },
      reader: {},
    },
  };
  specchat = await startSpecchat({
    useDemoModel: true,
    argv: [
      ...["--api-keys", `boss:admin:${KEYS.boss}`, "--api-keys", `reader:reader:${KEYS.reader}`],
      ...["--api-keys", `editor:editor:${KEYS.editor}`, "--roles", JSON.stringify(roles)],
    ],
  });
  await fill(specchat.app.store);
});
afterAll(async () => {
  await specchat.stop();
  await rm(folder, { recursive: true });
});

/** Two users: one with a rated turn and a failed call on the first day, a branch of that, and one whose turn a day later has no reply. */
async function fill(store: SessionStore): Promise<void> {
  const [reply, results] = createToolCallMessages("a");
  const failed = {
    callId: "call-b",
    name: "=getOrder",
    status: "failed",
    content: "no",
    durationMs: 500,
  } as const;
  const messages = [
    createUserMessage("question"),
    { ...reply, model: MODEL } as Message,
    results?.role === "results" ? { ...results, results: [...results.results, failed] } : undefined,
  ].filter((message) => message !== undefined);
  const createdBy = { user: "ada", organization: "shop" };
  await store.create(createSession("one", { createdBy }));
  await store.write(createSession("one").id, {
    at: formatTime(10),
    messages,
    feedback: { question: { rating: "down", note: "Wrong order.", at: formatTime(11) } },
  });
  const branch = createSession("branch", { createdBy, createdAt: formatTime(20), updatedAt: formatTime(20) });
  await store.create(branch);
  await store.write(branch.id, { at: formatTime(20), messages });
  const record = createSession("record", { owner: "idempotency:record" as CallerId });
  await store.create(record);
  const response = { callId: "", name: "", status: "ok", content: "{}", durationMs: 0 } as const;
  const written = { role: "results", id: "r" as MessageId, at: formatTime(4), results: [response] } as const;
  await store.write(record.id, { at: formatTime(4), messages: [written] });
  const later = formatTime(86_400);
  const two = createSession("two", { owner: "browser:2" as CallerId, createdAt: later, updatedAt: later });
  await store.create(two);
  await store.write(two.id, { at: later, messages: [{ ...createUserMessage("later"), at: later }] });
}

const NONE = {
  ...{
    turns: 0,
    unansweredTurns: 0,
    modelCalls: 0,
    inputTokens: 0,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
  },
  ...{ costUsd: 0, toolCalls: 0, failedToolCalls: 0, toolSeconds: 0, ratedUp: 0, ratedDown: 0 },
};
/** A regional model costs a tenth more than 3 and 15 USD for a million tokens. */
const COST = 0.0000759;

const get = (query: string, key: string) =>
  fetch(`${specchat.url}/bedrock-chat/usage${query}`, { headers: { Authorization: `Bearer ${key}` } });

test("An administrator reads the usage by day, and nobody else does.", async () => {
  const response = await get("", KEYS.boss);
  const { usage } = (await response.json()) as { usage: readonly { toolSeconds: number }[] };
  const toolSeconds = usage[0]?.toolSeconds ?? 0;
  expect(toolSeconds).toBeGreaterThanOrEqual(0.5);
  expect(usage).toEqual([
    {
      ...NONE,
      ...{ day: FIRST_DAY, turns: 1, modelCalls: 1, inputTokens: 3, outputTokens: 4 },
      // Nothing costs anything where the demo model replies.
      ...{ costUsd: 0, toolCalls: 2, failedToolCalls: 1, toolSeconds, ratedDown: 1 },
    },
    { ...NONE, day: SECOND_DAY, turns: 1, unansweredTurns: 1 },
  ] as never);
  expect((await get("", KEYS.reader)).status).toBe(403);
  expect((await fetch(`${specchat.url}/bedrock-chat/usage`)).status).toBe(401);
});

test("Days are selected, and a wrong query is refused.", async () => {
  const response = await get(`?by=caller&since=${SECOND_DAY}&until=${SECOND_DAY}`, KEYS.boss);
  expect(await response.json()).toEqual({
    usage: [{ ...NONE, caller: "browser:2", turns: 1, unansweredTurns: 1 }],
  });
  const wrong = await get("?by=caller,team&since=yesterday", KEYS.boss);
  expect([wrong.status, await wrong.json()]).toEqual([
    400,
    {
      detail: "by: the keys are day, organization, user, caller, model, operation; a day such as 2026-11-29",
    },
  ]);
});

test("Rows name the user and the organization who created the session.", async () => {
  const response = await get("?by=organization,user", KEYS.boss);
  const { usage } = (await response.json()) as { usage: readonly object[] };
  expect(usage).toMatchObject([
    { organization: "", user: "", turns: 1, unansweredTurns: 1, toolCalls: 0 },
    { organization: "shop", user: "ada", turns: 1, unansweredTurns: 0, toolCalls: 2 },
  ]);
});

test("A session that a user begins is counted for the user.", async () => {
  const before = await get("?by=user", KEYS.boss).then((response) => response.json());
  const response = await fetch(`${specchat.url}/api/v1/chat`, {
    method: "POST",
    headers: { Authorization: `Bearer ${KEYS.editor}` },
    body: JSON.stringify({ message: "hello" }),
  });
  const { session_id } = (await response.json()) as { readonly session_id: string };
  const after = await get("?by=user", KEYS.boss).then((response) => response.json());
  expect(after).toEqual({
    usage: [
      ...(before as { usage: readonly object[] }).usage,
      expect.objectContaining({ user: "key:editor", turns: 1, unansweredTurns: 0, modelCalls: 1 }),
    ].toSorted((a, b) => ((a as { user: string }).user < (b as { user: string }).user ? -1 : 1)),
  });
  await specchat.app.store.delete(session_id as SessionId);
});

const getOverview = async (key: string) =>
  await get(`/overview?until=${SECOND_DAY}`, key).then((response) => response.json());

test("The overview has totals, days, the top of each kind, failures, slow calls and ratings.", async () => {
  const overview = await getOverview(KEYS.editor);
  const usage = {
    turns: 1,
    modelCalls: 1,
    inputTokens: 3,
    outputTokens: 4,
    toolCalls: 2,
    failedToolCalls: 1,
  };
  const first = { ...NONE, ...usage, costUsd: 0, toolSeconds: 0.505, ratedDown: 1 };
  const second = { ...NONE, turns: 1, unansweredTurns: 1 };
  const call = { session: "one", at: formatTime(3) };
  expect(overview).toEqual({
    total: { ...first, turns: 2, unansweredTurns: 1 },
    days: [
      { name: FIRST_DAY, ...first },
      { name: SECOND_DAY, ...second },
    ],
    operations: [
      { ...NONE, name: "getThing", toolCalls: 1, toolSeconds: 0.005 },
      { ...NONE, name: "=getOrder", toolCalls: 1, failedToolCalls: 1, toolSeconds: 0.5 },
    ],
    models: [{ name: MODEL, ...first }],
    organizations: [{ name: "shop", ...first }],
    users: [
      { name: "ada", ...first },
      { name: "browser:2", ...second },
    ],
    failures: [{ operation: "=getOrder", outcome: "no response", calls: 1, lastAt: formatTime(3) }],
    slowCalls: [
      { ...call, operation: "=getOrder", seconds: 0.5, status: "failed" },
      { ...call, operation: "getThing", seconds: 0.005, status: "ok" },
    ],
    feedback: [
      {
        ...{ session: "one", user: "ada", model: MODEL, at: formatTime(11) },
        ...{ rating: "down", note: "Wrong order." },
      },
    ],
  });
});

test("The overview has the notes of users only for administrators of texts, and nothing for others.", async () => {
  expect(await getOverview(KEYS.boss)).toMatchObject({
    feedback: [expect.not.objectContaining({ note: expect.anything() })],
  });
  expect((await get("/overview", KEYS.reader)).status).toBe(403);
  expect((await get("/overview?since=1", KEYS.boss)).status).toBe(400);
});

test("Without authentication there is no such address.", async () => {
  const open = await startSpecchat({ useDemoModel: true });
  expect((await fetch(`${open.url}/bedrock-chat/usage`)).status).toBe(404);
  await open.stop();
});

test("The command prints CSV by model and operation, with the cost, and no cell is a formula.", async () => {
  const argv = ["usage", "--csv", "--by", "operation,model", "--until", FIRST_DAY, "--data-dir", folder];
  const { code, text } = await runTool([...SPECCHAT, ...argv], { AWS_REGION: "us-east-1" });
  const seconds = /getThing,0,0,0,0,0,0,0,0,1,0,([\d.]+),/.exec(text)?.[1];
  expect({ code, lines: text.split("\n") }).toEqual({
    code: 0,
    lines: [
      "model,operation,turns,unansweredTurns,modelCalls,inputTokens,outputTokens,cacheReadTokens,cacheWriteTokens,costUsd,toolCalls,failedToolCalls,toolSeconds,ratedUp,ratedDown",
      `${MODEL},,1,0,1,3,4,0,0,${COST},0,0,0,0,1`,
      `${MODEL},'=getOrder,0,0,0,0,0,0,0,0,1,1,0.5,0,0`,
      `${MODEL},getThing,0,0,0,0,0,0,0,0,1,0,${seconds},0,0`,
      "",
    ],
  });
});

test("collectUsage() leaves out a session that cannot be read, and stops with its signal.", async () => {
  const { store } = specchat.app;
  const damaged = {
    async *ids() {
      yield "gone" as never;
      yield* store.ids();
    },
    read: store.read.bind(store),
  };
  const cost = () => 0;
  const { signal } = new AbortController();
  const [all] = await collectUsage({ store: damaged, cost, signal }, { by: [] });
  expect(all).toMatchObject({ turns: 2, toolCalls: 2 });
  await expect(collectUsage({ store, cost, signal: AbortSignal.abort() }, { by: [] })).rejects.toThrow(
    "aborted",
  );
});
