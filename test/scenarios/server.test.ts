import { afterEach, describe, expect, test } from "bun:test";
import { createConnection } from "node:net";
import { createMemoryStore } from "../../src/store/memory.ts";
import { NativeClient, type Specchat, startApi, startSpecchat } from "../support/harness.ts";
import { createScriptedModel, replyWithCalls, replyWithText } from "../support/scripted-model.ts";

let specchat: Specchat;
afterEach(() => specchat.stop());

const demo = (...argv: string[]) => startSpecchat({ argv, useDemoModel: true });

/** A request with headers that `fetch` would not let through; the status line is enough. */
function raw(url: string, method: string, path: string, headers: Record<string, string>): Promise<string> {
  const { hostname, port } = new URL(url);
  const lines = [
    `${method} ${path} HTTP/1.1`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return new Promise((resolve, reject) => {
    const socket = createConnection(Number(port), hostname, () =>
      socket.end(`${lines.join("\r\n")}\r\nConnection: close\r\n\r\n`),
    );
    let answer = "";
    socket.on("data", (data) => {
      answer += data;
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}

const statusOf = (answer: string) => Number(answer.split(" ")[1]);

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
    specchat = await demo();
    for (const path of paths) {
      for (const method of ["GET", "HEAD", "POST", "OPTIONS", "DELETE"]) {
        const answer = await raw(specchat.url, method, path, { Host: "evil.test" });
        expect([path, method, statusOf(answer)]).toEqual([path, method, 403]);
      }
    }
  });

  test("a foreign Origin is refused on every route and method, the WebSocket included", async () => {
    specchat = await demo();
    const { host } = new URL(specchat.url);
    for (const path of paths) {
      for (const method of ["GET", "POST", "OPTIONS"]) {
        const answer = await raw(specchat.url, method, path, { Host: host, Origin: "http://evil.test" });
        expect([path, method, statusOf(answer)]).toEqual([path, method, 403]);
      }
    }
    expect(NativeClient.connect(specchat.url, { Origin: "http://evil.test" })).rejects.toThrow();
  });

  test("a listed Origin gets CORS with credentials, and its preflight is answered", async () => {
    specchat = await demo("--allowed-origins", "http://app.test");
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

  test("a listed Origin's page reads what is wrong with its request, and when to come back", async () => {
    specchat = await demo("--allowed-origins", "http://app.test", "--rate-limit", "1/hour");
    const ask = (body: object) =>
      fetch(`${specchat.url}/bedrock-chat/ai`, {
        method: "POST",
        headers: { Origin: "http://app.test" },
        body: JSON.stringify(body),
      });
    const messages = [{ id: "1", role: "user", parts: [{ type: "text", text: "hi" }] }];
    const answers = [await ask({}), await ask({ id: "c", messages }), await ask({ id: "c", messages })];
    const told = answers.map(({ status, headers }) => [
      status,
      headers.get("access-control-allow-origin"),
      headers.get("retry-after"),
    ]);
    expect(told).toEqual([
      [400, "http://app.test", null],
      [200, "http://app.test", null],
      [429, "http://app.test", expect.stringMatching(/^3[56]\d\d$/)],
    ]);
  });

  test("ALLOWED_ORIGINS=* opens HTTP without credentials, never the WebSocket", async () => {
    specchat = await startSpecchat({ environment: { ALLOWED_ORIGINS: "*" }, useDemoModel: true });
    const response = await fetch(`${specchat.url}/health`, { headers: { Origin: "http://evil.test" } });
    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("access-control-allow-credentials")).toBeNull();
    expect(NativeClient.connect(specchat.url, { Origin: "http://evil.test" })).rejects.toThrow();
    const severalProtocols = await raw(specchat.url, "GET", "/bedrock-chat/ws", {
      Host: new URL(specchat.url).host,
      Origin: "http://evil.test",
      Connection: "Upgrade",
      Upgrade: "websocket, h2c",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    });
    expect(statusOf(severalProtocols)).toBe(403);
  });

  test("a Host that makes no address is refused like any other", async () => {
    specchat = await demo();
    for (const [host, status] of [
      ["x@127.0.0.1", 403],
      ["evil.test:99999", 403],
      ["::1", 400],
      ["localhost:99999", 400],
    ] as const) {
      const answer = await raw(specchat.url, "GET", "/health", { Host: host });
      expect([host, statusOf(answer)]).toEqual([host, status]);
      expect(JSON.parse(answer.slice(answer.indexOf("{")))).toEqual({
        detail: expect.stringContaining("Host"),
      });
    }
  });

  test("an address that others reach is refused unless it is allowed to be open", async () => {
    specchat = await demo();
    expect(demo("--host", "0.0.0.0")).rejects.toThrow("--allow-unauthenticated");
    const open = await demo("--host", "0.0.0.0", "--allow-unauthenticated");
    expect((await fetch(`${open.url}/health`)).status).toBe(200);
    await open.stop();
  });
});

describe("routes", () => {
  test("unknown paths and methods are answered as JSON, each with its own request id", async () => {
    specchat = await demo();
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

  test("health says what answers, or what is missing and what to do", async () => {
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

  test("health is degraded, not unhealthy, while the store does not answer", async () => {
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
    specchat = await demo();
  });

  test("a browser is led from / to the page, anything else is told what there is", async () => {
    specchat = await demo("--chat-endpoint", "/assistant");
    const browser = await fetch(specchat.url, { headers: { Accept: "text/html" }, redirect: "manual" });
    expect([browser.status, browser.headers.get("location")]).toEqual([302, "/assistant/ui"]);
    expect(await (await fetch(specchat.url)).json()).toMatchObject({
      endpoints: { chat: "WebSocket /assistant/ws" },
    });
    expect((await fetch(`${specchat.url}/assistant/health`)).status).toBe(200);
  });

  test("the page comes with a strict policy, a caller's cookie and an ETag that spares sending it again", async () => {
    specchat = await demo();
    const page = await fetch(`${specchat.url}/bedrock-chat/ui`);
    expect(page.status).toBe(200);
    expect(page.headers.get("content-security-policy")).toStartWith("default-src 'none'; script-src 'self';");
    expect(page.headers.get("set-cookie")).toMatch(
      /^specchat_caller=[^;]+; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    const encrypted = await fetch(`${specchat.url}/bedrock-chat/ui`, {
      headers: { "X-Forwarded-Proto": "https" },
    });
    expect(encrypted.headers.get("set-cookie")).toContain("; Secure");
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
    const html = await page.text();
    expect(html).not.toMatch(/<script>|<style>|style="|onclick/);
    const script = /src="([^"]+\.js)"/.exec(html)?.[1] ?? "";
    const asset = await fetch(new URL(script, `${specchat.url}/bedrock-chat/ui`));
    expect([asset.status, asset.headers.get("cache-control")]).toEqual([
      200,
      "public, max-age=31536000, immutable",
    ]);
    const again = await fetch(asset.url, { headers: { "If-None-Match": asset.headers.get("etag") ?? "" } });
    expect(again.status).toBe(304);
  });

  test("--no-enable-ui takes the page away and leaves the socket", async () => {
    specchat = await demo("--no-enable-ui");
    expect((await fetch(`${specchat.url}/bedrock-chat/ui`)).status).toBe(404);
    const client = await NativeClient.connect(specchat.url);
    expect((await client.next()).type).toBe("connection_established");
    client.close();
  });

  test("a plain GET on the socket's address is told to upgrade", async () => {
    specchat = await demo();
    expect((await fetch(`${specchat.url}/bedrock-chat/ws`)).status).toBe(426);
  });
});

describe("stopping", () => {
  test("a running turn is finished, new ones are refused, clients are told to come back", async () => {
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

  test("a turn that outlasts the grace is stopped, and what it said is told", async () => {
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

test("--rate-limit is each client's own: a browser's by its cookie, else the address's", async () => {
  specchat = await startSpecchat({
    argv: ["--rate-limit", "2/hour"],
    model: createScriptedModel(() => replyWithText("Hello")),
  });
  const known = { Cookie: "specchat_caller=ann" };
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
  const again = await NativeClient.connect(specchat.url, known);
  expect((await again.runTurn("hi")).at(-1)).toMatchObject({ code: "rate_limited" });
  for (const client of [ann, other, again]) client.close();
});

test("behind --trusted-proxies an address is what the first of them saw, whatever the client says before it", async () => {
  specchat = await startSpecchat({
    argv: ["--rate-limit", "1/hour", "--trusted-proxies", "2"],
    model: createScriptedModel(() => replyWithText("Hello")),
  });
  const asked = async (forwarded: string | undefined) => {
    const client = await NativeClient.connect(
      specchat.url,
      forwarded === undefined ? {} : { "X-Forwarded-For": forwarded },
    );
    const { type } = (await client.runTurn("hi")).at(-1) ?? {};
    client.close();
    return type;
  };
  expect(await asked("192.0.2.1, 10.0.0.1")).toBe("ai_response");
  expect(await asked("192.0.2.2, 192.0.2.1,10.0.0.2")).toBe("error");
  expect(await asked("192.0.2.2, 10.0.0.1")).toBe("ai_response");
  // Whoever comes past the proxies is who they are.
  expect(await asked("192.0.2.1")).toBe("ai_response");
  expect(await asked(undefined)).toBe("error");
});

test("--log-api-calls tells which operation answered how, and nothing that is people's", async () => {
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

test("a socket that drops leaves its turn to go on for the grace, then it is stopped, and the server goes on", async () => {
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

test("a bug is answered without its detail, which is in the log", async () => {
  specchat = await startSpecchat({ model: createScriptedModel([[new TypeError("secret detail")]]) });
  const client = await NativeClient.connect(specchat.url);
  const end = (await client.runTurn("hi")).at(-1);
  expect(end).toMatchObject({ type: "error", code: "internal" });
  expect(JSON.stringify(end)).not.toContain("secret");
  expect(specchat.log.join("")).toContain("secret detail");
  client.close();
});

test("a session that left memory while its socket stayed open goes on from nothing, and says so", async () => {
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

test("--contracts without native serves neither the socket nor the page, and what else is there stays", async () => {
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
