import { afterEach, describe, expect, test } from "bun:test";
import { createConnection } from "node:net";
import { createMemoryStore } from "../../src/store/memory.ts";
import { NativeClient, type Specchat, startApi, startSpecchat } from "../support/harness.ts";
import { createScriptedModel, replyWithCalls, replyWithText } from "../support/scripted-model.ts";

let specchat: Specchat;
afterEach(() => specchat.stop());

const startDemo = (...argv: string[]) => startSpecchat({ argv, useDemoModel: true });

/** Sends a request with headers that `fetch` refuses. Resolves to the raw response. */
function sendRaw(
  url: string,
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<string> {
  const { hostname, port } = new URL(url);
  const lines = [
    `${method} ${path} HTTP/1.1`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return new Promise((resolve, reject) => {
    const socket = createConnection(Number(port), hostname, () =>
      socket.end(`${lines.join("\r\n")}\r\nConnection: close\r\n\r\n`),
    );
    let response = "";
    socket.on("data", (data) => {
      response += data;
    });
    socket.on("close", () => resolve(response));
    socket.on("error", reject);
  });
}

const statusOf = (response: string) => Number(response.split(" ")[1]);

describe("guards", () => {
  const paths = [
    "/",
    "/health",
    "/bedrock-chat/health",
    "/bedrock-chat/ui",
    "/bedrock-chat/ui/x.js",
    "/bedrock-chat/ws",
    "/nope",
  ];

  test("a foreign Host is refused on every route and method", async () => {
    specchat = await startDemo();
    for (const path of paths) {
      for (const method of ["GET", "HEAD", "POST", "OPTIONS", "DELETE"]) {
        const response = await sendRaw(specchat.url, method, path, { Host: "evil.test" });
        expect([path, method, statusOf(response)]).toEqual([path, method, 403]);
      }
    }
  });

  test("a foreign Origin is refused on every route and method, the WebSocket included", async () => {
    specchat = await startDemo();
    const { host } = new URL(specchat.url);
    for (const path of paths) {
      for (const method of ["GET", "POST", "OPTIONS"]) {
        const response = await sendRaw(specchat.url, method, path, {
          Host: host,
          Origin: "http://evil.test",
        });
        expect([path, method, statusOf(response)]).toEqual([path, method, 403]);
      }
    }
    expect(NativeClient.connect(specchat.url, { Origin: "http://evil.test" })).rejects.toThrow();
  });

  test("an allowed Origin gets CORS headers with credentials, also for a preflight", async () => {
    specchat = await startDemo("--allowed-origins", "http://app.test");
    const preflight = await fetch(`${specchat.url}/health`, {
      method: "OPTIONS",
      headers: { Origin: "http://app.test", "Access-Control-Request-Method": "GET" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe("http://app.test");
    expect(preflight.headers.get("access-control-allow-credentials")).toBe("true");
    const client = await NativeClient.connect(specchat.url, { Origin: "http://app.test" });
    expect((await client.next()).type).toBe("connection_established");
    client.close();
  });

  test("a page of an allowed Origin can read errors and Retry-After", async () => {
    specchat = await startDemo("--allowed-origins", "http://app.test", "--rate-limit", "1/hour");
    const post = (body: object) =>
      fetch(`${specchat.url}/bedrock-chat/ai`, {
        method: "POST",
        headers: { Origin: "http://app.test" },
        body: JSON.stringify(body),
      });
    const messages = [{ id: "1", role: "user", parts: [{ type: "text", text: "hi" }] }];
    const responses = [await post({}), await post({ id: "c", messages }), await post({ id: "c", messages })];
    const readable = responses.map(({ status, headers }) => [
      status,
      headers.get("access-control-allow-origin"),
      headers.get("retry-after"),
    ]);
    expect(readable).toEqual([
      [400, "http://app.test", null],
      [200, "http://app.test", null],
      [429, "http://app.test", expect.stringMatching(/^3[56]\d\d$/)],
    ]);
  });

  test("ALLOWED_ORIGINS=* allows HTTP without credentials, never the WebSocket", async () => {
    specchat = await startSpecchat({ environment: { ALLOWED_ORIGINS: "*" }, useDemoModel: true });
    const response = await fetch(`${specchat.url}/health`, { headers: { Origin: "http://evil.test" } });
    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("access-control-allow-credentials")).toBeNull();
    expect(NativeClient.connect(specchat.url, { Origin: "http://evil.test" })).rejects.toThrow();
    const severalProtocols = await sendRaw(specchat.url, "GET", "/bedrock-chat/ws", {
      Host: new URL(specchat.url).host,
      Origin: "http://evil.test",
      Connection: "Upgrade",
      Upgrade: "websocket, h2c",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    });
    expect(statusOf(severalProtocols)).toBe(403);
  });

  test("an invalid Host is refused like a foreign one", async () => {
    specchat = await startDemo();
    for (const [host, status] of [
      ["x@127.0.0.1", 403],
      ["evil.test:99999", 403],
      ["::1", 400],
      ["localhost:99999", 400],
    ] as const) {
      const response = await sendRaw(specchat.url, "GET", "/health", { Host: host });
      expect([host, statusOf(response)]).toEqual([host, status]);
      expect(JSON.parse(response.slice(response.indexOf("{")))).toEqual({
        detail: expect.stringContaining("Host"),
      });
    }
  });

  test("a non-loopback address is refused without --allow-unauthenticated", async () => {
    specchat = await startDemo();
    expect(startDemo("--host", "0.0.0.0")).rejects.toThrow("--allow-unauthenticated");
    const open = await startDemo("--host", "0.0.0.0", "--allow-unauthenticated");
    expect((await fetch(`${open.url}/health`)).status).toBe(200);
    await open.stop();
  });
});

describe("routes", () => {
  test("unknown paths and methods get JSON errors, each with its own request id", async () => {
    specchat = await startDemo();
    const missing = await fetch(`${specchat.url}/nope`);
    expect([missing.status, await missing.json()]).toEqual([404, { detail: "Not Found" }]);
    const wrong = await fetch(`${specchat.url}/health`, { method: "POST" });
    expect([wrong.status, wrong.headers.get("allow"), await wrong.json()]).toEqual([
      405,
      "GET, HEAD",
      { detail: "Method Not Allowed" },
    ]);
    expect(missing.headers.get("x-request-id")).not.toBe(wrong.headers.get("x-request-id"));
  });

  test("health reports a model that is not ready, with advice", async () => {
    const problem = {
      status: "unready",
      problem: "No AWS credentials were found.",
      advice: "Run `aws configure`.",
    } as const;
    specchat = await startSpecchat({ model: { ...createScriptedModel([]), health: async () => problem } });
    const chat = await fetch(`${specchat.url}/bedrock-chat/health`);
    expect([chat.status, await chat.json()]).toEqual([
      503,
      {
        status: "unhealthy",
        bedrock: "disconnected",
        model: specchat.app.modelId,
        tools: 25,
        problem: "No AWS credentials were found.",
        advice: "Run `aws configure`.",
      },
    ]);
    expect((await fetch(`${specchat.url}/health`)).status).toBe(503);
  });

  test("health is degraded, not unhealthy, while the store does not respond", async () => {
    const store = createMemoryStore({ maxSessions: 1, sessionTimeoutMs: 1, now: Date.now });
    const failing = { ...store, check: () => Promise.reject(new Error("The disk is full.")) };
    const silent = { ...store, check: () => new Promise<void>(() => {}) };
    for (const [check, problem] of [
      [failing, "The disk is full."],
      [silent, "The store does not answer."],
    ] as const) {
      const started = await startSpecchat({
        model: createScriptedModel([]),
        ports: { store: check, sleep: async () => {} },
      });
      const response = await fetch(`${started.url}/health`);
      expect([response.status, await response.json()]).toMatchObject([
        200,
        { status: "degraded", details: { store: problem } },
      ]);
      await started.stop();
    }
    specchat = await startDemo();
  });

  test("/ redirects a browser to the page, and lists the endpoints for other clients", async () => {
    specchat = await startDemo("--chat-endpoint", "/assistant");
    const browser = await fetch(specchat.url, { headers: { Accept: "text/html" }, redirect: "manual" });
    expect([browser.status, browser.headers.get("location")]).toEqual([302, "/assistant/ui"]);
    expect(await (await fetch(specchat.url)).json()).toMatchObject({
      endpoints: { chat: "WebSocket /assistant/ws" },
    });
    expect((await fetch(`${specchat.url}/assistant/health`)).status).toBe(200);
  });

  test("the page has a strict policy and a caller cookie, and its assets are cached by ETag", async () => {
    specchat = await startDemo();
    const page = await fetch(`${specchat.url}/bedrock-chat/ui`);
    expect(page.status).toBe(200);
    expect(page.headers.get("content-security-policy")).toStartWith("default-src 'none'; script-src 'self';");
    // The host of a link that nobody has clicked can carry data.
    expect(page.headers.get("x-dns-prefetch-control")).toBe("off");
    expect(page.headers.get("set-cookie")).toMatch(
      /^specchat_caller=[^;]+; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/,
    );
    const encrypted = await fetch(`${specchat.url}/bedrock-chat/ui`, {
      headers: { "X-Forwarded-Proto": "https" },
    });
    expect(encrypted.headers.get("set-cookie")).toMatch(
      /^__Host-specchat_caller=[^;]+; Path=\/; Max-Age=2592000; Secure; HttpOnly; SameSite=Strict$/,
    );
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
    const html = await page.text();
    expect(html).not.toMatch(/<script>|<style>|style="|onclick/);
    const script = /src="([^"]+\.js)"/.exec(html)?.[1] ?? "";
    const asset = await fetch(new URL(script, `${specchat.url}/bedrock-chat/ui`));
    expect([asset.status, asset.headers.get("cache-control")]).toEqual([
      200,
      "public, max-age=31536000, immutable",
    ]);
    const cached = await fetch(asset.url, { headers: { "If-None-Match": asset.headers.get("etag") ?? "" } });
    expect(cached.status).toBe(304);
  });

  test("--no-enable-ui disables the page but not the socket", async () => {
    specchat = await startDemo("--no-enable-ui");
    expect((await fetch(`${specchat.url}/bedrock-chat/ui`)).status).toBe(404);
    const client = await NativeClient.connect(specchat.url);
    expect((await client.next()).type).toBe("connection_established");
    client.close();
  });

  test("a plain GET to the WebSocket path gets 426", async () => {
    specchat = await startDemo();
    expect((await fetch(`${specchat.url}/bedrock-chat/ws`)).status).toBe(426);
  });
});

describe("stopping", () => {
  test("finishes a running turn, refuses new ones and asks clients to reconnect", async () => {
    const gate = Promise.withResolvers<void>();
    specchat = await startSpecchat({
      model: createScriptedModel([
        [{ type: "text", text: "Half" }, gate.promise, ...replyWithText(" whole")],
      ]),
    });
    const client = await NativeClient.connect(specchat.url);
    client.send({ message: "hi" });
    await client.waitFor("text_delta");
    const stopped = specchat.server.stop();
    await client.waitFor("reconnect");
    client.send({ message: "one more" });
    expect(await client.waitFor("error")).toMatchObject({ code: "stopping", retryable: true });
    gate.resolve();
    expect(await client.waitFor("ai_response")).toMatchObject({
      message: "Half whole",
      stop_reason: "end_turn",
    });
    await stopped;
    await client.closed;
  });

  test("stops a turn after the grace period and sends its reply so far", async () => {
    specchat = await startSpecchat({
      argv: ["--stop-grace", "0"],
      model: createScriptedModel([[{ type: "text", text: "Half" }, new Promise(() => {})]]),
    });
    const client = await NativeClient.connect(specchat.url);
    client.send({ message: "hi" });
    await client.waitFor("text_delta");
    const stopped = specchat.server.stop();
    expect(await client.waitFor("ai_response")).toMatchObject({ message: "Half", stop_reason: "stopped" });
    await stopped;
  });
});

test("--rate-limit counts by a cookie that is older than the period, and by address without one", async () => {
  let clock = Date.now();
  specchat = await startSpecchat({
    argv: ["--rate-limit", "2/hour"],
    model: createScriptedModel(() => replyWithText("Hello")),
    ports: { now: () => new Date(clock) },
  });
  const page = await fetch(`${specchat.url}/bedrock-chat/ui`);
  const known = { Cookie: page.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "" };
  clock += 3_600_000;
  const [ann, other] = [
    await NativeClient.connect(specchat.url, known),
    await NativeClient.connect(specchat.url),
  ];
  for (const client of [ann, other]) {
    await client.next();
    for (let turn = 0; turn < 2; turn++)
      expect((await client.runTurn("hi")).at(-1)).toMatchObject({ type: "ai_response" });
    client.send({ message: "  " });
    expect((await client.runTurn("hi")).at(-1)).toMatchObject({
      type: "error",
      code: "rate_limited",
      retryable: true,
      retry_after_ms: expect.any(Number),
    });
  }
  const reconnected = await NativeClient.connect(specchat.url, known);
  expect((await reconnected.runTurn("hi")).at(-1)).toMatchObject({ code: "rate_limited" });
  for (const client of [ann, other, reconnected]) client.close();
});

test("--trusted-proxies takes the address that the first trusted proxy saw, whatever the client sent", async () => {
  specchat = await startSpecchat({
    argv: ["--rate-limit", "1/hour", "--trusted-proxies", "2"],
    model: createScriptedModel(() => replyWithText("Hello")),
  });
  const endTypeFor = async (forwarded: string | undefined) => {
    const client = await NativeClient.connect(
      specchat.url,
      forwarded === undefined ? {} : { "X-Forwarded-For": forwarded },
    );
    const { type } = (await client.runTurn("hi")).at(-1) ?? {};
    client.close();
    return type;
  };
  expect(await endTypeFor("192.0.2.1, 10.0.0.1")).toBe("ai_response");
  expect(await endTypeFor("192.0.2.2, 192.0.2.1,10.0.0.2")).toBe("error");
  expect(await endTypeFor("192.0.2.2, 10.0.0.1")).toBe("ai_response");
  // A client that bypasses the proxies is identified by its own address.
  expect(await endTypeFor("192.0.2.1")).toBe("ai_response");
  expect(await endTypeFor(undefined)).toBe("error");
});

test("--log-api-calls logs the operation and the status of each call, and no values", async () => {
  const api = await startApi();
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--log-api-calls"],
    model: createScriptedModel([
      replyWithCalls(["c1", "getThing", { id: "secret-id" }]),
      replyWithText("Done"),
    ]),
  });
  const client = await NativeClient.connect(specchat.url);
  await client.runTurn("go");
  const log = specchat.log.join("");
  expect(log).toMatch(
    /INFO api call .*tool=getThing endpoint="GET \/things\/\{id\}" status=ok httpStatus=200 ms=\d+/,
  );
  expect(log).not.toContain("secret-id");
  client.close();
  await api.stop();
});

test("a turn whose socket closed is stopped after --detach-grace, and the server keeps running", async () => {
  const aborted = Promise.withResolvers<void>();
  const model = createScriptedModel([
    [{ type: "text", text: "Half" }, new Promise(() => {})],
    replyWithText("Hello"),
  ]);
  specchat = await startSpecchat({
    argv: ["--detach-grace", "0.05"],
    model: {
      ...model,
      async *stream(request, signal) {
        signal.addEventListener("abort", () => aborted.resolve());
        yield* model.stream(request, signal);
      },
    },
  });
  const client = await NativeClient.connect(specchat.url);
  client.send({ message: "hi" });
  await client.waitFor("text_delta");
  client.close();
  await aborted.promise;
  const next = await NativeClient.connect(specchat.url);
  expect((await next.runTurn("hi")).at(-1)).toMatchObject({ type: "ai_response", message: "Hello" });
  next.close();
});

test("an internal error has no detail for the client, only in the log", async () => {
  specchat = await startSpecchat({ model: createScriptedModel([[new TypeError("secret detail")]]) });
  const client = await NativeClient.connect(specchat.url);
  const end = (await client.runTurn("hi")).at(-1);
  expect(end).toMatchObject({ type: "error", code: "internal" });
  expect(JSON.stringify(end)).not.toContain("secret");
  expect(specchat.log.join("")).toContain("secret detail");
  client.close();
});

test("a session evicted from memory continues with an empty history and a notice", async () => {
  const api = await startApi();
  const model = createScriptedModel(() => replyWithText("Hello"));
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--store", "memory", "--max-sessions", "1"],
    model,
  });
  const [first, second] = [
    await NativeClient.connect(specchat.url),
    await NativeClient.connect(specchat.url),
  ];
  await first.runTurn("one");
  await second.runTurn("two");
  const frames = await first.runTurn("three");
  expect(frames.find(({ type }) => type === "notice")).toMatchObject({ code: "history_trimmed" });
  expect(model.requests[2]?.messages).toMatchObject([{ role: "user", text: "three" }]);
  first.close();
  second.close();
  await api.stop();
});

test("--contracts without native serves neither the socket nor the page, but the listed protocols", async () => {
  specchat = await startSpecchat({ argv: ["--contracts", "openai"], model: createScriptedModel([]) });
  const { url } = specchat;
  const status = async (path: string) =>
    (await fetch(`${url}${path}`, { headers: { Accept: "text/html" }, redirect: "manual" })).status;
  const paths = ["/bedrock-chat/ws", "/bedrock-chat/ui", "/bedrock-chat/ag-ui", "/mcp", "/v1/models", "/"];
  expect(await Promise.all(paths.map(status))).toEqual([404, 404, 404, 404, 200, 200]);
  expect((await (await fetch(url)).json()).endpoints).toEqual({
    health: "GET /health",
    docs: "GET /docs",
    openai: "POST /v1/chat/completions",
  });
});
