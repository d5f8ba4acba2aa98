import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  CHUNKING_STRATEGIES,
  type ChunkLimits,
  formatChunk,
  splitIntoChunks,
} from "../../../src/chat/chunking/chunk.ts";
import { prepareLongMessages, splitLongMessage } from "../../../src/chat/chunking/long-messages.ts";
import type { MessageId, UserMessage } from "../../../src/chat/types.ts";

const CONTEXT: ChunkLimits = { strategy: "preserve_context", chunkSize: 1000, chunkOverlap: 100 };

const createUserMessage = (id: string, text: string): UserMessage => ({
  role: "user",
  id: id as MessageId,
  at: "2026-11-29T12:00:00.000Z",
  text,
});

const ESCAPE = "\u001b";
const fragment = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.lorem({ maxCount: 30 }),
  fc.constantFrom(
    "\r\n",
    "\n\n",
    "😀👨‍👩‍👧‍👦",
    `${ESCAPE}[31m`,
    `${ESCAPE}[0m`,
    "é",
    "。",
    '{"a":[1,2]},',
    "\u{1F44D}\u{1F3FD}",
  ),
);
const texts = fc.array(fragment, { maxLength: 80 }).map((fragments) => fragments.join(""));
const inputs = fc.record({
  text: texts,
  strategy: fc.constantFrom(...CHUNKING_STRATEGIES),
  chunkSize: fc.integer({ min: 100, max: 700 }),
  chunkOverlap: fc.nat(300),
});

test("chunks join back to the text; each keeps to its size, begins with its number and repeats the end of the previous one", () => {
  fc.assert(
    fc.property(inputs, ({ text, ...limits }) => {
      const chunks = splitIntoChunks(text, limits);
      expect(chunks.map((one) => one.text).join("")).toBe(text);
      let before = "";
      chunks.forEach((chunk, index) => {
        const formatted = formatChunk(chunk);
        expect(formatted.length).toBeLessThanOrEqual(limits.chunkSize);
        expect(formatted).toStartWith(`[CHUNK ${index + 1}/${chunks.length}] `);
        expect(before).toEndWith(chunk.overlap);
        expect(chunk.overlap.length).toBeLessThanOrEqual(limits.chunkOverlap);
        before += chunk.text;
      });
      expect(chunks[0]?.header).toBe(
        `[CHUNK 1/${chunks.length}] This message was too large and has been split into chunks. `,
      );
    }),
    { numRuns: 2000 },
  );
});

test("no chunk begins or ends inside a character, a line break or an ANSI sequence", () => {
  const unitTexts = fc
    .array(
      fc.constantFrom(
        "😀",
        "👨‍👩‍👧‍👦",
        "\u{1F44D}\u{1F3FD}",
        "e\u0301",
        "\r\n",
        `${ESCAPE}[1;31m`,
        `${ESCAPE}]8;;https://x.example\u0007`,
      ),
      {
        minLength: 30,
        maxLength: 300,
      },
    )
    .map((units) => units.join(""));
  fc.assert(
    fc.property(unitTexts, inputs, (text, limits) => {
      for (const one of splitIntoChunks(text, { ...limits, chunkSize: limits.chunkSize + 100 })) {
        for (const part of [one.text, one.overlap]) {
          expect(part.isWellFormed()).toBe(true);
          expect(part).not.toMatch(/^(\n|\u0301|\u200d)|\r$|\u200d$/);
          expect(part).not.toMatch(new RegExp(`${ESCAPE}(\\[[\\d;]*)?$|${ESCAPE}\\][^\u0007]*$`));
          expect(part).not.toMatch(/^(\u{1F3FD}|\[1|1;|;31|31m|\]8)/u);
        }
      }
    }),
    { numRuns: 500 },
  );
});

test("`simple` cuts by length", () => {
  const chunks = splitIntoChunks("x".repeat(1000), { strategy: "simple", chunkSize: 500, chunkOverlap: 50 });
  expect(chunks.map((one) => [formatChunk(one).length, one.overlap.length])).toEqual([
    [500, 0],
    [500, 50],
    [195, 50],
  ]);
});

test("`preserve_context` cuts between paragraphs, else lines, else sentences, else words", () => {
  const sentence = "The quick brown fox jumps over the lazy dog. ";
  const ends = (text: string) =>
    splitIntoChunks(text, CONTEXT)
      .slice(0, -1)
      .map((one) => one.text.slice(-2));
  const all = (text: string, end: RegExp) =>
    ends(text).every((one) => end.test(one)) && ends(text).length > 1;
  expect(all(`${sentence.repeat(5)}\n\n`.repeat(20), /^\n\n$/)).toBe(true);
  expect(all(`${sentence.repeat(5)}\n`.repeat(20), /^ ?\n$|\n$/)).toBe(true);
  expect(all(sentence.repeat(100), /^\. $/)).toBe(true);
  expect(all("word ".repeat(1000), /^d $/)).toBe(true);
});

