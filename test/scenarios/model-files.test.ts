/** What becomes of attached files on their way to the model: the real Bedrock client, a stand-in as strict as Bedrock. */
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

const BLIND = "openai.gpt-oss-120b-1:0";
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
    argv: ["--spec", api.spec, "--base-url", api.url, "--models", `${MODEL},${BLIND}`, ...argv],
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

interface Sent {
  readonly name: string;
  readonly type?: string;
  readonly bytes: Uint8Array | string;
}

/** Asks with files; the notices and the answer of the turn. */
async function ask(message: string, files: readonly Sent[], model = MODEL): Promise<readonly unknown[]> {
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
  return client.frames.slice(from).flatMap(told);
}

function told(frame: ServerFrame): readonly unknown[] {
  if (frame.type === "notice") return [[frame.code, frame.message]];
  return frame.type === "ai_response" || frame.type === "error" ? [frame.message] : [];
}

/** What the user's turns of the newest request hold: images by format, documents by name, texts as they are. */
function shown(request = bedrock.requests.at(-1)): readonly string[][] {
  expect(request?.refusal).toBeUndefined();
  return filterRecords(request?.body.messages).flatMap(({ role, content }) =>
    role === "user" ? [filterRecords(content).flatMap(inShort)] : [],
  );
}

function inShort(block: Json): readonly string[] {
  if (isRecord(block.image)) return [`image ${block.image.format}`];
  if (isRecord(block.document)) return [`${block.document.format} ${block.document.name}`];
  return "text" in block ? [String(block.text)] : [];
}

const line = (name: string, type: string, size: number, seen: string) =>
  `[Attached: ${name} (${type}, ${size} bytes). ${seen} A tool that takes a file takes it as "attachment:${name}".]`;
const SEEN = "You see what is in it.";
const AS_BYTES = "application/octet-stream";

test("an image goes to Claude itself, in every round and every later turn, behind a beginning that stays", async () => {
  await start();
  bedrock.script([{ calls: [{ name: "listThings", input: {} }] }, { text: "Two." }, { text: "Yes." }]);
  const image = createPng(640, 480);
  expect(await ask("Look", [{ name: "a.png", type: "image/png", bytes: image }])).toEqual(["Two."]);
  await client.runTurn("Sure?");
  const first = ["image png", `Look\n\n${line("a.png", "image/png", 33, SEEN)}`];
  expect(bedrock.requests.map((request) => shown(request)[0])).toEqual([first, first, first]);
  const [asked] = filterRecords(bedrock.requests[2]?.body.messages);
  expect(filterRecords(asked?.content)[0]).toEqual({
    image: { format: "png", source: { bytes: Buffer.from(image).toString("base64") } },
  });
});

test("a model without eyes is told the name and why, and so is the person, once", async () => {
  await start();
  bedrock.script([{ calls: [{ name: "listThings", input: {} }] }, { text: "I cannot." }, { text: "I can." }]);
  const files = [
    { name: "a.jpg", type: "image/jpeg", bytes: createJpeg(10, 10) },
    { name: "b.pdf", type: "application/pdf", bytes: createPdf() },
  ];
  expect(await ask("Look", files, BLIND)).toEqual([
    [
      "attachment_unread",
      "The assistant cannot look into a.jpg (this model does not read images), b.pdf (this model does not read documents). Operations that take files can still be given them.",
    ],
    "I cannot.",
  ]);
  expect(shown()[0]?.[0]).toContain(
    line("b.pdf", "application/pdf", 40, "You cannot see what is in it: this model does not read documents."),
  );
  // The same conversation with a model that sees.
  expect(await ask("And now?", [], MODEL)).toEqual(["I can."]);
  expect(shown()[0]?.slice(0, 2)).toEqual(["image jpeg", "pdf b pdf"]);
});

