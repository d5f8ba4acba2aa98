/** Attachments in model requests, with the real Bedrock client and a stand-in as strict as Bedrock. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import type { BedrockOptions } from "../../src/model/bedrock/index.ts";
import type { ServerFrame } from "../../src/protocols/native/types.ts";
import { type StandIn, type StandInOptions, startBedrock, THROTTLED } from "../bedrock/index.ts";
import { filterRecords, isRecord, type Json } from "../bedrock/refusal.ts";
import { createJpeg, createPdf, createPng } from "../files/samples.ts";
import { createPatientBedrock } from "../model/bedrock/front-door.ts";
import {
  MODEL,
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";

const TEXT_ONLY_MODEL = "openai.gpt-oss-120b-1:0";
let bedrock: StandIn;
let api: RecordingApi;
let specchat: Specchat;
let client: NativeClient;

async function start(
  argv: readonly string[] = [],
  options: Partial<BedrockOptions> = {},
  standIn: StandInOptions = {},
): Promise<void> {
  bedrock = await startBedrock(standIn);
  bedrock.script(() => ({ text: "Seen." }));
  specchat = await startSpecchat({
    argv: ["--spec", api.spec, "--base-url", api.url, "--models", `${MODEL},${TEXT_ONLY_MODEL}`, ...argv],
    model: createPatientBedrock(bedrock.url, { retryDelayMs: 0, ...options }),
  });
  client = await NativeClient.connect(specchat.url);
}

beforeEach(async () => {
  api = await startApi();
});
afterEach(async () => {
  client.close();
  await specchat.stop();
  await Promise.all([bedrock.stop(), api.stop()]);
});

interface AttachedFile {
  readonly name: string;
  readonly type?: string;
  readonly bytes: Uint8Array | string;
}

/** Runs a turn with files. Returns its notices and its reply. */
async function runTurnWithFiles(
  message: string,
  files: readonly AttachedFile[],
  model = MODEL,
): Promise<readonly unknown[]> {
  const from = client.frames.length;
  client.send({
    type: "message",
    message,
    model,
    attachments: files.map(({ name, type = "application/octet-stream", bytes }) => ({
      name,
      media_type: type,
      data: Buffer.from(bytes).toString("base64"),
    })),
  });
  await client.waitFor("ai_response", "error");
  return client.frames.slice(from).flatMap(describeFrame);
}

function describeFrame(frame: ServerFrame): readonly unknown[] {
  if (frame.type === "notice") return [[frame.code, frame.message]];
  return frame.type === "ai_response" || frame.type === "error" ? [frame.message] : [];
}

/** Describes the user messages of a request: images by format, documents by name, texts in full. */
function describeUserMessages(request = bedrock.requests.at(-1)): readonly string[][] {
  expect(request?.refusal).toBeUndefined();
  return filterRecords(request?.body.messages).flatMap(({ role, content }) =>
    role === "user" ? [filterRecords(content).flatMap(describeBlock)] : [],
  );
}

function describeBlock(block: Json): readonly string[] {
  if (isRecord(block.image)) return [`image ${block.image.format}`];
  if (isRecord(block.document)) return [`${block.document.format} ${block.document.name}`];
  return "text" in block ? [String(block.text)] : [];
}

const attachmentLine = (name: string, type: string, size: number, visibility: string) =>
  `[Attached: ${name} (${type}, ${size} bytes). ${visibility} A tool that takes a file takes it as "attachment:${name}".]`;
const VISIBLE = "You see what is in it.";
const BINARY = "application/octet-stream";

test("an image is sent to Claude in every round and every later turn, with an unchanged beginning", async () => {
  await start();
  bedrock.script([{ calls: [{ name: "listThings", input: {} }] }, { text: "Two." }, { text: "Yes." }]);
  const image = createPng(640, 480);
  expect(await runTurnWithFiles("Look", [{ name: "a.png", type: "image/png", bytes: image }])).toEqual([
    "Two.",
  ]);
  await client.runTurn("Sure?");
  const first = ["image png", `Look\n\n${attachmentLine("a.png", "image/png", 33, VISIBLE)}`];
  expect(bedrock.requests.map((request) => describeUserMessages(request)[0])).toEqual([first, first, first]);
  const [userMessage] = filterRecords(bedrock.requests[2]?.body.messages);
  expect(filterRecords(userMessage?.content)[0]).toEqual({
    image: { format: "png", source: { bytes: Buffer.from(image).toString("base64") } },
  });
});

test("a text-only model gets the name and the reason, and the user gets one notice", async () => {
  await start();
  bedrock.script([{ calls: [{ name: "listThings", input: {} }] }, { text: "I cannot." }, { text: "I can." }]);
  const files = [
    { name: "a.jpg", type: "image/jpeg", bytes: createJpeg(10, 10) },
    { name: "b.pdf", type: "application/pdf", bytes: createPdf() },
  ];
  expect(await runTurnWithFiles("Look", files, TEXT_ONLY_MODEL)).toEqual([
    [
      "attachment_unread",
      "The assistant cannot look into a.jpg (this model does not read images), b.pdf (this model does not read documents). Operations that take files can still be given them.",
    ],
    "I cannot.",
  ]);
  expect(describeUserMessages()[0]?.[0]).toContain(
    attachmentLine(
      "b.pdf",
      "application/pdf",
      40,
      "You cannot see what is in it: this model does not read documents.",
    ),
  );
  // The same session with a model that reads images.
  expect(await runTurnWithFiles("And now?", [], MODEL)).toEqual(["I can."]);
  expect(describeUserMessages()[0]?.slice(0, 2)).toEqual(["image jpeg", "pdf b pdf"]);
});

