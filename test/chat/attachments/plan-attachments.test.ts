import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  type AttachmentLimits,
  estimateAttachmentTokens,
  planAttachments,
} from "../../../src/chat/attachments/plan-attachments.ts";
import type { FileContents, InlineFile } from "../../../src/chat/attachments/types.ts";
import { buildModelRequest, estimateRequestTokens } from "../../../src/chat/context/request.ts";
import { countMessagesToSummarize } from "../../../src/chat/context/summary.ts";
import { estimateFileTokens, estimateTokens } from "../../../src/chat/tokens.ts";
import type { Message, ResultFile } from "../../../src/chat/types.ts";
import { serializeBody } from "../../../src/model/bedrock/body.ts";
import { limitsOf } from "../../../src/model/bedrock/limits.ts";
import { buildConverseBody } from "../../../src/model/bedrock/request.ts";
import { capabilitiesOf } from "../../../src/model/capabilities.ts";
import { checkCall } from "../../bedrock/check.ts";
import { createPdf, createPng } from "../../files/samples.ts";
import { MODEL } from "../../support/harness.ts";
import { createAssistantMessage, createUserMessage } from "../histories.ts";
import { LIMITS } from "../turn-limits.ts";

const IMAGE: FileContents = { kind: "image", format: "png", width: 9, height: 9 };
const PDF: FileContents = { kind: "document", format: "pdf" };
const TABLE: FileContents = { kind: "text", encoding: "utf-8", format: "csv" };
const JSON_TEXT: FileContents = { kind: "text", encoding: "utf-8" };
const BYTES = new Map<FileContents | undefined, Uint8Array>([
  [IMAGE, createPng(9, 9)],
  [PDF, createPdf()],
  [TABLE, new TextEncoder().encode("a,b")],
  [JSON_TEXT, new TextEncoder().encode("{}")],
  [undefined, new Uint8Array([0])],
]);

/** Creates messages with these files. The id `2.0` is the first file of the third message. */
function withFiles(
  groups: readonly (readonly (FileContents | undefined)[])[],
  size = 40,
): readonly Message[] {
  return groups.map((group, index) => {
    const attachments = group.map((contents, at): ResultFile => {
      const file = { id: `${index}.${at}`, name: `ä ${at}`, mediaType: "x/y", size };
      return { ...file, ...(contents && { contents }) };
    });
    const message = createUserMessage("Look");
    return attachments.length === 0 || message.role !== "user" ? message : { ...message, attachments };
  });
}

const fileGroups = fc.array(
  fc.array(fc.constantFrom(IMAGE, IMAGE, IMAGE, PDF, TABLE, JSON_TEXT, undefined), { maxLength: 10 }),
  { minLength: 1, maxLength: 8 },
);
const MODELS = [
  MODEL,
  "us.amazon.nova-lite-v1:0",
  "mistral.mistral-7b-instruct-v0:2",
  "openai.gpt-oss-120b-1:0",
];