test("JSON is cut between records, on one line or on many, with brackets in strings", () => {
  const records = Array.from({ length: 200 }, (_, id) => ({
    id,
    name: `a "b", {c}] ${id}`,
    tags: ["x", "y"],
  }));
  for (const indent of [0, 2]) {
    for (const text of [
      JSON.stringify(records, null, indent),
      `Here: ${JSON.stringify({ records }, null, indent)}`,
    ]) {
      const chunks = splitIntoChunks(text, CONTEXT);
      expect(chunks.length).toBeGreaterThan(8);
      for (const one of chunks.slice(1)) expect(one.text).toStartWith("{");
    }
  }
});

test("tables are cut between rows, even when a field holds line breaks", () => {
  const rows = Array.from({ length: 200 }, (_, id) => `${id},"a ""b""\nsecond line, of ${id}",${id * 2}`);
  for (const text of [`id,text,double\n${rows.join("\n")}\n`, `id,text,double\r\n${rows.join("\r\n")}\r\n`]) {
    const chunks = splitIntoChunks(text, CONTEXT);
    expect(chunks.length).toBeGreaterThan(5);
    for (const one of chunks.slice(1)) expect(one.text).toMatch(/^\d+,"a ""b""\n/);
  }
});

test("`semantic` cuts where the topic changes", () => {
  const topics = [
    "The volcano erupted lava and ash over the crater while magma pressure rose below the mountain. ",
    "The orchestra rehearsed a symphony and the violin section followed the conductor with melody. ",
    "The invoice lists payment terms, taxes and discounts for the customer account and the ledger. ",
  ];
  const paragraphs = topics.flatMap((topic) =>
    Array.from({ length: 6 }, (_, n) => `${topic.repeat(2)}Part ${n}.\n\n`),
  );
  const limits = { strategy: "semantic", chunkSize: 1700, chunkOverlap: 0 } as const;
  const text = paragraphs.join("");
  const begins = splitIntoChunks(text, limits).map((one) =>
    topics.findIndex((topic) => one.text.startsWith(topic)),
  );
  expect(begins).toEqual([0, 1, 2]);
});

test("`semantic` finds the change among many lines, with the words of other topics in between", () => {
  const topics = [
    "volcano erupted crater magma",
    "orchestra symphony violin melody",
    "invoice payment taxes ledger",
  ];
  const lines = topics.flatMap((topic, number) =>
    Array.from(
      { length: 100 },
      (_, line) => `${topic} ${topics[(number + 1 + (line % 2)) % 3]?.split(" ")[line % 4]}\n`,
    ),
  );
  const limits = { strategy: "semantic", chunkSize: 5000, chunkOverlap: 0 } as const;
  const begins = splitIntoChunks(lines.join(""), limits).map((one) => one.text.split("\n")[0]);
  expect(begins).toEqual([lines[0], lines[100], lines[200]].map((line) => line?.trim()));
});

test("a long message is split in steps, whose result is found afterwards", () => {
  const limits = {
    enableMessageChunking: true,
    maxMessageSize: 1000,
    chunkSize: 500,
    chunkOverlap: 50,
    chunkingStrategy: "semantic",
  } as const;
  const message = (text: string) => createUserMessage("m", text);
  const long = message("The quick brown fox jumps over the lazy dog. ".repeat(100));
  const short = message("Which orders are late?");
  const expected = splitLongMessage(message(long.text), limits);
  const steps = [...prepareLongMessages([short, long], limits)];
  expect(steps.length).toBeGreaterThan(5);
  expect([...prepareLongMessages([short, long], limits)]).toEqual([]);
  expect([short, long].flatMap((one) => splitLongMessage(one, limits))).toEqual([short, ...expected]);
  // Other limits need other chunks.
  const wider = { ...limits, chunkSize: 800 };
  expect(splitLongMessage(long, wider)).toEqual(splitLongMessage(message(long.text), wider));
});

test("every strategy splits five megabytes on one line in bounded time", () => {
  const texts = [
    "x".repeat(5_000_000),
    JSON.stringify(Array.from({ length: 100_000 }, (_, id) => ({ id, name: `name ${id}` }))),
  ];
  for (const text of texts) {
    for (const strategy of CHUNKING_STRATEGIES) {
      const chunks = splitIntoChunks(text, { strategy, chunkSize: 80_000, chunkOverlap: 1000 });
      expect(chunks.map((one) => one.text).join("") === text).toBe(true);
    }
  }
});

test("an overlap nearly as long as the chunks still makes progress", () => {
  const chunks = splitIntoChunks("word ".repeat(1000), {
    strategy: "simple",
    chunkSize: 200,
    chunkOverlap: 199,
  });
  expect(chunks.length).toBeLessThan(150);
});
