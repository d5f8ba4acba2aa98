import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { DeleteItemCommand, PutItemCommand, paginateScan, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { SessionId } from "../../../src/chat/types.ts";
import { createDynamoStore } from "../../../src/store/dynamodb/dynamodb-store.ts";
import { DynamoTable, type TableOptions } from "../../../src/store/dynamodb/table.ts";
import { createDynamoUsage } from "../../../src/store/dynamodb/usage-counters.ts";
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
import { describeUsage } from "../usage-suite.ts";
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

  const tableOptions = (name: string, endpoint = server.endpoint): TableOptions => ({
    name,
    region: "us-east-1",
    endpoint,
    credentials: CREDENTIALS,
  });
  const openTable = (name: string) => new DynamoTable(tableOptions(name));
  const open = (name: string, now = () => NOW): SessionStore =>
    createDynamoStore({ table: openTable(name), retentionMs: RETENTION_MS, now });

  async function newTable(): Promise<string> {
    tables += 1;
    const name = `specchat-${tables}`;
    await server.createTable(name);
    return name;
  }

  const openEmpty = async () => open(await newTable());

  describeStore("DynamoDB", openEmpty);
  testSameAsMemory("DynamoDB", openEmpty, 15);
  describeUsage("DynamoDB", async () => {
    const name = await newTable();
    const openUsage = () => createDynamoUsage({ table: openTable(name), now: () => NOW });
    return [openUsage(), openUsage()];
  });

  async function readItems(TableName: string) {
    const pages = paginateScan({ client: server.client }, { TableName });
    return (await Array.fromAsync(pages)).flatMap(({ Items = [] }) => Items);
  }

  test("Two processes share sessions, and one at a time holds the lease.", async () => {
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

  test("A write whose lease is lost in between changes nothing.", async () => {
    const name = await newTable();
    const other = open(name);
    class InterruptedTable extends DynamoTable {
      override async put(items: Parameters<DynamoTable["put"]>[0]): Promise<void> {
        await other.acquire(A, "two", 60_000);
        await super.put(items);
      }
    }
    const store = createDynamoStore({
      table: new InterruptedTable(tableOptions(name)),
      retentionMs: RETENTION_MS,
      now: () => NOW,
    });
    await other.create(createSession("a"));
    const lease = await store.acquire(A, "one", 0);
    const late = store.write(
      A,
      { at: formatTime(1), title: "late", messages: [createUserMessage("1")] },
      lease,
    );
    await expect(late).rejects.toMatchObject({ code: "lease_lost" });
    expect(await other.read(A)).toEqual({ session: createSession("a"), messages: [], skipped: 0 });
    // What it has left in the table is not read in place of what others write there.
    const messages = ["1", "2", "3"].map((id) => createUserMessage(id, `stored ${id}`));
    for (const message of messages) await other.write(A, { at: formatTime(2), messages: [message] });
    expect((await other.read(A, { before: 1, newest: 1 }))?.messages).toEqual(messages.slice(0, 1));
    expect((await other.read(A, { before: 2 }))?.messages).toEqual(messages.slice(0, 2));
  });

  test("`verifySchema()` rejects a missing table and one with another schema, with the command that creates it.", async () => {
    await expect(openTable("missing").verifySchema()).rejects.toThrow(
      "There is no DynamoDB table missing in us-east-1. Create it with\n\naws dynamodb create-table --region us-east-1 --table-name missing --billing-mode PAY_PER_REQUEST",
    );
    await expect(openTable("missing").verifySchema()).rejects.toThrow(
      "The role of specchat needs dynamodb:DescribeTable, dynamodb:GetItem, dynamodb:UpdateItem, dynamodb:DeleteItem, dynamodb:BatchWriteItem, dynamodb:Query, dynamodb:Scan on the table and its index.",
    );
    await server.createTable("another", "by-date");
    await expect(openTable("another").verifySchema()).rejects.toThrow(
      "The DynamoDB table another in us-east-1 does not have the schema of specchat. Create it with\n\naws dynamodb create-table",
    );
    expect(await openTable(await newTable()).verifySchema()).toBeUndefined();
  });

  test("A missing table and an unreachable server are retryable errors, and the store recovers.", async () => {
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
    const unreachable = createDynamoStore({
      table: new DynamoTable(tableOptions(name, "http://127.0.0.1:1")),
      retentionMs: RETENTION_MS,
      now: () => NOW,
    });
    await expect(unreachable.check()).rejects.toMatchObject({ code: "store_unavailable" });
  });

  test("A long message is split into items within the size limit, never inside a character.", async () => {
    const name = await newTable();
    const store = open(name);
    await store.create(createSession("a"));
    // Seven characters in JSON, so that a split at a fixed length would cut some surrogate pair.
    const long = createUserMessage("1", '\u{1F600}"xyz'.repeat(200_000));
    await store.write(A, {
      at: formatTime(1),
      messages: [long, createUserMessage("2", "\u{FFFF}".repeat(200_000))],
    });
    const texts = (await readItems(name)).flatMap(({ json }) => json?.S ?? []);
    expect(texts.length).toBe(14);
    expect(texts.filter((text) => !text.isWellFormed() || Buffer.byteLength(text) > 400_000)).toEqual([]);
    expect((await store.read(A, { newest: 2 }))?.messages[0]).toEqual(long);
    await store.close();
  });

  test("Items of failed writes are ignored, wherever they sort.", async () => {
    const name = await newTable();
    const store = open(name);
    await store.create(createSession("a"));
    await store.write(A, { at: formatTime(1), messages: [createUserMessage("1"), createUserMessage("2")] });
    for (const item of (await readItems(name)).filter(({ sk }) => sk?.S?.startsWith("message")))
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

  test("A session and its messages last for the retention, and a delete removes all items.", async () => {
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
    const expiries = (await readItems(name)).map(({ expires }) => Number(expires?.N) * 1000);
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
    const before = (await readItems(name)).length;
    await store.delete(A);
    expect([before, (await readItems(name)).length]).toEqual([3 + 4, 4]);
  });

  test("Damage to one session does not affect other sessions.", async () => {
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
    const message = (await readItems(name)).find(({ pk, sk }) => pk?.S === "b" && sk?.S !== "session");
    await server.client.send(
      new DeleteItemCommand({ TableName: name, Key: { pk: { S: "b" }, sk: { S: message?.sk?.S ?? "" } } }),
    );
    for (const id of ["a", "b"])
      await expect(store.read(id as SessionId)).rejects.toMatchObject({ code: "session_not_found" });
    expect((await store.read("c" as SessionId))?.messages).toEqual([createUserMessage("1")]);
    expect((await store.list(owner, { limit: 9 })).map(({ id }) => id as string)).toEqual(["c", "b"]);
  });
});