test("documents get valid and unique names", async () => {
  await start();
  const files = ["Bericht — Q3__(ü).pdf", "bericht.pdf", "Bericht_ Q3 (u) pdf", "報告.pdf", "報告2.pdf"];
  expect(
    await runTurnWithFiles(
      "Read",
      files.map((name) => ({ name, bytes: createPdf() })),
    ),
  ).toEqual(["Seen."]);
  expect(describeUserMessages()[0]?.slice(0, 5)).toEqual([
    "pdf Bericht Q3 (u) pdf",
    "pdf bericht pdf",
    "pdf Bericht Q3 (u) pdf (2)",
    "pdf pdf",
    "pdf 2 pdf",
  ]);
});

test("texts with a document format are sent as documents, others are in the message and truncated", async () => {
  await start(["--max-message-size", "1000", "--chunk-size", "900", "--chunk-overlap", "0"]);
  const table = { name: "t.csv", type: "text/csv", bytes: "a,b\n1,2" };
  const json = { name: "d.json", type: "application/json", bytes: '{"ü": 1}' };
  expect(await runTurnWithFiles("Read", [table, json])).toEqual(["Seen."]);
  expect(describeUserMessages()[0]).toEqual([
    "csv t csv",
    [
      "Read\n",
      attachmentLine("t.csv", "text/csv", 7, VISIBLE),
      attachmentLine("d.json", "application/json", 9, "What is in it follows."),
      '{"ü": 1}',
      "[End of d.json.]",
    ].join("\n"),
  ]);
  const long = { name: "log.txt", type: "text/plain", bytes: "0123456789".repeat(100) };
  expect(await runTurnWithFiles("Read", [table, long], TEXT_ONLY_MODEL)).toEqual(["Seen."]);
  expect(describeUserMessages().at(-1)).toEqual([
    [
      "Read\n",
      attachmentLine("t (2).csv", "text/csv", 7, "What is in it follows."),
      "a,b\n1,2",
      "[End of t (2).csv.]",
      attachmentLine("log.txt", "text/plain", 1000, "What is in it follows."),
      `${"0123456789".repeat(49)}012`,
      "[End of log.txt; cut here: only its first 493 characters are shown.]",
    ].join("\n"),
  ]);
});

test("files that are too large, unknown or mislabelled are described only", async () => {
  await start();
  const files = [
    { name: "large.png", type: "image/png", bytes: createPng(10, 10, 3_750_001) },
    { name: "wide.png", type: "image/png", bytes: createPng(8001, 10) },
    { name: "long.pdf", type: "application/pdf", bytes: createPdf(4_500_001) },
    { name: "fake.png", type: "image/png", bytes: "no image" },
    { name: "x.bin", bytes: new Uint8Array([0, 1, 2]) },
    { name: "right.gif", type: "image/gif", bytes: createPng(1, 1) },
  ];
  const unknown = "its type is not supported, or its content does not match its type";
  expect(await runTurnWithFiles("Look", files)).toEqual([
    [
      "attachment_unread",
      `The assistant cannot look into large.png (it is larger than 3.75 MB), wide.png (it is larger than 8000 pixels on one side), long.pdf (it is larger than 4.5 MB), fake.png (${unknown}), x.bin (${unknown}). Operations that take files can still be given them.`,
    ],
    "Seen.",
  ]);
  expect(describeUserMessages()[0]?.[0]).toBe("image png");
  expect(describeUserMessages()[0]?.[1]).toContain(
    attachmentLine("x.bin", BINARY, 3, `You cannot see what is in it: ${unknown}.`),
  );
});

test("the newest of many images are sent, and the beginning of the history changes in steps", async () => {
  await start();
  const images = (count: number) =>
    Array.from({ length: count }, () => ({ name: "i.png", bytes: createPng(9, 9) }));
  const counts = () =>
    describeUserMessages().map((turn) => turn.filter((block) => block === "image png").length);
  for (const count of [7, 7]) await runTurnWithFiles("Look", images(count));
  expect(counts()).toEqual([7, 7]);
  expect(await runTurnWithFiles("Look", images(7))).toEqual(["Seen."]);
  expect(counts()).toEqual([0, 4, 7]);
  await runTurnWithFiles("Look", images(9));
  expect(counts()).toEqual([0, 4, 7, 9]);
  await client.runTurn("Which?");
  expect(counts()).toEqual([0, 4, 7, 9, 0]);
  expect(describeUserMessages()[0]?.[0]).toContain("it is no longer shown, to make room for newer files");
});