test("documents get legal names, each its own", async () => {
  await start();
  const files = ["Bericht — Q3__(ü).pdf", "bericht.pdf", "Bericht_ Q3 (u) pdf", "報告.pdf", "報告2.pdf"];
  expect(
    await ask(
      "Read",
      files.map((name) => ({ name, bytes: createPdf() })),
    ),
  ).toEqual(["Seen."]);
  expect(shown()[0]?.slice(0, 5)).toEqual([
    "pdf Bericht Q3 (u) pdf",
    "pdf bericht pdf",
    "pdf Bericht Q3 (u) pdf (2)",
    "pdf pdf",
    "pdf 2 pdf",
  ]);
});

test("texts with a document format go as documents, others stand in the message, cut where they are long", async () => {
  await start(["--max-message-size", "1000", "--chunk-size", "900", "--chunk-overlap", "0"]);
  const table = { name: "t.csv", type: "text/csv", bytes: "a,b\n1,2" };
  const json = { name: "d.json", type: "application/json", bytes: '{"ü": 1}' };
  expect(await ask("Read", [table, json])).toEqual(["Seen."]);
  expect(shown()[0]).toEqual([
    "csv t csv",
    [
      "Read\n",
      line("t.csv", "text/csv", 7, SEEN),
      line("d.json", "application/json", 9, "What is in it follows."),
      '{"ü": 1}',
      "[End of d.json.]",
    ].join("\n"),
  ]);
  const long = { name: "log.txt", type: "text/plain", bytes: "0123456789".repeat(100) };
  expect(await ask("Read", [table, long], BLIND)).toEqual(["Seen."]);
  expect(shown().at(-1)).toEqual([
    [
      "Read\n",
      line("t (2).csv", "text/csv", 7, "What is in it follows."),
      "a,b\n1,2",
      "[End of t (2).csv.]",
      line("log.txt", "text/plain", 1000, "What is in it follows."),
      `${"0123456789".repeat(49)}012`,
      "[End of log.txt; cut here: only its first 493 characters are shown.]",
    ].join("\n"),
  ]);
});

test("what is too large, of too many pixels, of no known kind or not what it claims is told and nothing else", async () => {
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
  expect(await ask("Look", files)).toEqual([
    [
      "attachment_unread",
      `The assistant cannot look into large.png (it is larger than 3.75 MB), wide.png (it is larger than 8000 pixels on one side), long.pdf (it is larger than 4.5 MB), fake.png (${unknown}), x.bin (${unknown}). Operations that take files can still be given them.`,
    ],
    "Seen.",
  ]);
  expect(shown()[0]?.[0]).toBe("image png");
  expect(shown()[0]?.[1]).toContain(line("x.bin", AS_BYTES, 3, `You cannot see what is in it: ${unknown}.`));
});

test("of many images the newest are shown, and the beginning of the conversation changes in steps", async () => {
  await start();
  const images = (count: number) =>
    Array.from({ length: count }, () => ({ name: "i.png", bytes: createPng(9, 9) }));
  const counts = () => shown().map((turn) => turn.filter((block) => block === "image png").length);
  for (const count of [7, 7]) await ask("Look", images(count));
  expect(counts()).toEqual([7, 7]);
  expect(await ask("Look", images(7))).toEqual(["Seen."]);
  expect(counts()).toEqual([0, 4, 7]);
  await ask("Look", images(9));
  expect(counts()).toEqual([0, 4, 7, 9]);
  await client.runTurn("Which?");
  expect(counts()).toEqual([0, 4, 7, 9, 0]);
  expect(shown()[0]?.[0]).toContain("it is no longer shown, to make room for newer files");
});

test("of more documents than one request takes the last of a message are left out, and the person is told", async () => {
  await start();
  const files = "abcdefg".split("").map((letter) => ({ name: `${letter}.pdf`, bytes: createPdf() }));
  const reason = "it does not fit with the other files of this message";
  expect(await ask("Read", files)).toEqual([
    [
      "attachment_unread",
      `The assistant cannot look into f.pdf (${reason}), g.pdf (${reason}). Operations that take files can still be given them.`,
    ],
    "Seen.",
  ]);
  expect(shown()[0]?.slice(0, -1)).toEqual(["pdf a pdf", "pdf b pdf", "pdf c pdf", "pdf d pdf", "pdf e pdf"]);
});

