/** Failed authentications count against the address that they come from, and take nothing from others there. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import { MODEL, type Specchat, startSpecchat } from "../support/harness.ts";
import { createScriptedModel, replyWithText } from "../support/scripted-model.ts";
import { SocketClient } from "../support/socket-client.ts";

const KEY = "key-of-ada-0123456789";
const SECRET = "a-key-of-tokens-with-more-than-32-bytes";
const wrongKey = (number: number) => `sck_wrong-${number}-0123456789`;

let specchat: Specchat;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "failed-authentication-"));
});
afterEach(async () => {
  await specchat.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(...argv: string[]): Promise<void> {
  specchat = await startSpecchat({
    argv: [
      ...["--model", MODEL, "--api-keys", `ada:${KEY}`, "--jwt-key", SECRET, "--jwt-audience", "specchat"],
      ...["--cookie-secret", "c".repeat(32), ...argv],
    ],
    model: createScriptedModel(() => replyWithText("Well.")),
  });
}

const bearer = (credential: string) => ({ Authorization: `Bearer ${credential}` });

async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(`${specchat.url}${path}`, init);
  await response.arrayBuffer();
  return response;
}

/** Presents wrong keys, and returns the statuses. */
async function guess(
  count: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (let number = 0; number < count; number++)
    statuses.push(
      (await request("/v1/models", { headers: { ...headers, ...bearer(wrongKey(number)) } })).status,
    );
  return statuses;
}

async function signToken(expires: string): Promise<string> {
  const token = new SignJWT({ sub: "ada" }).setProtectedHeader({ alg: "HS256" }).setAudience("specchat");
  return await token.setExpirationTime(expires).sign(new TextEncoder().encode(SECRET));
}

test("Who guesses keys is slowed, in the form of each protocol, while a right key of the same address is accepted.", async () => {
  const path = join(folder, "audit.jsonl");
  await start("--auth-failure-limit", "3/hour", "--audit-log", path);
  expect(await guess(5)).toEqual([401, 401, 401, 429, 429]);
  const bodies: Record<string, unknown> = {};
  for (const address of ["/v1/models", "/api/v1/sessions", "/mcp"]) {
    const response = await fetch(`${specchat.url}${address}`, { headers: bearer(wrongKey(9)) });
    expect([address, response.status]).toEqual([address, 429]);
    expect(Number(response.headers.get("retry-after"))).toBeWithin(1000, 1201);
    expect(response.headers.get("www-authenticate")).toBeNull();
    bodies[address] = await response.json();
  }
  expect(bodies["/v1/models"]).toMatchObject({
    error: {
      code: "rate_limited",
      message:
        "Too many failed attempts to authenticate from your network address (3/hour). Try again in 1200 s.",
    },
  });
  expect((await request("/v1/models", { headers: bearer(KEY) })).status).toBe(200);
  expect((await request("/v1/models", { headers: bearer(await signToken("5m")) })).status).toBe(200);
  await specchat.stop();
  const entries = (await readFile(path, "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(entries.filter(({ event }) => event === "denied").slice(2, 5)).toMatchObject([
    { reason: "authentication", code: "unknown_key", address: "127.0.0.1" },
    { reason: "limit", code: "address_requests", subject: "3/hour", address: "127.0.0.1" },
    { reason: "limit", code: "address_requests" },
  ]);
});

test("Every way to present a credential counts: tokens, the field of the page, frames and the page itself.", async () => {
  await start("--auth-failure-limit", "1/hour");
  await guess(1);
  const signIn = await request("/bedrock-chat/account/sign-in", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ key: wrongKey(1) }),
  });
  const forged = `${(await signToken("5m")).slice(0, -4)}AAAA`;
  const statuses = [
    signIn.status,
    (await request("/v1/models", { headers: { "X-API-Key": wrongKey(3) } })).status,
    (await request("/v1/models", { headers: bearer(forged) })).status,
  ];
  expect(statuses).toEqual([429, 429, 429]);
  const client = await SocketClient.connect(specchat.url, "/bedrock-chat/ws");
  client.send({ type: "auth", token: wrongKey(4) });
  expect(await client.next()).toMatchObject({ type: "error", code: "rate_limited" });
  expect((await client.closed).code).toBe(1008);
  const page = await SocketClient.connect(specchat.url, "/bedrock-chat/ws", {
    Origin: specchat.url,
    ...bearer(wrongKey(5)),
  });
  expect(await page.next()).toMatchObject({ type: "error", code: "rate_limited" });
  page.close();
});

test("What was valid once and no credential at all do not count, and what is public stays so.", async () => {
  await start("--auth-failure-limit", "1/hour");
  const expired = bearer(await signToken("-5m"));
  const statuses = [];
  for (const headers of [expired, {}, expired, {}])
    statuses.push((await request("/v1/models", { headers })).status);
  expect(statuses).toEqual([401, 401, 401, 401]);
  expect(await guess(2)).toEqual([401, 429]);
  // What is open to everyone stays open, so that a user with a revoked key can sign in again.
  for (const path of ["/livez", "/readyz", "/health", "/bedrock-chat/ui", "/bedrock-chat/account"])
    expect((await request(path, { headers: bearer(wrongKey(1)) })).status).toBe(200);
});

describe("Behind a proxy", () => {
  test("each client has a counter of its own, which no header of the client changes.", async () => {
    await start("--auth-failure-limit", "2/hour", "--trusted-proxies", "1");
    const from = (address: string) => ({ "X-Forwarded-For": address });
    expect(await guess(3, from("192.0.2.1"))).toEqual([401, 401, 429]);
    expect(await guess(1, from("198.51.100.7, 192.0.2.1"))).toEqual([429]);
    expect(await guess(3, from("192.0.2.2"))).toEqual([401, 401, 429]);
    const signIn = await request("/bedrock-chat/account/sign-in", {
      method: "POST",
      headers: { "Content-Type": "application/json", ...from("192.0.2.3") },
      body: JSON.stringify({ key: wrongKey(1) }),
    });
    expect(signIn.status).toBe(401);
  });
});

test("Wrong tokens of --jwt-secret, which guards the dashboard alone, count too.", async () => {
  specchat = await startSpecchat({ argv: ["--jwt-secret", SECRET, "--auth-failure-limit", "1/hour"] });
  const connectWith = async (token: string) => {
    const client = await SocketClient.connect(specchat.url, `/ws?token=${token}`);
    const { error } = await client.next();
    client.close();
    return error;
  };
  const errors = [await connectWith("a.b.c"), await connectWith("a.b.c")];
  expect(errors.map((error) => JSON.stringify(error))).toEqual([
    expect.not.stringContaining("Too many"),
    expect.stringContaining("Too many failed attempts"),
  ]);
});

test("The rate of --address-limits holds for failures too, without taking from those who are known.", async () => {
  await start("--address-limits", "2/hour");
  expect(await guess(3)).toEqual([401, 401, 429]);
  const body = JSON.stringify({ model: MODEL, messages: [{ role: "user", content: "hi" }] });
  const headers = { "Content-Type": "application/json", ...bearer(KEY) };
  const statuses = [];
  for (let count = 0; count < 3; count++)
    statuses.push((await request("/v1/chat/completions", { method: "POST", headers, body })).status);
  expect(statuses).toEqual([200, 200, 429]);
});
