import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { NativeClient, type Specchat, startSpecchat } from "../support/harness.ts";
import { createScriptedModel, replyWithCalls, replyWithText } from "../support/scripted-model.ts";

let folder: string;
let specchat: Specchat;
/** The credentials of each request to the API. */
const received: Record<string, string | null>[] = [];
let api: ReturnType<typeof Bun.serve>;

const schemes = {
  key: { type: "apiKey", in: "query", name: "api_key" },
  token: { type: "http", scheme: "bearer" },
  login: { type: "http", scheme: "basic" },
};
const document = (url: string) => ({
  openapi: "3.0.3",
  info: { title: "Guarded", version: "1" },
  servers: [{ url }],
  components: { securitySchemes: schemes },
  paths: Object.fromEntries(
    Object.keys(schemes).map((scheme) => [
      `/${scheme}`,
      { get: { operationId: scheme, security: [{ [scheme]: [] }], responses: {} } },
    ]),
  ),
});

beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/specchat-credentials-`);
  api = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const { headers } = request;
      received.push({
        key: new URL(request.url).searchParams.get("api_key"),
        authorization: headers.get("authorization"),
        cookie: headers.get("cookie"),
        tenant: headers.get("x-tenant"),
      });
      return Response.json({});
    },
  });
  await Bun.write(`${folder}/api.json`, JSON.stringify(document(api.url.href)));
});
afterAll(async () => {
  await Promise.all([api.stop(true), rm(folder, { recursive: true })]);
});
afterEach(async () => {
  received.length = 0;
  await specchat.stop();
});

/** Starts specchat with a model that calls these tools, one in each turn, and connects a client. */
async function start(tools: readonly string[], { argv = [] as string[], headers = {} } = {}) {
  const model = createScriptedModel(
    tools.flatMap((name, index) => [replyWithCalls([`c${index}`, name, {}]), replyWithText("Done")]),
  );
  specchat = await startSpecchat({ argv: ["--spec", `${folder}/api.json`, ...argv], model });
  const client = await NativeClient.connect(specchat.url, headers);
  await client.next();
  return { client, model };
}

const NO_CREDENTIALS = { key: null, authorization: null, cookie: null, tenant: null };

describe("auth frames", () => {
  test("the first frame lists the schemes that operations need and settings do not cover", async () => {
    const { client } = await start([], { argv: ["--api-credential", "token: fixed"] });
    const guarded = { api: "", title: "Guarded" };
    expect(client.frames[0]).toMatchObject({
      type: "connection_established",
      sign_in: [
        { ...guarded, scheme: "key", kind: "apiKey", description: "Sent as the query parameter api_key." },
        { ...guarded, scheme: "login", kind: "basic" },
      ],
    });
    client.close();
  });

  test("credentials are sent as their scheme requires, only in their session, until logout", async () => {
    const { client, model } = await start(["key", "token", "login", "token"]);
    const frames = [
      { type: "auth", scheme: "key", value: { value: "k 1" } },
      { type: "auth", scheme: "token", value: { token: "t1" } },
      { type: "auth", scheme: "login", value: { username: "ada", password: "p:w" } },
    ];
    for (const frame of frames) {
      client.send(frame);
      expect(await client.next()).toEqual({ type: "auth_configured", api: "", scheme: frame.scheme });
    }
    for (let turn = 0; turn < 3; turn++) await client.runTurn("go");
    client.send({ type: "logout" });
    expect(await client.next()).toMatchObject({ type: "notice", code: "logged_out" });
    await client.runTurn("go");
    expect(received).toEqual([
      { ...NO_CREDENTIALS, key: "k 1" },
      { ...NO_CREDENTIALS, authorization: "Bearer t1" },
      { ...NO_CREDENTIALS, authorization: `Basic ${btoa("ada:p:w")}` },
      NO_CREDENTIALS,
    ]);
    const output = JSON.stringify([model.requests, specchat.log, client.frames]);
    for (const secret of ["k 1", "t1", "p:w"]) expect(output).not.toContain(secret);
    client.close();
  });

  test.each([
    [{ scheme: "nope", value: { token: "s3cret" } }, "key, token, login"],
    [{ scheme: "token", value: { value: "s3cret" } }, '{"token": "…"}'],
    [{ scheme: "token", value: { token: "s3cret\r\nX: 1" } }, "token"],
    [{ scheme: "token", value: "s3cret" }, "token"],
    [{ scheme: "token", api: "other", value: { token: "s3cret" } }, "other"],
  ])("%p is refused without showing the value", async (frame, expected) => {
    const { client } = await start([]);
    client.send({ type: "auth", ...frame });
    const response = await client.next();
    expect(response).toMatchObject({
      type: "error",
      code: "bad_frame",
      message: expect.stringContaining(expected),
    });
    expect(JSON.stringify(response)).not.toContain("s3cret");
    client.close();
  });

  test("credentials of one session do not apply to another", async () => {
    const { client } = await start(["token", "token"]);
    const other = await NativeClient.connect(specchat.url);
    client.send({ type: "auth", scheme: "token", value: { token: "t1" } });
    await client.waitFor("auth_configured");
    await other.runTurn("go");
    await client.runTurn("go");
    expect(received).toEqual([NO_CREDENTIALS, { ...NO_CREDENTIALS, authorization: "Bearer t1" }]);
    client.close();
    other.close();
  });
});

describe("settings", () => {
  test("--api-credential covers a scheme, and the caller's credential wins over it", async () => {
    const { client } = await start(["token", "token"], { argv: ["--api-credential", "token: fixed"] });
    await client.runTurn("go");
    client.send({ type: "auth", scheme: "token", value: { token: "own" } });
    await client.runTurn("go");
    expect(received.map(({ authorization }) => authorization)).toEqual(["Bearer fixed", "Bearer own"]);
    client.close();
  });

  test("--api-credential for an unknown scheme fails the start without showing the value", async () => {
    await start([]);
    const failedStart = startSpecchat({
      argv: ["--spec", `${folder}/api.json`, "--api-credential", "nope: s3cret"],
    });
    const error = await failedStart.then(() => undefined, String);
    expect(error).toContain('no security scheme "nope"');
    expect(error).not.toContain("s3cret");
  });

  test("only the named headers and cookies of the caller are forwarded to the API", async () => {
    const headers = {
      Authorization: "Bearer mine",
      "X-Tenant": "acme",
      Cookie: "session=abc; other=1; specchat_caller=x",
    };
    const argv = ["--forward-headers", "X-Tenant", "--forward-cookies", "session"];
    const { client } = await start(["token"], { argv, headers });
    await client.runTurn("go");
    expect(received).toEqual([{ ...NO_CREDENTIALS, cookie: "session=abc", tenant: "acme" }]);
    client.close();
  });
});
