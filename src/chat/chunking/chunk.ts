/** Splits a text that is too long for one message into numbered chunks. Pure. */
import { findAtomicCut } from "./atoms.ts";
import { findProseCut, findWordStart } from "./prose.ts";
import { createRecordFinder } from "./records.ts";
import { findTopicCut } from "./topics.ts";

/** The values of `chunking_strategy` in the native protocol (src/protocols/native/PROTOCOL.md). */
export const CHUNKING_STRATEGIES = ["simple", "preserve_context", "semantic"] as const;
export type ChunkingStrategy = (typeof CHUNKING_STRATEGIES)[number];

/** Sizes are in UTF-16 units. */
export interface ChunkLimits {
  readonly strategy: ChunkingStrategy;
  /** The size of a chunk including header and overlap; at least {@link MIN_CHUNK_SIZE}. */
  readonly chunkSize: number;
  /** The size of the text repeated from the previous chunk; at most three quarters of a chunk. */
  readonly chunkOverlap: number;
}

/** The first header alone has at least 72 characters. */
export const MIN_CHUNK_SIZE = 100;

/** One chunk. The joined `text`s of all chunks equal the original text. {@link formatChunk} formats a chunk for sending. */
export interface MessageChunk {
  /** `[CHUNK i/n] `, followed by an explanation in the first chunk. */
  readonly header: string;
  /** The end of the previous chunk's text. */
  readonly overlap: string;
  readonly text: string;
}

export function formatChunk({ header, overlap, text }: MessageChunk): string {
  return header + overlap + text;
}

const FIRST_CHUNK_NOTE = "This message was too large and has been split into chunks. ";

/** Finds the best cut after `from` and at most `to`. Returns undefined when there is no good one. */
export type FindCut = (text: string, from: number, to: number) => number | undefined;

/**
 * Splits a text into at least one chunk. `simple` cuts by length, `preserve_context` between records, paragraphs, lines,
 * sentences or words, and `semantic` where the topic changes. None cuts inside a character, a line break or an ANSI sequence.
 */
export function splitIntoChunks(text: string, limits: ChunkLimits): readonly MessageChunk[] {
  const steps = chunkSteps(text, limits);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Does what {@link splitIntoChunks} does, in steps of a few milliseconds. */
export function* chunkSteps(text: string, limits: ChunkLimits): Generator<void, readonly MessageChunk[]> {
  const size = Math.max(MIN_CHUNK_SIZE, limits.chunkSize);
  const findCut = createCutFinder(text, limits.strategy);
  // The header length and the number of chunks depend on each other.
  for (let digits = 1; ; digits++) {
    const pieces = yield* splitText(text, { ...limits, chunkSize: size }, digits, findCut);
    if (String(pieces.length).length > digits) continue;
    return pieces.map((piece, index) => ({ header: chunkHeader(index + 1, pieces.length), ...piece }));
  }
}

function createCutFinder(text: string, strategy: ChunkingStrategy): FindCut {
  if (strategy === "simple") return () => undefined;
  const findRecordEnd = createRecordFinder(text);
  return (fullText, from, to) =>
    findRecordEnd(from, to) ??
    (strategy === "semantic" ? findTopicCut(fullText, from, to) : undefined) ??
    findProseCut(fullText, from, to);
}

function chunkHeader(number: number, total: number): string {
  return `[CHUNK ${number}/${total}] ${number === 1 ? FIRST_CHUNK_NOTE : ""}`;
}

function* splitText(
  text: string,
  { strategy, chunkSize, chunkOverlap }: ChunkLimits,
  digits: number,
  findCut: FindCut,
): Generator<void, readonly Omit<MessageChunk, "header">[]> {
  const headerLength = "[CHUNK /] ".length + 2 * digits;
  const pieces: Omit<MessageChunk, "header">[] = [];
  let start = 0;
  do {
    const available = chunkSize - headerLength - (start === 0 ? FIRST_CHUNK_NOTE.length : 0);
    const overlap = start === 0 ? "" : overlapFor(text, start, available, chunkOverlap, strategy);
    const latest = start + available - overlap.length;
    const end = latest >= text.length ? text.length : findChunkEnd(text, start, latest, findCut);
    pieces.push({ overlap, text: text.slice(start, end) });
    start = end;
    yield;
  } while (start < text.length);
  return pieces;
}

/** Returns `latest` or a better cut before it. At least half of the chunk is used. */
function findChunkEnd(text: string, start: number, latest: number, findCut: FindCut): number {
  const earliest = start + Math.ceil((latest - start) / 2);
  return findAtomicCut(text, start, findCut(text, earliest, latest) ?? latest);
}

function overlapFor(
  text: string,
  start: number,
  available: number,
  maxOverlap: number,
  strategy: ChunkingStrategy,
): string {
  const earliest = Math.max(0, start - Math.min(maxOverlap, Math.floor(available * 0.75)));
  if (earliest === start) return "";
  const from = strategy === "simple" ? earliest : findWordStart(text, earliest, start);
  return text.slice(findAtomicCut(text, Math.max(0, from - 1), from, "forward", start), start);
}
