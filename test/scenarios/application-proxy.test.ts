/** specchat next to an application behind the same proxy, with FastAPI's document and the application's session cookie. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";
import { createScriptedModel, replyWithCalls, replyWithText } from "../support/scripted-model.ts";

/** The document names no server, so requests go to its own origin. */
const DOCUMENT = {
  openapi: "3.1.0",
  info: { title: "Shop", version: "0.1.0" },
  paths: {
    "/orders": {
      get: {
        summary: "List Orders",
        operationId: "list_orders_orders_get",
        responses: { "200": { description: "Successful Response" } },
      },
    },
  },
};

let api: RecordingApi;
let specchat: Specchat;
let start: (...argv: string[]) => Promise<Specchat>;
let cookies: (string | null)[];

beforeEach(async () => {
  cookies = [];
  api = await startApi((request) => {
    if (new URL(request.url).pathname === "/openapi.json") return Response.json(DOCUMENT);
    const cookie = request.headers.get("cookie");
    cookies.push(cookie);
    if (cookie !== "session=ada") return Response.json({ detail: "sign in first" }, { status: 401 });
    return Response.json([{ id: 1, owner: "ada" }]);
  });
  const model = createScriptedModel(({ messages }) =>
    messages.at(-1)?.role === "user"
      ? replyWithCalls(["a", "list_orders_orders_get", {}])
      : replyWithText("So it is."),
  );
  const argv = ["--spec", `${api.url}/openapi.json`, "--forward-cookies", "session"];
  start = (...more) =>
    startSpecchat({ argv: [...argv, "--allowed-hosts", "shop.example.com", ...more], model });
  specchat = await start();
});

afterEach(async () => {
  await specchat.stop();
  await api.stop();
});

/** The headers that a proxy that terminates TLS forwards from a browser. */
const proxyHeaders = { Host: "shop.example.com", Origin: "https://shop.example.com" };

async function resultOf(headers: Record<string, string>) {
  const client = await NativeClient.connect(specchat.url, headers);
  const frames = await client.runTurn("Which orders are mine?");
  client.close();
  return frames.flatMap((frame) => (frame.type === "tool_result" ? [[frame.status, frame.result]] : []));
}

test("the assistant calls the API with the cookie of the signed-in user only", async () => {
  const cookie = "session=ada; theme=dark; specchat_caller=x";
  expect(await resultOf({ ...proxyHeaders, Cookie: cookie })).toEqual([["ok", '[{"id":1,"owner":"ada"}]']]);
  expect(await resultOf(proxyHeaders)).toEqual([
    ["failed", 'HTTP 401 Unauthorized\n\n{"detail":"sign in first"}'],
  ]);
  expect(cookies).toEqual(["session=ada", null]);
  expect(api.requests).toEqual(["GET /openapi.json", "GET /orders", "GET /orders"]);
});

test("a page of another site cannot open a socket, whatever cookie its browser sends", async () => {
  const headers = { ...proxyHeaders, Origin: "https://evil.test", Cookie: "session=ada" };
  await expect(NativeClient.connect(specchat.url, headers)).rejects.toThrow("cannot connect");
  expect(cookies).toEqual([]);
});

test("a page of any origin that `*` allows acts without the cookies of its user", async () => {
  await specchat.stop();
  specchat = await start("--allowed-origins", "*");
  const response = await fetch(`${specchat.url}/v1/chat/completions`, {
    method: "POST",
    headers: { Origin: "https://evil.test", Cookie: "session=ada", "Content-Type": "application/json" },
    body: JSON.stringify({ model: specchat.app.modelId, messages: [{ role: "user", content: "orders" }] }),
  });
  expect(response.status).toBe(200);
  expect(cookies).toEqual([null]);
});

test.each([
  ["signed out", {}, null],
  ["another user", { Cookie: "session=bob" }, "session=bob"],
])(
  "a session resumed by a client that is %s uses that client's cookies, never the previous ones",
  async (_, headers, expectedCookie) => {
    const first = await NativeClient.connect(specchat.url, { Cookie: "session=ada" });
    const { session_id } = await first.waitFor("connection_established");
    await first.runTurn("Which orders are mine?");
    first.close();
    const next = await NativeClient.connect(specchat.url, { ...headers });
    next.send({ type: "resume", session_id, last_seq: 0, snapshot: true });
    await next.waitFor("snapshot");
    await next.runTurn("And now?");
    expect(cookies).toEqual(["session=ada", expectedCookie]);
    next.close();
  },
);
