/** Search for operations end to end: large documents, a real server and a strict stand-in for Bedrock. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { serveShop } from "../../src/demo/shop.ts";
import { type RecordedRequest, type ScriptedResponse, type StandIn, startBedrock } from "../bedrock/index.ts";
import { GITHUB_DOCUMENT } from "../bench/github.ts";
import {
  createBedrockAt,
  type Frame,
  MODEL,
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";
import { GITHUB_QUESTIONS, type SearchQuestion, SHOP_QUESTIONS } from "../support/search-questions.ts";

let folder: string;
let bedrock: StandIn;
let api: RecordingApi;
let github: Specchat;
let other: Specchat | undefined;

beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/specchat-search-`);
  [bedrock, api] = await Promise.all([startBedrock(), startApi(() => Response.json({ id: 1 }))]);
  github = await start(GITHUB_DOCUMENT);
});

afterEach(async () => {
  await other?.stop();
  other = undefined;
});

afterAll(async () => {
  await github.stop();
  await Promise.all([bedrock.stop(), api.stop(), rm(folder, { recursive: true })]);
});

async function start(document: string, ...argv: string[]): Promise<Specchat> {
  return await startSpecchat({
    argv: ["--spec", document, "--base-url", api.url, "--model", MODEL, "--no-summarize", ...argv],
    model: createBedrockAt(bedrock.url),
  });
}

async function startShop(...argv: string[]): Promise<Specchat> {
  const shop = serveShop({ now: () => new Date() });
  await Bun.write(
    `${folder}/shop.json`,
    typeof shop.document === "string" ? shop.document : JSON.stringify(shop.document),
  );
  await shop.stop();
  other = await start(`${folder}/shop.json`, ...argv);
  return other;
}

async function connect({ url }: Specchat): Promise<NativeClient> {
  const client = await NativeClient.connect(url);
  client.send({ type: "hello", capabilities: ["approval"] });
  await client.waitFor("connection_established");
  return client;
}

/** The parts of a model request that must not change: system prompt and tools, up to the cache point. */
function prefixOf({ body }: RecordedRequest): string {
  return JSON.stringify([body.system, body.toolConfig]);
}

function toolNames({ body }: RecordedRequest): string[] {
  const { tools } = body.toolConfig as { tools: { toolSpec?: { name: string } }[] };
  return tools.flatMap(({ toolSpec }) => (toolSpec ? [toolSpec.name] : []));
}

interface Block {
  readonly text?: string;
  readonly toolUse?: { readonly name: string; readonly input: unknown };
  readonly toolResult?: { readonly content: readonly { readonly text: string }[] };
}

function messagesOf(request: Pick<RecordedRequest, "body"> | undefined) {
  return (request?.body.messages ?? []) as readonly { readonly content: readonly Block[] }[];
}

function lastBlocks(request: Pick<RecordedRequest, "body">): readonly Block[] {
  return messagesOf(request).at(-1)?.content ?? [];
}

function resultIn(request: Pick<RecordedRequest, "body">): string {
  return lastBlocks(request)
    .flatMap(({ toolResult }) => toolResult?.content.map(({ text }) => text) ?? [])
    .join("\n");
}

