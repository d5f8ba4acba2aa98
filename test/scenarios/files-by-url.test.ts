/** Files that clients name by URL: fetched from allowed hosts only, within limits. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { pixel } from "../clients/pixel.ts";
import { readModelRequest, type Servers, startServers } from "../clients/servers.ts";
import { MODEL } from "../support/harness.ts";

let servers: Servers;
let files: ReturnType<typeof Bun.serve>;
/** `METHOD host path`, with the names of headers that carry credentials. */
let fetched: string[];

beforeEach(() => {
  fetched = [];
  files = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: respond });
});

afterEach(async () => {
  await servers.stop();
  await files.stop(true);
});

function respond(request: Request): Response {
  const { pathname, host } = new URL(request.url);
  const secrets = ["authorization", "cookie"].filter((name) => request.headers.has(name));
  fetched.push([request.method, host.split(":")[0], pathname, ...secrets].join(" "));
  const to = (location: string) => new Response(null, { status: 302, headers: { Location: location } });
  switch (pathname) {
    case "/moved":
      return to("/pixel.png");
    case "/away":
      return to(`http://localhost:${files.port}/pixel.png`);
    case "/loop":
      return to("/loop");
    case "/local":
      return to("file:///etc/hostname");
    case "/page":
      return new Response("<p>Sign in</p>", { headers: { "Content-Type": "text/html" } });
    case "/large":
      return new Response(new Uint8Array(60_000), { headers: { "Content-Type": "image/png" } });
    case "/none":
      return new Response("no", { status: 404 });
    default:
      return new Response(Buffer.from(pixel, "base64"), { headers: { "Content-Type": "image/png" } });
  }
}

const urlOf = (path: string, host = "127.0.0.1") => `http://${host}:${files.port}${path}`;

type BuildBody = (urls: readonly string[]) => object;
const chatBody: BuildBody = (urls) => ({
  model: MODEL,
  messages: [
    {
      role: "user",
      content: [
        { type: "text", text: "What is it?" },
        ...urls.map((url) => ({ type: "image_url", image_url: { url } })),
      ],
    },
  ],
});
const PROTOCOLS: Readonly<Record<string, readonly [string, BuildBody]>> = {
  chat: ["/v1/chat/completions", chatBody],
  responses: [
    "/v1/responses",
    (urls) => ({
      model: MODEL,
      input: [{ role: "user", content: urls.map((image_url) => ({ type: "input_image", image_url })) }],
    }),
  ],
  messages: [
    "/v1/messages",
    (urls) => ({
      model: MODEL,
      max_tokens: 100,
      messages: [
        { role: "user", content: urls.map((url) => ({ type: "image", source: { type: "url", url } })) },
      ],
    }),
  ],
  "ag-ui": [
    "/bedrock-chat/ag-ui",
    (urls) => ({
      threadId: "t",
      runId: "r",
      messages: [
        {
          id: "1",
          role: "user",
          content: urls.map((value) => ({ type: "image", source: { type: "url", value } })),
        },
      ],
    }),
  ],
};

async function post(path: string, body: object) {
  const response = await fetch(`${servers.specchat.url}${path}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { Authorization: "Bearer mine", Cookie: "a=b" },
  });
  return { status: response.status, text: await response.text() };
}

const modelImages = () =>
  readModelRequest(servers, 0)
    .messages.flatMap(({ content }) => content)
    .filter((block) => "image" in block);
const IMAGE = { image: { format: "png", source: { bytes: pixel } } };

describe.each(Object.entries(PROTOCOLS))("%s:", (name, [path, body]) => {
  test("An image of an allowed host reaches the model, without credentials and once.", async () => {
    servers = await startServers("--allow-hosts", "127.0.0.1");
    servers.bedrock.script([{ text: "A pixel." }]);
    const { status, text } = await post(path, body([urlOf("/a.png"), urlOf("/a.png"), urlOf("/moved")]));
    expect([status, text]).toEqual([200, expect.stringContaining("A pixel.")]);
    expect(fetched).toEqual(["GET 127.0.0.1 /a.png", "GET 127.0.0.1 /moved", "GET 127.0.0.1 /pixel.png"]);
    expect(modelImages()).toEqual([IMAGE, IMAGE, IMAGE]);
  });

  test("An image of another host is not fetched, and the error says what to do.", async () => {
    servers = await startServers("--allow-hosts", "images.example.com");
    const { status, text } = await post(path, body([urlOf("/a.png")]));
    expect([status, text]).toEqual([
      name === "ag-ui" ? 200 : 400,
      expect.stringContaining("or ask the operator of this server to allow that host."),
    ]);
    expect(fetched).toEqual([]);
    expect(servers.bedrock.requests).toEqual([]);
  });
});

describe("A request whose file cannot be fetched is refused:", () => {
  test.each([
    ["a redirect to another host", "/away", 400, "Redirect not followed: HTTP 302 leads to http://localhost"],
    ["a redirect that does not end", "/loop", 400, "redirected more than 5 times"],
    ["a redirect to a file", "/local", 400, "its target is not an HTTP URL"],
    ["a page in place of an image", "/page", 400, "sent text/html, which is no image"],
    ["a missing file", "/none", 400, "answered with status 404"],
    ["too large a file", "/large", 413, "the limit of this server"],
  ])("%s.", async (_name, path, status, message) => {
    servers = await startServers("--allow-hosts", "127.0.0.1", "--max-attachments-size", "50000");
    expect(await post("/v1/chat/completions", chatBody([urlOf(path)]))).toEqual({
      status,
      text: expect.stringContaining(message),
    });
    expect(servers.bedrock.requests).toEqual([]);
  });

  test.each([
    ["credentials in the URL", () => [`http://a:b@127.0.0.1:${files.port}/a.png`], "its URL is not valid"],
    ["a URL without a host", () => ["http://"], "its URL is not valid"],
    ["too many URLs", () => Array.from({ length: 21 }, (_, at) => urlOf(`/${at}`)), "At most 20 files"],
    ["another scheme", () => ["ftp://127.0.0.1/a.png"], "base64 data: URLs"],
  ])("%s.", async (_name, urls, message) => {
    servers = await startServers("--allow-hosts", "127.0.0.1");
    expect(await post("/v1/chat/completions", chatBody(urls()))).toEqual({
      status: 400,
      text: expect.stringContaining(message),
    });
    expect(fetched).toEqual([]);
  });
});

test("A redirect to a host that is allowed is followed, and a host may be named with its port.", async () => {
  servers = await startServers("--allow-hosts", `127.0.0.1:${files.port},localhost`);
  servers.bedrock.script([{ text: "A pixel." }]);
  expect((await post("/v1/chat/completions", chatBody([urlOf("/away")]))).status).toBe(200);
  expect(fetched).toEqual(["GET 127.0.0.1 /away", "GET localhost /pixel.png"]);
});

test("A file by URL in the Responses API is read, and one without content is refused.", async () => {
  servers = await startServers("--allow-hosts", "127.0.0.1");
  servers.bedrock.script([{ text: "A pixel." }]);
  const ask = (part: object) =>
    post("/v1/responses", { model: MODEL, input: [{ role: "user", content: [part] }] });
  expect((await ask({ type: "input_file", file_url: urlOf("/a.png") })).status).toBe(200);
  expect(modelImages()).toEqual([IMAGE]);
  expect((await ask({ type: "input_file", file_id: "file-1" })).status).toBe(400);
  expect((await ask({ type: "input_image", file_id: "file-1" })).status).toBe(400);
});
