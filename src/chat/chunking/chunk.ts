/** Cuts a text that is too long for one message into pieces, and says on each which one it is. Pure. */
import { findAtomicCut } from "./atoms.ts";
import { findProseCut, findWordStart } from "./prose.ts";
import { createRecordFinder } from "./records.ts";
import { findTopicCut } from "./topics.ts";

/** Contract 000, `chunking_strategy`. */
export const CHUNKING_STRATEGIES = ["simple", "preserve_context", "semantic"] as const;
export type ChunkingStrategy = (typeof CHUNKING_STRATEGIES)[number];

/** In characters (UTF-16 units). */
export interface ChunkLimits {
  readonly strategy: ChunkingStrategy;
  /** Of a whole piece, its header and overlap included; at least {@link MIN_CHUNK_SIZE}. */
  readonly chunkSize: number;
  /** What is repeated of the piece before; never more than three quarters of a piece. */
  readonly chunkOverlap: number;
}

/** The first header alone has 72 characters and more. */
export const MIN_CHUNK_SIZE = 100;

/** The pieces' `text`s joined are what was cut. A piece as it is sent: {@link formatChunk}. */
export interface MessageChunk {
  /** `[CHUNK i/n] `, and on the first what it is about. */
  readonly header: string;
  /** The end of the text before. */
  readonly overlap: string;
  readonly text: string;
}

export function formatChunk({ header, overlap, text }: MessageChunk): string {
  return header + overlap + text;
}

const FIRST_CHUNK_NOTE = "This message was too large and has been split into chunks. ";

/** The best place to cut `text` after `from`, at `to` at the latest; undefined: none is good. */
export type FindCut = (text: string, from: number, to: number) => number | undefined;

/**
 * `simple` cuts by length, `preserve_context` between records, paragraphs, lines, sentences or words, `semantic` where the
 * topic changes. None cuts within a character, a line break or an ANSI sequence. At least one piece.
 */
export function splitIntoChunks(text: string, limits: ChunkLimits): readonly MessageChunk[] {
  const size = Math.max(MIN_CHUNK_SIZE, limits.chunkSize);
  const find = createCutFinder(text, limits.strategy);
  // The headers' length depends on the number of pieces, and that on the headers' length.
  for (let digits = 1; ; digits++) {
    const pieces = splitText(text, { ...limits, chunkSize: size }, digits, find);
    if (String(pieces.length).length > digits) continue;
    return pieces.map((piece, index) => ({ header: chunkHeader(index + 1, pieces.length), ...piece }));
  }
}

function createCutFinder(text: string, strategy: ChunkingStrategy): FindCut {
  if (strategy === "simple") return () => undefined;
  const records = createRecordFinder(text);
  return (fullText, from, to) =>
    records(from, to) ??
    (strategy === "semantic" ? findTopicCut(fullText, from, to) : undefined) ??
    findProseCut(fullText, from, to);
}

function chunkHeader(number: number, total: number): string {
  return `[CHUNK ${number}/${total}] ${number === 1 ? FIRST_CHUNK_NOTE : ""}`;
}

function splitText(
  text: string,
  { strategy, chunkSize, chunkOverlap }: ChunkLimits,
  digits: number,
  find: FindCut,
): readonly Omit<MessageChunk, "header">[] {
  const headerLength = "[CHUNK /] ".length + 2 * digits;
  const pieces: Omit<MessageChunk, "header">[] = [];
  let start = 0;
  do {
    const available = chunkSize - headerLength - (start === 0 ? FIRST_CHUNK_NOTE.length : 0);
    const overlap = start === 0 ? "" : overlapFor(text, start, available, chunkOverlap, strategy);
    const latest = start + available - overlap.length;
    const end = latest >= text.length ? text.length : findChunkEnd(text, start, latest, find);
    pieces.push({ overlap, text: text.slice(start, end) });
    start = end;
  } while (start < text.length);
  return pieces;
}

/** At `latest`, or before it where it is better; at least half of a piece is used. */
function findChunkEnd(text: string, start: number, latest: number, find: FindCut): number {
  const earliest = start + Math.ceil((latest - start) / 2);
  return findAtomicCut(text, start, find(text, earliest, latest) ?? latest);
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
