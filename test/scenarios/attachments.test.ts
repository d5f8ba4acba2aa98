import { afterEach, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { NativeClient, type Specchat, startSpecchat } from "../support/harness.ts";
import {
  createScriptedModel,
  replyWithCalls,
  replyWithText,
  type Script,
} from "../support/scripted-model.ts";

let specchat: Specchat;
let folder: string;
let api: ReturnType<typeof Bun.serve>;
/** The forms that the API received: field → text, or a file's name, type and bytes. */
const forms: Record<string, unknown>[] = [];

const document = (url: string) => ({
  openapi: "3.1.0",
  info: { title: "Files", version: "1" },
  servers: [{ url }],
  paths: {
    "/upload": {
      post: {
        operationId: "upload",
        requestBody: {
          required: true,
          content: {
            "multipart/form-data": {
              schema: {
                type: "object",
                required: ["file"],
                properties: { title: { type: "string" }, file: { type: "string", format: "binary" } },
              },
            },
          },
        },
        responses: { "201": { description: "Kept" } },
      },
    },
  },
});

async function start(scripts: readonly Script[], ...argv: string[]) {
  folder = await mkdtemp(`${tmpdir()}/specchat-attachments-`);
  api = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const form = await request.formData();
      const fields = [...form.entries()].map(async ([name, value]): Promise<[string, unknown]> => {
        // The DOM type, which the page needs, allows only strings here.
        const file = value as string | File;
        if (typeof file === "string") return [name, file];
        return [name, [file.name, file.type, Buffer.from(await file.arrayBuffer()).toString("hex")]];
      });
      forms.push(Object.fromEntries(await Promise.all(fields)));
      return Response.json({ kept: true }, { status: 201 });
    },
  });
  await Bun.write(`${folder}/api.json`, JSON.stringify(document(api.url.href)));
  const model = createScriptedModel(scripts);
  specchat = await startSpecchat({
    argv: ["--spec", `${folder}/api.json`, "--approve", "none", ...argv],
    model,
  });
  const client = await NativeClient.connect(specchat.url);
  await client.next();
  return { client, model };
}

afterEach(async () => {
  forms.length = 0;
  await specchat.stop();
  await Promise.all([api.stop(true), rm(folder, { recursive: true })]);
});

const bytes = new Uint8Array([0x25, 0x50, 0x00, 0xff]);
const attachment = {
  name: "bill ü.pdf",
  media_type: "application/pdf",
  data: Buffer.from(bytes).toString("base64"),
};

test("an attached file reaches the file field of an operation byte for byte", async () => {
  const { client, model } = await start([
    replyWithCalls(["c1", "upload", { title: "A bill", file: "attachment:bill ü.pdf" }]),
    replyWithText("It is uploaded."),
  ]);
  client.send({ type: "message", message: "Upload this", attachments: [attachment] });
  expect(await client.waitFor("ai_response")).toMatchObject({
    message: "It is uploaded.",
    tool_results: [{ status: "ok" }],
  });
  expect(forms).toEqual([{ title: "A bill", file: ["bill ü.pdf", "application/pdf", "255000ff"] }]);
  const [userMessage] = model.requests[0]?.messages ?? [];
  expect(userMessage?.role === "user" && userMessage.text).toBe(
    'Upload this\n\n[Attached: bill ü.pdf (application/pdf, 4 bytes). You cannot see what is in it: this model does not read files. A tool that takes a file takes it as "attachment:bill ü.pdf".]',
  );
  client.send({ type: "history" });
  const { messages } = await client.waitFor("history");
  expect(messages[0]).toMatchObject({
    content: "Upload this",
    attachments: [
      { name: "bill ü.pdf", media_type: "application/pdf", size: 4, url: expect.stringContaining("files/") },
    ],
  });
  client.close();
});

test("files with the same name get different names, and a later turn can use the first", async () => {
  const { client } = await start([
    replyWithText("Noted."),
    replyWithText("Noted."),
    replyWithCalls(
      ["c1", "upload", { file: "attachment:a.txt" }],
      ["c2", "upload", { file: "attachment:a (2).txt" }],
    ),
    replyWithText("Both are uploaded."),
  ]);
  for (const text of ["one", "two"]) {
    client.send({
      type: "message",
      message: "Keep this",
      attachments: [{ name: "../../a.txt", media_type: "text/plain", data: btoa(text) }],
    });
    await client.waitFor("ai_response");
  }
  await client.runTurn("Upload both");
  const contents = forms.map(({ file }) => Buffer.from((file as string[])[2] ?? "", "hex").toString());
  expect(contents.sort()).toEqual(["one", "two"]);
  client.close();
});

test("an unknown attachment name is refused before anything is sent", async () => {
  const { client } = await start([
    replyWithCalls(["c1", "upload", { file: "attachment:nope.pdf" }]),
    replyWithText("There is none."),
  ]);
  expect((await client.runTurn("Upload it")).at(-1)).toMatchObject({
    tool_results: [
      { status: "failed", result: expect.stringContaining('there is no attachment "nope.pdf"') },
    ],
  });
  expect(forms).toEqual([]);
  client.close();
});

test("attachments of another session cannot be used, and a file that is too large is refused with the limit", async () => {
  const { client } = await start(
    [
      replyWithText("Noted."),
      replyWithCalls(["c1", "upload", { file: "attachment:a.txt" }]),
      replyWithText("There is none."),
    ],
    "--max-attachments-size",
    "5",
  );
  const small = { name: "a.txt", media_type: "text/plain", data: btoa("12345") };
  client.send({ type: "message", message: "Keep", attachments: [{ ...small, data: btoa("123456") }] });
  expect(await client.waitFor("error")).toMatchObject({
    code: "message_too_long",
    message: expect.stringContaining("5"),
  });
  client.send({ type: "message", message: "Keep", attachments: [small] });
  await client.waitFor("ai_response");
  const other = await NativeClient.connect(specchat.url);
  expect((await other.runTurn("Upload a.txt")).at(-1)).toMatchObject({
    tool_results: [{ status: "failed" }],
  });
  expect(forms).toEqual([]);
  client.close();
  other.close();
});