test("documents beyond the limit of a request are left out, and the user gets a notice", async () => {
  await start();
  const files = "abcdefg".split("").map((letter) => ({ name: `${letter}.pdf`, bytes: createPdf() }));
  const reason = "it does not fit with the other files of this message";
  expect(await runTurnWithFiles("Read", files)).toEqual([
    [
      "attachment_unread",
      `The assistant cannot look into f.pdf (${reason}), g.pdf (${reason}). Operations that take files can still be given them.`,
    ],
    "Seen.",
  ]);
  expect(describeUserMessages()[0]?.slice(0, -1)).toEqual([
    "pdf a pdf",
    "pdf b pdf",
    "pdf c pdf",
    "pdf d pdf",
    "pdf e pdf",
  ]);
});

test("a fallback model gets the files that it reads, and the user gets a notice about the others", async () => {
  await start([], { fallbackModels: [TEXT_ONLY_MODEL], maxRetries: 0 });
  bedrock.script(({ modelId }) => (modelId === MODEL ? THROTTLED : { text: "Blind." }));
  expect(await runTurnWithFiles("Look", [{ name: "a.png", bytes: createPng(9, 9) }])).toEqual([
    ["fallback_model", `${MODEL} is not available; using ${TEXT_ONLY_MODEL} instead.`],
    [
      "attachment_unread",
      "The assistant cannot look into a.png (this model does not read images). An operation that takes a file can still be given it.",
    ],
    "Blind.",
  ]);
  expect(describeUserMessages()).toEqual([
    [
      `Look\n\n${attachmentLine("a.png", BINARY, 33, "You cannot see what is in it: this model does not read images.")}`,
    ],
  ]);
});

for (const [kind, name, bytes, message] of [
  [
    "images",
    "a.png",
    createPng(9, 9),
    "This model doesn't support the image content block that you provided. Update the content block and try again.",
  ],
  ["documents", "a.pdf", createPdf(), "This model doesn't support documents."],
] as const)
  test(`a model that refuses ${kind} is called again without them, and never with them afterwards`, async () => {
    await start([], {}, { strict: false });
    bedrock.script([
      { error: { status: 400, type: "ValidationException", message } },
      { text: "One." },
      { text: "Two." },
    ]);
    const notice = `The assistant cannot look into ${name} (this model does not read ${kind}). An operation that takes a file can still be given it.`;
    expect(await runTurnWithFiles("Look", [{ name, bytes }])).toEqual([
      ["attachment_unread", notice],
      "One.",
    ]);
    expect(await runTurnWithFiles("Again", [])).toEqual(["Two."]);
    expect(bedrock.requests.map((request) => describeUserMessages(request)[0]?.length)).toEqual([2, 1, 1]);
  });

test("a damaged image fails neither its turn nor a later one", async () => {
  await start();
  const message = "The model returned the following errors: Could not process image";
  bedrock.script(({ body }) =>
    JSON.stringify(body).includes('"image"')
      ? { error: { status: 400, type: "ValidationException", message } }
      : { text: "I cannot see it." },
  );
  expect(await runTurnWithFiles("Look", [{ name: "a.png", bytes: createPng(9, 9) }])).toEqual([
    [
      "attachment_unread",
      "The assistant cannot look into a.png (the model could not read the files). An operation that takes a file can still be given it.",
    ],
    "I cannot see it.",
  ]);
  expect(await runTurnWithFiles("And now?", [])).toEqual(["I cannot see it."]);
});

test("a document that is too long for the model is left out, and the user gets a notice", async () => {
  await start();
  bedrock.script(({ body }) =>
    JSON.stringify(body).includes('"document"')
      ? {
          error: {
            status: 400,
            type: "ValidationException",
            message: "Input is too long for requested model.",
          },
        }
      : { text: "It is too long." },
  );
  expect(await runTurnWithFiles("Read", [{ name: "a.pdf", bytes: createPdf(20_000) }])).toEqual([
    [
      "history_trimmed",
      "This conversation is too long for the model: its oldest part is left out of this answer.",
    ],
    [
      "attachment_unread",
      "The assistant cannot look into a.pdf (it is longer than this model can read). An operation that takes a file can still be given it.",
    ],
    "It is too long.",
  ]);
});

test("a file that was evicted is described as no longer stored", async () => {
  await start(["--max-files-size", "100"]);
  expect(await runTurnWithFiles("Look", [{ name: "a.png", bytes: createPng(9, 9, 60) }])).toEqual(["Seen."]);
  expect(await runTurnWithFiles("Look", [{ name: "b.png", bytes: createPng(9, 9, 60) }])).toEqual(["Seen."]);
  expect(describeUserMessages()).toEqual([
    [
      "Look\n\n[Attached: a.png (application/octet-stream, 60 bytes). It is no longer stored: neither you nor a tool can read it.]",
    ],
    ["image png", `Look\n\n${attachmentLine("b.png", BINARY, 60, VISIBLE)}`],
  ]);
});

test("the first frame has the limits of attachments", async () => {
  await start(["--max-attachments-size", "1234"]);
  expect(await client.next()).toMatchObject({ attachments: { max_files: 10, max_bytes: 1234 } });
});
