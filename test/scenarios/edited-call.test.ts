/** Tests that a person can change the arguments of a call before they allow it, and that what they see is what is sent. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
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

const document = {
  openapi: "3.1.0",
  info: { title: "Shop", version: "1" },
  paths: {
    "/orders/{id}": {
      post: {
        operationId: "refund_order",
        parameters: [{ name: "id", in: "path", required: true, schema: { type: "integer" } }],
        requestBody: {
          required: true,
          content: {
            "application/json": {
              schema: {
                type: "object",
                required: ["amount"],
                additionalProperties: false,
                properties: { amount: { type: "integer", minimum: 1 } },
              },
            },
          },
        },
        responses: {},
      },
    },
  },
};

let folder: string;
let bedrock: StandIn;
let api: RecordingApi;
let specchat: Specchat;
let clients: NativeClient[];

beforeEach(async () => {
  clients = [];
  folder = await mkdtemp(`${tmpdir()}/specchat-edited-`);
  await Bun.write(`${folder}/spec.json`, JSON.stringify(document));
  bedrock = await startBedrock();
  api = await startApi(() => Response.json({ ok: true }));
  const paths = ["--spec", `${folder}/spec.json`, "--audit-log", `${folder}/audit.jsonl`];
  specchat = await startSpecchat({
    argv: [...paths, "--base-url", api.url, "--model", MODEL, "--data-dir", `${folder}/data`],
    model: createBedrockAt(bedrock.url),
  });
});

afterEach(async () => {
  for (const client of clients) client.close();
  await specchat.stop();
  await Promise.all([bedrock.stop(), api.stop(), rm(folder, { recursive: true })]);
});

async function connect(): Promise<NativeClient> {
  const client = await NativeClient.connect(specchat.url);
  clients.push(client);
  client.send({ type: "hello", capabilities: ["approval"] });
  await client.waitFor("connection_established");
  return client;
}

/** Sends a message whose turn makes a call, and returns the request for approval. */
async function question(client: NativeClient, id = "c1") {
  bedrock.script([
    { calls: [{ name: "refund_order", input: { id: 7, amount: 500 }, id }] },
    { text: "Refunded." },
  ]);
  client.send({ message: "Refund order 7" });
  return await client.waitFor("approval_request");
}

const edit = (approval_id: string, values: object) =>
  ({ type: "edit", approval_id, tool_call_id: "c1", arguments: values }) as const;

test("An edited call is shown again, and exactly it is sent.", async () => {
  const client = await connect();
  const first = await question(client);
  // Beyond 2^53, which JSON.stringify cannot write.
  const frame = JSON.stringify(edit(first.approval_id, { id: 1, amount: 50 }));
  client.send(frame.replace('"id":1', '"id":9007199254740993'));
  const second = await client.waitFor("approval_request");
  expect(second).toMatchObject({
    expires_at: first.expires_at,
    tool_calls: [
      {
        tool_call_id: "c1",
        edited: true,
        request: { method: "POST", url: `${api.url}/orders/9007199254740993`, body: '{"amount":50}' },
      },
    ],
  });
  expect(second.approval_id).not.toBe(first.approval_id);

  // What was shown before cannot be allowed any more.
  client.send({ type: "approve", approval_id: first.approval_id, approved: true });
  expect(await client.waitFor("error")).toMatchObject({ code: "approval_not_found" });
  expect(api.requests).toEqual([]);

  client.send({ type: "approve", approval_id: second.approval_id, approved: true });
  expect(await client.waitFor("tool_result")).toMatchObject({ status: "ok", sent_arguments: { amount: 50 } });
  await client.waitFor("ai_response");
  expect(api.requests).toEqual(['POST /orders/9007199254740993 {"amount":50}']);
});

test("The model keeps its arguments and reads which were sent, and the audit log has the edit.", async () => {
  const client = await connect();
  const first = await question(client);
  client.send(edit(first.approval_id, { id: 8, amount: 50 }));
  const second = await client.waitFor("approval_request");
  client.send({ type: "approve", approval_id: second.approval_id, approved: true });
  await client.waitFor("ai_response");

  const messages = bedrock.requests.at(-1)?.body.messages as readonly object[];
  expect(messages[1]).toMatchObject({
    content: [{ toolUse: { name: "refund_order", input: { id: 7, amount: 500 } } }],
  });
  expect(JSON.stringify(messages[2])).toContain(
    JSON.stringify('refund_order (c1) was sent with {"id":8,"amount":50}').slice(1, -1),
  );
  client.send({ type: "history" });
  const history = await client.waitFor("history");
  expect(history.messages.flatMap(({ tool_results }) => tool_results)).toMatchObject([
    { tool_call_id: "c1", sent_arguments: { id: 8, amount: 50 } },
  ]);
  client.close();
  await specchat.stop();
  const lines = (await readFile(`${folder}/audit.jsonl`, "utf8")).trim().split("\n");
  const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const summary = entries.flatMap(({ event, outcome, tools, caller }) =>
    event === "approval" ? [{ outcome, tools, hasCaller: caller !== undefined }] : [],
  );
  expect(summary).toEqual([
    { outcome: "edited", tools: ["refund_order"], hasCaller: true },
    { outcome: "approved", tools: ["refund_order"], hasCaller: true },
  ]);
});

test.each([
  ["a value that the schema refuses", { id: 7, amount: 0 }, /amount/],
  ["a missing argument", { id: 7 }, /amount/],
  ["an argument that the operation does not have", { id: 7, amount: 1, note: "x" }, /note/],
])("An edit is refused with the reason, and the call waits as before: %s.", async (_case, values, reason) => {
  const client = await connect();
  const first = await question(client);
  client.send(edit(first.approval_id, values));
  const error = await client.waitFor("error", "approval_request");
  expect(error).toMatchObject({ code: "bad_request", message: expect.stringMatching(reason) });
  client.send({ type: "approve", approval_id: first.approval_id, approved: true });
  await client.waitFor("ai_response");
  expect(api.requests).toEqual(['POST /orders/7 {"amount":500}']);
});

test("An edit of an unknown call or approval is refused.", async () => {
  const client = await connect();
  const { approval_id } = await question(client);
  for (const frame of [
    edit("other", { id: 7, amount: 1 }),
    { ...edit(approval_id, { id: 7, amount: 1 }), tool_call_id: "other" },
  ]) {
    client.send(frame);
    expect(await client.waitFor("error", "approval_request")).toMatchObject({ code: "approval_not_found" });
  }
});

test("A changed document asks again about an edited call, with its edited arguments.", async () => {
  const client = await connect();
  const first = await question(client);
  client.send(edit(first.approval_id, { id: 8, amount: 50 }));
  const second = await client.waitFor("approval_request");
  const { paths, ...rest } = document;
  const moved = { "/refunds/{id}": paths["/orders/{id}"] };
  await Bun.write(`${folder}/spec.json`, JSON.stringify({ ...rest, paths: moved }));
  await specchat.app.apis.reload();
  client.send({ type: "approve", approval_id: second.approval_id, approved: true });
  const third = await client.waitFor("approval_request");
  expect(third.tool_calls).toMatchObject([
    { edited: true, request: { url: `${api.url}/refunds/8`, body: '{"amount":50}' } },
  ]);
  client.send({ type: "approve", approval_id: third.approval_id, approved: true });
  expect(await client.waitFor("tool_result")).toMatchObject({ sent_arguments: { id: 8, amount: 50 } });
  expect(api.requests).toEqual(['POST /refunds/8 {"amount":50}']);
});