test("Bedrock accepts every request built from any files in any turns", async () => {
  const inputs = fc.record({
    groups: fileGroups,
    model: fc.constantFrom(...MODELS),
    ratio: fc.constantFrom(1, 2),
  });
  await fc.assert(
    fc.asyncProperty(inputs, async ({ groups, model, ratio }) => {
      const userMessages = withFiles(groups);
      const history = userMessages
        .slice(0, -1)
        .flatMap((message) => [message, createAssistantMessage("Seen.")]);
      const kinds = new Map<string, FileContents | undefined>(
        groups.flatMap((group, n) => group.map((kind, at) => [`${n}.${at}`, kind] as const)),
      );
      const capabilities = capabilitiesOf(model);
      const input = {
        model,
        system: "",
        tools: [],
        toolTokens: 0,
        file: (id: string) => (id.endsWith("7") ? undefined : BYTES.get(kinds.get(id))),
      };
      const port = { limits: () => limitsOf(capabilities) };
      const calibration = { ratio, maxTokens: Number.POSITIVE_INFINITY };
      const current = userMessages.slice(-1);
      const request = buildModelRequest(
        { messages: history, skipped: 0 },
        current,
        input,
        LIMITS,
        port,
        calibration,
      );
      const body = JSON.parse(
        Buffer.from(await serializeBody(buildConverseBody(request, capabilities, {}))).toString(),
      );
      expect(checkCall({ modelId: model, streaming: true, body })).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});

const LIMIT: AttachmentLimits = {
  files: {
    images: { count: 20, bytes: 100, pixels: 100 },
    documents: { count: 5, bytes: 100 },
    count: 20,
    bytes: 2000,
  },
  tokens: 1000,
  characters: 90,
};
const isStored = () => true;

describe("planAttachments()", () => {
  const inlineIds = (groups: Parameters<typeof withFiles>[0], limits = LIMIT, size?: number) =>
    [...planAttachments(withFiles(groups, size), limits, isStored)].flatMap(([id, { as }]) =>
      as === "inline" ? [id] : [],
    );

  test("shows no more files than fit, and all files of a message with few", () => {
    fc.assert(
      fc.property(fileGroups, (groups) => {
        const ids = inlineIds(groups);
        const kindOf = (id: string) => groups[Number(id.split(".")[0])]?.[Number(id.split(".")[1])];
        const images = ids.filter((id) => kindOf(id) === IMAGE).length;
        expect(images).toBeLessThanOrEqual(20);
        expect(ids.length - images).toBeLessThanOrEqual(5);
        const last = groups.findLastIndex((group) => group.some((kind) => kind && kind !== JSON_TEXT));
        const newest = groups[last]?.filter((kind) => kind && kind !== JSON_TEXT) ?? [];
        const documents = newest.filter((kind) => kind !== IMAGE).length;
        expect(ids.filter((id) => id.startsWith(`${last}.`)).length).toBe(
          newest.length - Math.max(0, documents - 5),
        );
      }),
    );
  });

  test("keeps showing the same files while no new ones are attached", () => {
    fc.assert(
      fc.property(fileGroups, (groups) => {
        expect(inlineIds([...groups, [], []])).toEqual(inlineIds(groups));
      }),
    );
  });

  test("drops older images in steps: ten images beyond the limit change the beginning once", () => {
    const beginnings = Array.from({ length: 19 }, (_, more) => inlineIds(Array(12 + more).fill([IMAGE]))[0]);
    expect(new Set(beginnings)).toEqual(new Set(["0.0", "10.0"]));
  });

  test("gives the newest files precedence within the limits on bytes and tokens", () => {
    const bytes = { ...LIMIT, files: { ...(LIMIT.files as object), bytes: 90 } as AttachmentLimits["files"] };
    expect(inlineIds([[IMAGE], [IMAGE], [IMAGE]], bytes)).toEqual(["1.0", "2.0"]);
    expect(inlineIds([[PDF], [PDF], [PDF]], { ...LIMIT, tokens: 5 })).toEqual(["1.0", "2.0"]);
  });

  test("omits a document that alone is too long, and renders text files as text in equal parts", () => {
    const plan = planAttachments(withFiles([[PDF, TABLE, JSON_TEXT]], 80), { ...LIMIT, tokens: 3 }, isStored);
    expect([...plan.values()]).toEqual([
      { as: "name", reason: "it is longer than this model can read" },
      { as: "text", characters: 45 },
      { as: "text", characters: 45 },
    ]);
  });
});

test("`planAttachments()` renders only text files, as text, after the model refused the files", () => {
  const plan = planAttachments(
    withFiles([[IMAGE, TABLE, undefined]]),
    { ...LIMIT, files: "refused" },
    isStored,
  );
  expect([...plan.values()].map(({ as }) => as)).toEqual(["name", "text", "name"]);
});

test("files count when a summary is due, and a request with files does not calibrate the token ratio", () => {
  const userMessages = withFiles(Array(4).fill([PDF, JSON_TEXT]), 2000);
  const history = userMessages.flatMap((message) => [message, createAssistantMessage("Seen.")]);
  const limits = { files: limitsOf(capabilitiesOf(MODEL)).files, tokens: 1000, characters: 400 };
  const plan = planAttachments(history, limits, isStored);
  expect(history.map((message) => estimateAttachmentTokens(message, plan))).toEqual([
    200, 0, 200, 0, 200, 0, 200, 0,
  ]);
  const due = { strategy: "sliding_window", after: 100, keep: 50, maxTokens: 800 } as const;
  const tokensOf = (message: Message) => estimateTokens(message) + estimateAttachmentTokens(message, plan);
  expect([
    countMessagesToSummarize(history, due),
    countMessagesToSummarize(history, { ...due, tokensOf }),
  ]).toEqual([0, 6]);
  const request = (files: readonly InlineFile[] | undefined) => {
    const message = { ...createUserMessage("x".repeat(400)), ...(files && { files }) } as Message;
    return { model: MODEL, system: "", messages: [message], tools: [], maxTokens: 1 };
  };
  const inlineFiles = [{ name: "a", contents: PDF, bytes: createPdf() }];
  expect([
    estimateRequestTokens(request(undefined), 5),
    estimateRequestTokens(request(inlineFiles), 5),
  ]).toEqual([105, 0]);
});

test("`estimateFileTokens()` estimates an image by its pixels, up to a limit, and a document by its bytes", () => {
  expect(estimateFileTokens({ ...IMAGE, width: 750, height: 100 } as FileContents, 1)).toBe(100);
  expect(estimateFileTokens({ ...IMAGE, width: 8000, height: 8000 } as FileContents, 1)).toBe(1600);
  expect([
    estimateFileTokens(PDF, 20_000),
    estimateFileTokens(PDF, 4_500_000),
    estimateFileTokens(TABLE, 400),
  ]).toEqual([1000, 80_000, 100]);
  const files = [{ name: "a", contents: PDF, bytes: createPdf(2000) }];
  expect(estimateTokens({ ...createUserMessage("12345678"), files } as Message)).toBe(102);
});