test("a model that answers in another's place is shown what it reads, and the person is told the rest", async () => {
  await start([], { fallbackModels: [BLIND], maxRetries: 0 });
  bedrock.script(({ modelId }) => (modelId === MODEL ? THROTTLED : { text: "Blind." }));
  expect(await ask("Look", [{ name: "a.png", bytes: createPng(9, 9) }])).toEqual([
    ["fallback_model", `${MODEL} is not available; using ${BLIND} instead.`],
    [
      "attachment_unread",
      "The assistant cannot look into a.png (this model does not read images). An operation that takes a file can still be given it.",
    ],
    "Blind.",
  ]);
  expect(shown()).toEqual([
    [
      `Look\n\n${line("a.png", AS_BYTES, 33, "You cannot see what is in it: this model does not read images.")}`,
    ],
  ]);
});

for (const [what, name, bytes, message] of [
  [
    "images",
    "a.png",
    createPng(9, 9),
    "This model doesn't support the image content block that you provided. Update the content block and try again.",
  ],
  ["documents", "a.pdf", createPdf(), "This model doesn't support documents."],
] as const)
  test(`a model that turns out to read no ${what} is asked once more without, and never again with`, async () => {
    await start([], {}, { strict: false });
    bedrock.script([
      { error: { status: 400, type: "ValidationException", message } },
      { text: "One." },
      { text: "Two." },
    ]);
    const notice = `The assistant cannot look into ${name} (this model does not read ${what}). An operation that takes a file can still be given it.`;
    expect(await ask("Look", [{ name, bytes }])).toEqual([["attachment_unread", notice], "One."]);
    expect(await ask("Again", [])).toEqual(["Two."]);
    expect(bedrock.requests.map((request) => shown(request)[0]?.length)).toEqual([2, 1, 1]);
  });

test("a damaged image fails no turn, this one or a later one", async () => {
  await start();
  const message = "The model returned the following errors: Could not process image";
  bedrock.script(({ body }) =>
    JSON.stringify(body).includes('"image"')
      ? { error: { status: 400, type: "ValidationException", message } }
      : { text: "I cannot see it." },
  );
  expect(await ask("Look", [{ name: "a.png", bytes: createPng(9, 9) }])).toEqual([
    [
      "attachment_unread",
      "The assistant cannot look into a.png (the model could not read the files). An operation that takes a file can still be given it.",
    ],
    "I cannot see it.",
  ]);
  expect(await ask("And now?", [])).toEqual(["I cannot see it."]);
});

test("a document that proves too long for the model is left out, and both are told", async () => {
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
  expect(await ask("Read", [{ name: "a.pdf", bytes: createPdf(20_000) }])).toEqual([
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

test("a file that is no longer kept is told as that", async () => {
  await start(["--max-files-size", "100"]);
  expect(await ask("Look", [{ name: "a.png", bytes: createPng(9, 9, 60) }])).toEqual(["Seen."]);
  expect(await ask("Look", [{ name: "b.png", bytes: createPng(9, 9, 60) }])).toEqual(["Seen."]);
  expect(shown()).toEqual([
    [
      "Look\n\n[Attached: a.png (application/octet-stream, 60 bytes). It is no longer stored: neither you nor a tool can read it.]",
    ],
    ["image png", `Look\n\n${line("b.png", AS_BYTES, 60, SEEN)}`],
  ]);
});

test("the first frame says what a message may bring", async () => {
  await start(["--max-attachments-size", "1234"]);
  expect(await client.next()).toMatchObject({ attachments: { max_files: 10, max_bytes: 1234 } });
});
