/** Authentication through the front door: keys, tokens and proxies, over HTTP and WebSockets. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKey, hashKey, keyIdOf } from "../../src/access/authentication/api-keys/api-key.ts";
import { changeKeyFile } from "../../src/access/authentication/api-keys/key-file.ts";
import { NativeClient, type Specchat, startSpecchat } from "../support/harness.ts";
import { SocketClient } from "../support/socket-client.ts";
import { TokenIssuer } from "../support/token-issuer.ts";

const folder = mkdtempSync(join(tmpdir(), "specchat-keys-"));
const file = join(folder, "keys.json");
const key = createKey();
let issuer: TokenIssuer;
let specchat: Specchat;

function addKey(name: string, text: string, fields: object = {}): void {
  const sha256 = hashKey(text);
  changeKeyFile(file, (keys) => [...keys, { name, id: keyIdOf(sha256), sha256, roles: [], ...fields }]);
}

function revokeKey(name: string): void {
  changeKeyFile(file, (keys) => keys.filter((entry) => entry.name !== name));
}

beforeAll(async () => {
  issuer = await TokenIssuer.start();
  addKey("ci", key);
  specchat = await startSpecchat({
    argv: [...issuer.argv, "--api-keys-file", file, "--jwt-clock-skew", "0"],
    useDemoModel: true,
  });
});

afterAll(async () => {
  await specchat.stop();
  await issuer.stop();
  rmSync(folder, { recursive: true });
});

/** Lists models, as a client of OpenAI does. */
async function listModels(headers: Record<string, string>): Promise<Response> {
  return await fetch(`${specchat.url}/v1/models`, { headers });
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

describe("API keys", () => {
  test("A key is accepted as a bearer token and as X-API-Key, and no other text is.", async () => {
    const wrong = createKey();
    const statuses = await Promise.all(
      [
        {},
        bearer(key),
        { "X-API-Key": key },
        { "x-api-key": key, "anthropic-version": "2023-06-01" },
        bearer(wrong),
        { "X-API-Key": wrong },
        { "X-API-Key": `${key}x` },
        bearer(`${key} ${key}`),
      ].map(async (headers) => (await listModels(headers)).status),
    );
    expect(statuses).toEqual([401, 200, 200, 200, 401, 401, 401, 401]);
  });

  test("While there are no roles, a user is no administrator.", async () => {
    const statuses = await Promise.all(
      ["/metrics", "/bedrock-chat/usage", "/v1/models"].map(
        async (path) => (await fetch(specchat.url + path, { headers: bearer(key) })).status,
      ),
    );
    expect(statuses).toEqual([403, 403, 200]);
  });

  test("A refusal has the form of its protocol and says how to authenticate.", async () => {
    const response = await listModels({});
    expect(response.headers.get("www-authenticate")).toBe('Bearer realm="specchat"');
    expect(await response.json()).toEqual({
      error: {
        message: "Authentication is needed.",
        type: "authentication_error",
        param: null,
        code: "unauthorized",
      },
    });
    const wrong = await listModels(bearer(createKey()));
    expect(wrong.headers.get("www-authenticate")).toBe(
      'Bearer realm="specchat", error="invalid_token", error_description="The API key is not known."',
    );
  });

  test("A key that is added works at once, and a revoked one is refused at once.", async () => {
    const added = createKey();
    expect((await listModels(bearer(added))).status).toBe(401);
    addKey("guest", added);
    expect((await listModels(bearer(added))).status).toBe(200);
    revokeKey("guest");
    expect((await listModels(bearer(added))).status).toBe(401);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("A key that has expired is refused.", async () => {
    const old = createKey();
    addKey("old", old, { expiresAt: "2020-01-01T00:00:00.000Z" });
    const response = await listModels(bearer(old));
    expect([response.status, ((await response.json()) as { error: object }).error]).toEqual([
      401,
      expect.objectContaining({ message: "The API key has expired." }),
    ]);
  });

  test("A file that becomes unreadable keeps its keys, and one that is removed loses them.", async () => {
    const before = await Bun.file(file).text();
    await Bun.write(file, "{");
    expect((await listModels(bearer(key))).status).toBe(200);
    rmSync(file);
    expect((await listModels(bearer(key))).status).toBe(401);
    await Bun.write(file, before);
    expect((await listModels(bearer(key))).status).toBe(200);
    expect(specchat.log.filter((line) => line.includes("API keys")).length).toBe(2);
  });
});

describe("JWTs", () => {
  test("A token is accepted only with its signature, times, issuer and audience.", async () => {
    const now = Math.floor(Date.now() / 1000);
    const other = await TokenIssuer.start();
    const tokens = {
      valid: await issuer.sign(),
      expired: await issuer.sign({ exp: now - 10 }),
      early: await issuer.sign({ nbf: now + 600 }),
      endless: await issuer.sign({ exp: undefined }),
      "other issuer": await issuer.sign({ iss: "https://other.example" }),
      "other audience": await issuer.sign({ aud: "another" }),
      "no user": await issuer.sign({ sub: undefined }),
      "user of a key": await issuer.sign({ sub: "key:ci" }),
      "other key": await other.sign({ iss: issuer.issuer }),
      unsigned: `${Buffer.from('{"alg":"none"}').toString("base64url")}.${(await issuer.sign()).split(".")[1]}.`,
    };
    await other.stop();
    const statuses = await Promise.all(
      Object.entries(tokens).map(async ([name, token]) => [name, (await listModels(bearer(token))).status]),
    );
    expect(Object.fromEntries(statuses)).toEqual({
      ...Object.fromEntries(Object.keys(tokens).map((name) => [name, 401])),
      valid: 200,
    });
  });

  test("Users of a token have their own sessions, also when an organization has a user of the same name.", async () => {
    const organized = await startSpecchat({
      argv: [...issuer.argv, "--jwt-organization-claim", "org"],
      useDemoModel: true,
    });
    const people = {
      alice: await issuer.sign({ org: "acme" }),
      bob: await issuer.sign({ org: "acme", sub: "bob" }),
      "alice elsewhere": await issuer.sign({ org: "umbrella" }),
      "alice nowhere": await issuer.sign(),
    };
    const created = await fetch(`${organized.url}/api/v1/chat`, {
      method: "POST",
      headers: { ...bearer(people.alice), "Content-Type": "application/json" },
      body: JSON.stringify({ message: "hello" }),
    });
    const { session_id: id } = (await created.json()) as { session_id: string };
    const statuses = await Promise.all(
      Object.entries(people).map(async ([name, token]) => [
        name,
        (await fetch(`${organized.url}/api/v1/sessions/${id}`, { headers: bearer(token) })).status,
      ]),
    );
    await organized.stop();
    expect(Object.fromEntries(statuses)).toEqual({
      alice: 200,
      bob: 404,
      "alice elsewhere": 404,
      "alice nowhere": 401,
    });
  });
});

describe("WebSockets", () => {
  test("A token is accepted as a header, a subprotocol and a first frame.", async () => {
    const token = await issuer.sign();
    const withHeader = await NativeClient.connect(specchat.url, bearer(token));
    expect((await withHeader.next()).type).toBe("connection_established");
    const address = `${specchat.url.replace("http", "ws")}/bedrock-chat/ws`;
    const socket = new WebSocket(address, ["specchat", `specchat.bearer.${token}`]);
    const greeting = await new Promise((resolve) =>
      socket.addEventListener("message", ({ data }) => resolve(JSON.parse(String(data)).type)),
    );
    expect([socket.protocol, greeting]).toEqual(["specchat", "connection_established"]);
    socket.close();
    const first = await NativeClient.connect(specchat.url);
    first.send({ type: "auth", token });
    expect((await first.next()).type).toBe("authenticated");
    expect((await first.next()).type).toBe("connection_established");
    expect((await first.runTurn("hello")).at(-1)?.type).toBe("ai_response");
  });

  test("A socket without a valid token is refused in a frame and closed.", async () => {
    const first = await NativeClient.connect(specchat.url);
    first.send({ message: "hello" });
    expect(await first.next()).toEqual({
      type: "error",
      code: "unauthorized",
      message: "Authentication is needed.",
      retryable: false,
      reauthenticate: true,
    });
    expect(await first.closed).toEqual({ code: 1008, reason: "Authentication failed" });
    const wrong = await NativeClient.connect(specchat.url);
    wrong.send({ type: "auth", token: "a.b.c" });
    expect(await wrong.next()).toMatchObject({ code: "unauthorized", message: "The token is not a JWT." });
    expect((await wrong.closed).code).toBe(1008);
    expect(NativeClient.connect(specchat.url, bearer("a.b.c"))).rejects.toThrow("cannot connect");
  });

  test("A page whose token is refused learns it over the socket, and may present another.", async () => {
    const client = await NativeClient.connect(specchat.url, { ...bearer("a.b.c"), Origin: specchat.url });
    expect(await client.next()).toMatchObject({ code: "unauthorized", reauthenticate: true });
    client.send({ type: "auth", token: await issuer.sign() });
    expect((await client.next()).type).toBe("authenticated");
    expect((await client.next()).type).toBe("connection_established");
  });

  test("A revoked key ends an open socket at its next frame.", async () => {
    const guest = createKey();
    addKey("visitor", guest);
    const client = await NativeClient.connect(specchat.url, { "X-API-Key": guest });
    await client.next();
    client.send({ type: "ping" });
    expect((await client.next()).type).toBe("pong");
    revokeKey("visitor");
    client.send({ type: "ping" });
    expect(await client.next()).toMatchObject({ code: "unauthorized", reauthenticate: true });
  });

  test("The completions protocol takes a token in its first frame.", async () => {
    const client = await SocketClient.connect(specchat.url, "/ws/chat/completions");
    client.send({ type: "auth", token: key });
    expect(await client.next()).toEqual({ type: "authenticated" });
    client.send({ question: "hello", session_id: "s" });
    expect((await client.readUntil("end", "error")).at(-1)).toMatchObject({ type: "end" });
  });

  test("The dashboard protocol takes a token in its query, and closes a socket without one.", async () => {
    const client = await SocketClient.connect(specchat.url, `/ws?token=${key}`);
    expect((await client.next()).type).toBe("initial_data");
    client.send({ id: 1, type: "ping" });
    expect((await client.next()).type).toBe("pong");
    const none = await SocketClient.connect(specchat.url, "/");
    expect(await none.next()).toEqual({
      type: "auth_error",
      error: {
        message: "Authentication is needed.",
        code: "AUTH_FAILED",
        category: "authentication",
        shouldRetry: false,
      },
    });
    expect((await none.closed).code).toBe(1008);
  });
});
