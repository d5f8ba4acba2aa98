import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";
import { createScriptedModel, replyWithCalls, replyWithText } from "../support/scripted-model.ts";

const PDF = new Uint8Array([0x25, 0x50, 0x44, 0x46, 0x2d, 0x00, 0xff]);
let api: RecordingApi;
let specchat: Specchat;
let requests: ReturnType<typeof createScriptedModel>["requests"];

async function start(respond: () => Response, ...argv: string[]): Promise<void> {
  api = await startApi(respond);
  const model = createScriptedModel((request) =>
    request.messages.at(-1)?.role === "user"
      ? replyWithCalls([`c${request.messages.length}`, "listThings", {}])
      : replyWithText("Here it is."),
  );
  requests = model.requests;
  specchat = await startSpecchat({ argv: ["--spec", api.spec, "--base-url", api.url, ...argv], model });
}

beforeEach(() => {
  requests = [];
});
afterEach(async () => {
  await specchat.stop();
  await api.stop();
});

const pdf = () =>
  new Response(PDF, {
    headers: {
      "Content-Type": "application/pdf",
      "Content-Disposition": 'attachment; filename="bill ü.pdf"',
    },
  });

/** Connects like a browser, with the cookie of the page. */
async function connectBrowser(): Promise<{ client: NativeClient; cookie: string }> {
  const page = await fetch(`${specchat.url}/bedrock-chat/ui`);
  const cookie = (page.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  return {
    client: await NativeClient.connect(specchat.url, { Cookie: cookie, Origin: specchat.url }),
    cookie,
  };
}

test("a binary response becomes a download for its owner only, and the model gets a description", async () => {
  await start(pdf);
  const { client, cookie } = await connectBrowser();
  const frames = await client.runTurn("the bill");
  const result = frames.find(({ type }) => type === "tool_result");
  if (result?.type !== "tool_result" || !result.file) throw new Error("no file");
  expect(result).toMatchObject({
    status: "ok",
    result: expect.stringContaining("(binary content: application/pdf, 7 bytes, file name bill"),
    file: { media_type: "application/pdf", size: 7, url: `./files/${result.file.id}` },
  });
  const lastMessage = requests[1]?.messages.at(-1);
  expect(lastMessage?.role === "results" && lastMessage.results[0]?.content).toContain(
    "The user sees it as a download",
  );

  const url = new URL(result.file.url, `${specchat.url}/bedrock-chat/ws`);
  const download = await fetch(url, { headers: { Cookie: cookie } });
  expect(new Uint8Array(await download.arrayBuffer())).toEqual(PDF);
  expect(
    Object.fromEntries(
      ["content-type", "content-security-policy", "x-content-type-options"].map((name) => [
        name,
        download.headers.get(name),
      ]),
    ),
  ).toEqual({
    "content-type": "application/pdf",
    "content-security-policy": "sandbox; default-src 'none'",
    "x-content-type-options": "nosniff",
  });
  expect(download.headers.get("content-disposition")).toMatch(/^attachment; filename\*=UTF-8''bill%20/);
  const other = await connectBrowser();
  for (const headers of [new Headers(), new Headers({ Cookie: other.cookie })])
    expect((await fetch(url, { headers })).status).toBe(404);

  client.send({ type: "clear" });
  await client.waitFor("history_cleared");
  expect((await fetch(url, { headers: { Cookie: cookie } })).status).toBe(404);
  client.close();
  other.client.close();
});

test("the oldest file is evicted beyond the limit", async () => {
  await start(pdf, "--max-files-size", "10");
  const client = await NativeClient.connect(specchat.url);
  const urls: URL[] = [];
  for (let turn = 0; turn < 2; turn++) {
    const result = (await client.runTurn("again")).find(({ type }) => type === "tool_result");
    if (result?.type !== "tool_result" || !result.file) throw new Error("no file");
    urls.push(new URL(result.file.url, `${specchat.url}/bedrock-chat/ws`));
  }
  expect(await Promise.all(urls.map(async (url) => (await fetch(url)).status))).toEqual([404, 200]);
  client.close();
});

test("an HTML response is text for the model and never served as a page", async () => {
  await start(() => new Response("<script>alert(1)</script>", { headers: { "Content-Type": "text/html" } }));
  const client = await NativeClient.connect(specchat.url);
  const result = (await client.runTurn("go")).find(({ type }) => type === "tool_result");
  expect(result).toMatchObject({ result: "<script>alert(1)</script>" });
  expect(result).not.toHaveProperty("file");
  client.close();
});
