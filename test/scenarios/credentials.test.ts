import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { NativeClient, type Specchat, startSpecchat } from "../support/harness.ts";
import { createScriptedModel, replyWithCalls, replyWithText } from "../support/scripted-model.ts";

let folder: string;
let specchat: Specchat;
/** What proves who asks, as each request to the API brought it. */
const seen: Record<string, string | null>[] = [];
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
      seen.push({
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
  seen.length = 0;
  await specchat.stop();
});

/** A client whose model calls the tools of these names, one turn each. */
async function start(tools: readonly string[], { argv = [] as string[], headers = {} } = {}) {
  const model = createScriptedModel(
    tools.flatMap((name, index) => [replyWithCalls([`c${index}`, name, {}]), replyWithText("Done")]),
  );
  specchat = await startSpecchat({ argv: ["--spec", `${folder}/api.json`, ...argv], model });
  const client = await NativeClient.connect(specchat.url, headers);
  await client.next();
  return { client, model };
}

const nothing = { key: null, authorization: null, cookie: null, tenant: null };

describe("auth frames", () => {
  test("what a person can bring is said first: all that operations ask for and settings do not meet", async () => {
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

  test("credentials are kept for the session alone, each sent where its scheme says, and forgotten on logout", async () => {
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
    expect(seen).toEqual([
      { ...nothing, key: "k 1" },
      { ...nothing, authorization: "Bearer t1" },
      { ...nothing, authorization: `Basic ${btoa("ada:p:w")}` },
      nothing,
    ]);
    const told = JSON.stringify([model.requests, specchat.log, client.frames]);
    for (const secret of ["k 1", "t1", "p:w"]) expect(told).not.toContain(secret);
    client.close();
  });

  test.each([
    [{ scheme: "nope", value: { token: "s3cret" } }, "key, token, login"],
    [{ scheme: "token", value: { value: "s3cret" } }, '{"token": "…"}'],
    [{ scheme: "token", value: { token: "s3cret\r\nX: 1" } }, "token"],
    [{ scheme: "token", value: "s3cret" }, "token"],
    [{ scheme: "token", api: "other", value: { token: "s3cret" } }, "other"],
  ])("%p is refused without showing the value", async (frame, named) => {
    const { client } = await start([]);
    client.send({ type: "auth", ...frame });
    const answer = await client.next();
    expect(answer).toMatchObject({
      type: "error",
      code: "bad_frame",
      message: expect.stringContaining(named),
    });
    expect(JSON.stringify(answer)).not.toContain("s3cret");
    client.close();
  });

  test("nobody's credentials serve another session", async () => {
    const { client } = await start(["token", "token"]);
    const other = await NativeClient.connect(specchat.url);
    client.send({ type: "auth", scheme: "token", value: { token: "t1" } });
    await client.waitFor("auth_configured");
    await other.runTurn("go");
    await client.runTurn("go");
    expect(seen).toEqual([nothing, { ...nothing, authorization: "Bearer t1" }]);
    client.close();
    other.close();
  });
});

describe("settings", () => {
  test("--api-credential meets a scheme, and the caller's own wins over it", async () => {
    const { client } = await start(["token", "token"], { argv: ["--api-credential", "token: fixed"] });
    await client.runTurn("go");
    client.send({ type: "auth", scheme: "token", value: { token: "own" } });
    await client.runTurn("go");
    expect(seen.map(({ authorization }) => authorization)).toEqual(["Bearer fixed", "Bearer own"]);
    client.close();
  });

  test("a scheme the document does not have stops the start, without showing the value", async () => {
    await start([]);
    const refused = startSpecchat({
      argv: ["--spec", `${folder}/api.json`, "--api-credential", "nope: s3cret"],
    });
    const error = await refused.then(() => undefined, String);
    expect(error).toContain('no security scheme "nope"');
    expect(error).not.toContain("s3cret");
  });

  test("only the caller's headers and cookies that are named go on to the API", async () => {
    const headers = {
      Authorization: "Bearer mine",
      "X-Tenant": "acme",
      Cookie: "session=abc; other=1; specchat_caller=x",
    };
    const argv = ["--forward-headers", "X-Tenant", "--forward-cookies", "session"];
    const { client } = await start(["token"], { argv, headers });
    await client.runTurn("go");
    expect(seen).toEqual([{ ...nothing, cookie: "session=abc", tenant: "acme" }]);
    client.close();
  });
});
