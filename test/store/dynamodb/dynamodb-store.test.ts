import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { DeleteItemCommand, PutItemCommand, paginateScan, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { SessionId } from "../../../src/chat/types.ts";
import { createDynamoStore } from "../../../src/store/dynamodb/dynamodb-store.ts";
import { openDynamoTable } from "../../../src/store/dynamodb/table.ts";
import type { SessionStore } from "../../../src/store/types.ts";
import { testSameAsMemory } from "../same-as-memory.ts";
import {
  createSession,
  createToolCallMessages,
  createUserMessage,
  createWaitingTurn,
  formatTime,
  NOW,
} from "../sample.ts";
import { describeStore } from "../suite.ts";
import { CREDENTIALS, type DynamoServer, startDynamo } from "./dynamodb-server.ts";

const A = "a" as SessionId;
const HOUR_MS = 3_600_000;
const RETENTION_MS = 30 * 24 * HOUR_MS;
const { owner } = createSession("a");

describe("DynamoDB", () => {
  let server: DynamoServer;
  let tables = 0;
  beforeAll(async () => {
    server = await startDynamo();
  });
  afterAll(() => server.stop());

  const tableOf = (name: string, endpoint = server.endpoint) =>
    openDynamoTable({ name, region: "us-east-1", endpoint, credentials: CREDENTIALS });
  const open = (name: string, now = () => NOW): SessionStore =>
    createDynamoStore({ table: tableOf(name), retentionMs: RETENTION_MS, now });

  async function newTable(): Promise<string> {
    tables += 1;
    const name = `specchat-${tables}`;
    await server.createTable(name);
    return name;
  }

  const openEmpty = async () => open(await newTable());

  describeStore("DynamoDB", openEmpty);
  testSameAsMemory("DynamoDB", openEmpty, 15);

  async function itemsOf(TableName: string) {
    const pages = paginateScan({ client: server.client }, { TableName });
    return (await Array.fromAsync(pages)).flatMap(({ Items = [] }) => Items);
  }

  test("two processes work on the same sessions, and one at a time may run them", async () => {
    const name = await newTable();
    const [one, two] = [open(name), open(name)];
    await one.create(createSession("a"));
    const lease = await one.acquire(A, "one", 60_000);
    await one.write(A, { at: formatTime(1), messages: [createUserMessage("1")] }, lease);
    expect(await two.acquire(A, "two", 60_000)).toBeUndefined();
    if (lease) await one.release(lease);
    const taken = await two.acquire(A, "two", 60_000);
    await two.write(A, { at: formatTime(2), messages: [createUserMessage("2")] }, taken);
    await expect(
      one.write(A, { at: formatTime(3), messages: [createUserMessage("3")] }, lease),
    ).rejects.toMatchObject({
      code: "lease_lost",
    });
    expect((await one.read(A))?.messages).toEqual([createUserMessage("1"), createUserMessage("2")]);
  });

  test("a lease that is lost in the middle of a write lets nothing of it through", async () => {
    const name = await newTable();
    const table = tableOf(name);
    const other = open(name);
    const put: typeof table.put = async (items) => {
      await other.acquire(A, "two", 60_000);
      await table.put(items);
    };
    const store = createDynamoStore({ table: { ...table, put }, retentionMs: RETENTION_MS, now: () => NOW });
    await other.create(createSession("a"));
    const lease = await store.acquire(A, "one", 0);
    const late = store.write(
      A,
      { at: formatTime(1), title: "late", messages: [createUserMessage("1")] },
      lease,
    );
    await expect(late).rejects.toMatchObject({ code: "lease_lost" });
    expect(await other.read(A)).toEqual({ session: createSession("a"), messages: [], skipped: 0 });
  });

  test("a table that is not there is refused with what makes it, one of another make too", async () => {
    await expect(tableOf("missing").verifySchema()).rejects.toThrow(
      "There is no DynamoDB table missing in us-east-1. Make it with\n\naws dynamodb create-table --region us-east-1 --table-name missing --billing-mode PAY_PER_REQUEST",
    );
    await expect(tableOf("missing").verifySchema()).rejects.toThrow(
      "specchat's role needs dynamodb:DescribeTable, dynamodb:GetItem, dynamodb:UpdateItem, dynamodb:DeleteItem, dynamodb:BatchWriteItem, dynamodb:Query, dynamodb:Scan on the table and its index.",
    );
    await server.createTable("another", "by-date");
    await expect(tableOf("another").verifySchema()).rejects.toThrow(
      "The DynamoDB table another in us-east-1 is not one of specchat: it has to be made as\n\naws dynamodb create-table",
    );
    expect(await tableOf(await newTable()).verifySchema()).toBeUndefined();
  });

  test("a table that is gone, or a server that is, is trouble that passes", async () => {
    const name = await newTable();
    const store = open(name);
    await store.create(createSession("a"));
    await server.deleteTable(name);
    await expect(store.read(A)).rejects.toMatchObject({
      code: "store_unavailable",
      retryable: true,
      detail: expect.stringContaining(`dynamodb://${name} in us-east-1: `),
    });
    await server.createTable(name);
    await store.create(createSession("a"));
    expect(await store.read(A)).toEqual({ session: createSession("a"), messages: [], skipped: 0 });
    const nobody = createDynamoStore({
      table: tableOf(name, "http://127.0.0.1:1"),
      retentionMs: RETENTION_MS,
      now: () => NOW,
    });
    await expect(nobody.check()).rejects.toMatchObject({ code: "store_unavailable" });
  });

  test("no item of a long message is larger than there may be, or ends within a character", async () => {
    const name = await newTable();
    const store = open(name);
    await store.create(createSession("a"));
    // Seven characters in JSON: cut at any length, a pair would be cut somewhere.
    const long = createUserMessage("1", '\u{1F600}"xyz'.repeat(200_000));
    await store.write(A, {
      at: formatTime(1),
      messages: [long, createUserMessage("2", "\u{FFFF}".repeat(200_000))],
    });
    const texts = (await itemsOf(name)).flatMap(({ json }) => json?.S ?? []);
    expect(texts.length).toBe(14);
    expect(texts.filter((text) => !text.isWellFormed() || Buffer.byteLength(text) > 400_000)).toEqual([]);
    expect((await store.read(A, { newest: 2 }))?.messages[0]).toEqual(long);
    await store.close();
  });

  test("what a write left behind that never got through is nobody's, whatever its place", async () => {
    const name = await newTable();
    const store = open(name);
    await store.create(createSession("a"));
    await store.write(A, { at: formatTime(1), messages: [createUserMessage("1"), createUserMessage("2")] });
    for (const item of (await itemsOf(name)).filter(({ sk }) => sk?.S?.startsWith("message")))
      for (const batch of ["!", "~"]) {
        const sk = { S: item.sk?.S?.replace(item.batch?.S ?? "", batch) ?? "" };
        const Item = { ...item, sk, batch: { S: batch }, json: { S: "{" } };
        await server.client.send(new PutItemCommand({ TableName: name, Item }));
      }
    await store.write(A, { at: formatTime(2), messages: [createUserMessage("3")] });
    expect((await store.read(A))?.messages).toEqual([
      createUserMessage("1"),
      createUserMessage("2"),
      createUserMessage("3"),
    ]);
    expect((await store.read(A, { newest: 2 }))?.messages).toEqual([
      createUserMessage("2"),
      createUserMessage("3"),
    ]);
  });

  test("a session lasts for the time of retention, its messages as long as it, and nothing outlives a delete", async () => {
    const name = await newTable();
    let now = NOW;
    const store = open(name, () => now);
    await store.create(createSession("a"));
    await store.write(A, {
      at: formatTime(1),
      messages: [createUserMessage("1"), ...createToolCallMessages("2")],
    });
    await store.write(A, {
      at: formatTime(2),
      turn: { ...createWaitingTurn(formatTime(9)), model: "m".repeat(5000) },
    });
    for (let days = 0; days < 100; days += 10) {
      now += 10 * 24 * HOUR_MS;
      await store.write(A, { at: formatTime(3) });
    }
    const expiries = (await itemsOf(name)).map(({ expires }) => Number(expires?.N) * 1000);
    expect(expiries.length).toBe(5);
    expect(Math.min(...expiries)).toBe(now + RETENTION_MS);
    expect(Math.max(...expiries)).toBeLessThan(now + 1.3 * RETENTION_MS);
    now += RETENTION_MS + 1000;
    expect(await store.read(A)).toBeUndefined();
    expect(await store.list(owner, { limit: 9 })).toEqual([]);
    await expect(store.write(A, { at: formatTime(4) })).rejects.toMatchObject({ code: "session_not_found" });
    await store.create(createSession("a"));
    expect(await store.read(A)).toEqual({ session: createSession("a"), messages: [], skipped: 0 });
    await store.write(A, {
      at: formatTime(1),
      messages: [createUserMessage("1")],
      turn: { ...createWaitingTurn(formatTime(9)), model: "m".repeat(5000) },
    });
    const before = (await itemsOf(name)).length;
    await store.delete(A);
    expect([before, (await itemsOf(name)).length]).toEqual([3 + 4, 4]);
  });

  test("damage to one session costs that session alone", async () => {
    const name = await newTable();
    const store = open(name);
    for (const id of ["a", "b", "c"]) {
      await store.create(createSession(id));
      await store.write(id as SessionId, { at: formatTime(1), messages: [createUserMessage("1")] });
    }
    const Key = { pk: { S: "a" }, sk: { S: "session" } };
    const broken = { ":broken": { S: "{" } };
    await server.client.send(
      new UpdateItemCommand({
        TableName: name,
        Key,
        UpdateExpression: "SET spent = :broken",
        ExpressionAttributeValues: broken,
      }),
    );
    const lost = (await itemsOf(name)).find(({ pk, sk }) => pk?.S === "b" && sk?.S !== "session");
    await server.client.send(
      new DeleteItemCommand({ TableName: name, Key: { pk: { S: "b" }, sk: { S: lost?.sk?.S ?? "" } } }),
    );
    for (const id of ["a", "b"])
      await expect(store.read(id as SessionId)).rejects.toMatchObject({ code: "session_not_found" });
    expect((await store.read("c" as SessionId))?.messages).toEqual([createUserMessage("1")]);
    expect((await store.list(owner, { limit: 9 })).map(({ id }) => id as string)).toEqual(["c", "b"]);
  });
});