/** Plays a model that searches, calls the first hit with the arguments of the question, and answers. */
function planAnswers(questions: readonly SearchQuestion[]): (request: RecordedRequest) => ScriptedResponse {
  let current: SearchQuestion | undefined;
  return (request) => {
    const text = lastBlocks(request).find((block) => block.text !== undefined)?.text;
    const asked = questions.find(({ sentence }) => text?.endsWith(sentence));
    if (asked) {
      current = asked;
      return { calls: [{ name: "find_operations", input: { queries: [asked.query] } }] };
    }
    const result = resultIn(request);
    const [, name = ""] = /^([\w-]+)\(/.exec(result) ?? [];
    if (name === "" || !current) return { text: "Done." };
    return { calls: [{ name: "call_operation", input: { name, arguments: current.arguments } }] };
  };
}

/** Asks a question, and approves what it needs. Returns the frames. */
async function ask(client: NativeClient, sentence: string) {
  client.send({ message: sentence });
  const frame = await client.waitFor("approval_request", "ai_response", "error");
  if (frame.type !== "approval_request") return { frame, approval: undefined };
  client.send({ type: "approve", approval_id: frame.approval_id, approved: true });
  return { frame: await client.waitFor("ai_response", "error"), approval: frame };
}

describe("questions over", () => {
  test.each([
    ["GitHub's document", GITHUB_QUESTIONS, () => github],
    ["the shop's document with a small budget", SHOP_QUESTIONS, () => startShop("--tool-budget", "1000")],
  ] as const)("%s lead to the right requests, and approvals name them", async (_name, questions, open) => {
    const specchat = await open();
    const client = await connect(specchat);
    bedrock.script(planAnswers(questions));
    const before = { api: api.requests.length, model: bedrock.requests.length };
    const approvals: (Frame<"approval_request"> | undefined)[] = [];
    for (const { sentence } of questions) {
      const { frame, approval } = await ask(client, sentence);
      expect(frame).toMatchObject({ type: "ai_response", message: "Done." });
      approvals.push(approval);
    }
    client.close();
    expect(api.requests.slice(before.api)).toEqual(questions.map(({ request }) => request));
    const shown = approvals.map((approval) => {
      const { method, url } = approval?.tool_calls[0]?.request ?? {};
      return method && url ? `${method} ${url.slice(api.url.length)}` : undefined;
    });
    expect(shown).toEqual(
      questions.map(({ request }) => (request.startsWith("GET ") ? undefined : request.split(" {")[0])),
    );
    const requests = bedrock.requests.slice(before.model);
    expect(requests.filter(({ refusal }) => refusal !== undefined)).toEqual([]);
    expect([...new Set(requests.map(prefixOf))]).toHaveLength(1);
  });
});

test("a searching model has three tools and those for results, and its calls are shown as operations", async () => {
  const client = await connect(github);
  const call = { name: "issues_create", arguments: { owner: "octo", repo: "web" } };
  bedrock.script([
    { calls: [{ name: "find_operations", input: { queries: ["create issue", "list labels"] }, id: "c1" }] },
    { calls: [{ name: "call_operation", input: call, id: "c2" }] },
    { calls: [{ name: "describe_operation", input: { names: ["issues_create"] }, id: "c3" }] },
    { text: "Which title?" },
  ]);
  const before = bedrock.requests.length;
  const frames = await client.runTurn("report a bug");
  client.close();
  const requests = bedrock.requests.slice(before);
  expect(requests.map(({ refusal }) => refusal)).toEqual([undefined, undefined, undefined, undefined]);
  const search = ["find_operations", "describe_operation", "call_operation"];
  const results = ["read_result", "search_result", "query_result", "fetch_all", "show_chart"];
  for (const request of requests) expect(toolNames(request)).toEqual([...search, ...results]);
  expect(
    frames.flatMap((frame) => (frame.type === "tool_call" ? [[frame.name, frame.arguments]] : [])),
  ).toEqual([
    ["find_operations", { queries: ["create issue", "list labels"] }],
    ["issues_create", call.arguments],
    ["describe_operation", { names: ["issues_create"] }],
  ]);
  const [, found, refused, described] = requests.map(resultIn);
  expect(found).toMatch(/^"create issue":\nissues_create\(owner, repo, title, [^\n]* Create an issue\n/);
  expect(found).toMatch(/\n\n"list labels":\n[\s\S]*\nissues_list-labels-for-repo\(owner, repo, /);
  // Wrong arguments are answered with the definition, and nothing is sent.
  expect(refused).toStartWith("Request not sent: invalid arguments for issues_create.\n- title");
  const definition = /issues_create \(POST \/repos\/\{owner\}\/\{repo\}\/issues\)\n[\s\S]*Arguments: \{.*\}/;
  expect(refused).toMatch(definition);
  expect(described).toMatch(definition);
  // The model reads its own calls as it wrote them.
  const written = messagesOf(requests.at(-1))
    .flatMap(({ content }) => content)
    .flatMap(({ toolUse }) => (toolUse ? [[toolUse.name, toolUse.input]] : []));
  expect(written).toEqual([
    ["find_operations", { queries: ["create issue", "list labels"] }],
    ["call_operation", call],
    ["describe_operation", { names: ["issues_create"] }],
  ]);
});

test("a filter is applied, a method and path name an operation, and an unknown name is a failed result", async () => {
  const client = await connect(github);
  bedrock.script([
    {
      calls: [
        {
          name: "call_operation",
          input: { name: "GET /repos/{owner}/{repo}", arguments: { owner: "o", repo: "r" }, filter: "id" },
        },
      ],
    },
    { calls: [{ name: "call_operation", input: { name: "issues_explode", arguments: {} } }] },
    { calls: [{ name: "call_operation", input: { arguments: {} } }] },
    { calls: [{ name: "find_operations", input: { queries: "book hotel room" } }] },
    { text: "Done." },
  ]);
  const before = bedrock.requests.length;
  await client.runTurn("go");
  client.close();
  const [, filtered, unknown, incomplete, missed] = bedrock.requests.slice(before).map(resultIn);
  expect(filtered).toBe("1");
  expect(unknown).toStartWith('Unknown tool "issues_explode".');
  expect(incomplete).toBe(
    "name and arguments are needed: the name of an operation, and an object with its arguments.",
  );
  expect(missed).toStartWith('No operation matches "book hotel room" well.');
});

test("the definitions of a request take a fiftieth of what all tools take", async () => {
  const { advertised, toolTokens, listDefinitions } = github.app.apis.current;
  expect(advertised).toHaveLength(8);
  expect(toolTokens).toBeLessThanOrEqual(5000);
  expect(listDefinitions().length).toBeGreaterThan(1100);
});

test("a reload that changes nothing keeps the prefix of the requests", async () => {
  const ask = async () => {
    const client = await connect(github);
    bedrock.script([{ text: "Hello." }]);
    await client.runTurn("hi");
    client.close();
    return bedrock.requests.at(-1);
  };
  const before = await ask();
  await github.app.apis.reload();
  const after = await ask();
  expect(before && prefixOf(before)).toBe(after ? prefixOf(after) : "no request");
});

test("pinned operations are described beside the search, by setting and by x-specchat", async () => {
  await Bun.write(
    `${folder}/pin.json`,
    JSON.stringify({
      overlay: "1.0.0",
      info: { title: "Pins", version: "1" },
      actions: [{ target: "$.paths['/orders'].get", update: { "x-specchat": { pin: true } } }],
    }),
  );
  const specchat = await startShop(
    "--tool-budget",
    "1000",
    "--pinned-tools",
    "get*",
    "--overlay",
    `${folder}/pin.json`,
  );
  const client = await connect(specchat);
  bedrock.script([{ calls: [{ name: "listOrders", input: { status: "shipped" } }] }, { text: "Done." }]);
  await client.runTurn("which orders were shipped?");
  client.close();
  const last = bedrock.requests.at(-1);
  expect(last && toolNames(last)).toEqual([
    "find_operations",
    "describe_operation",
    "call_operation",
    ...["getProduct", "getCustomer", "listOrders", "getOrder", "getTicket", "getSalesReport"],
    ...["read_result", "search_result", "query_result", "fetch_all", "show_chart"],
  ]);
  expect(api.requests.at(-1)).toBe("GET /orders?status=shipped");
});

test("a session with forty searches and calls stays within the context and keeps its signatures", async () => {
  const specchat = await startShop("--tool-budget", "1000", "--max-conversation-messages", "12");
  const client = await connect(specchat);
  bedrock.script(planAnswers(SHOP_QUESTIONS));
  for (let turn = 0; turn < 40; turn++)
    await ask(client, SHOP_QUESTIONS[turn % SHOP_QUESTIONS.length]?.sentence ?? "");
  client.close();
  const last = bedrock.requests.at(-1);
  const messages = messagesOf(last);
  expect(last?.refusal).toBeUndefined();
  expect(messages.length).toBeLessThanOrEqual(14);
  const [first = ""] = messages[0]?.content.flatMap(({ text }) => text ?? []) ?? [];
  expect(first).toMatch(/^\[Operations that were called earlier in this conversation:\n\w+\(.*\) /);
});
