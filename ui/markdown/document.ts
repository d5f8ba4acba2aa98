/**
 * The Markdown of a reply that grows. Blocks that have ended, and the ended items, rows and lines of the block that grows, keep
 * their nodes. A delta parses only what follows them, so its cost does not grow with the reply. The parser itself finds the ends: a block has
 * ended once a complete line starts the next one. At the end the nodes equal those of the whole text.
 */

import { findEndedLines } from "./freeze.ts";
import {
  advanceLineStart,
  continueLine,
  findLineStart,
  type LineStart,
  needsLineStart,
} from "./growing-line.ts";
import type { RootContent } from "./nodes.ts";
import { parseTail } from "./parse-tail.ts";
import { extendLabels, joinBlocks, type Piece, refreshPiece } from "./pieces.ts";
import type { Labels } from "./references.ts";
import { repairTail } from "./repair.ts";

/** A top-level block of the text, or definitions with the paragraph that follows them. */
export interface Block {
  readonly nodes: readonly RootContent[];
  readonly pieces: readonly Piece[];
}

export interface StreamedMarkdown {
  readonly text: string;
  /** All blocks of the text. Those that did not change since the previous delta are the same objects. */
  readonly blocks: readonly Block[];
  readonly ended: EndedPart;
  /** All labels that the text defines. */
  readonly labels: Labels;
  /** The beginning of the line that grows, if it is long. */
  readonly start: LineStart | undefined;
}

/** What later text does not change. */
interface EndedPart {
  /** Offset up to which the text was looked at, the end of a line. */
  readonly end: number;
  /** Offset from which the text is parsed again. */
  readonly from: number;
  readonly blocks: readonly Block[];
  /** The ended part of the block that grows. */
  readonly open: Block | undefined;
  /** Comes before the rest of the block that grows, so that it is parsed as the same kind of block. */
  readonly context: string;
  /** Number of containers within that block that the context opens. */
  readonly depth: number;
  readonly labels: Labels;
}

const NOTHING: EndedPart = {
  end: 0,
  from: 0,
  blocks: [],
  open: undefined,
  context: "",
  depth: 0,
  labels: { links: new Set(), footnotes: new Set(), isLive: false },
};

/** Long texts are read in steps of about this many characters, each checked by itself. */
const STEP = 8_000;

/** Reads a text. `previous` is the result for a text that it begins with; another one is ignored. `isLive` means that more text follows. */
export function readMarkdown(raw: string, isLive: boolean, previous?: StreamedMarkdown): StreamedMarkdown {
  const text = raw.includes("\r") ? raw.replace(/\r\n?/g, "\n") : raw;
  const known = previous !== undefined && text.startsWith(previous.text) ? previous : undefined;
  const grown = isLive && known !== undefined ? readGrownLine(text, known) : undefined;
  return grown ?? readTail(text, isLive, known);
}

/** Reads a text that adds to the paragraph at the end only. Undefined if that is not long, or has ended. */
function readGrownLine(text: string, known: StreamedMarkdown): StreamedMarkdown | undefined {
  const { ended, start: before } = known;
  if (before === undefined || !ended.labels.isLive) return undefined;
  const tail = text.slice(ended.from);
  const start = advanceLineStart(before, tail, (rest) => parseTail(withoutContext(ended), rest).pieces);
  const parse = (rest: string) => parseTail(withoutContext(ended), repairTail(rest, "")).pieces;
  const pieces = continueLine(start, tail, parse);
  return pieces && show(text, ended, pieces, start, known);
}

function readTail(text: string, isLive: boolean, known: StreamedMarkdown | undefined): StreamedMarkdown {
  const ended = readCompleteLines(text, isLive, known?.ended ?? NOTHING);
  const tail = text.slice(ended.from);
  const start = isLive ? findStart(ended, tail, known) : undefined;
  const { pieces } = parseTail(ended, isLive ? repairTail(tail, ended.context) : tail);
  return show(text, ended, pieces, start, known);
}

/** Returns the beginning of the paragraph that grows, if it is long. */
function findStart(
  ended: EndedPart,
  tail: string,
  known: StreamedMarkdown | undefined,
): LineStart | undefined {
  const before = known?.ended === ended ? known.start : undefined;
  if (before !== undefined && !needsLineStart(before, tail)) return before;
  return findLineStart(tail, (text) => parseTail(ended, text).pieces);
}

const withoutContext = (ended: EndedPart): EndedPart => ({ ...ended, context: "", depth: 0 });

function show(
  text: string,
  ended: EndedPart,
  pieces: readonly Piece[],
  start: LineStart | undefined,
  known: StreamedMarkdown | undefined,
): StreamedMarkdown {
  const labels = extendLabels(ended.labels, pieces);
  const isSame = ended === known?.ended && hasSameLabels(labels, known.labels);
  const refreshed = isSame ? ended : refresh(ended, labels);
  const blocks = [...refreshed.blocks, ...joinFirst(refreshed.open, pieces.map(toBlock))];
  return { text, blocks, ended: refreshed, labels, start };
}

function readCompleteLines(text: string, isLive: boolean, previous: EndedPart): EndedPart {
  let ended = previous;
  if (ended.labels.isLive !== isLive) ended = { ...ended, labels: { ...ended.labels, isLive } };
  const complete = text.lastIndexOf("\n") + 1;
  while (ended.end < complete) ended = readLines(ended, text, endOfStep(text, ended.end, complete));
  return ended;
}

function endOfStep(text: string, from: number, complete: number): number {
  const blank = text.indexOf("\n\n", from + STEP);
  return blank < 0 || blank + 2 > complete ? complete : blank + 2;
}

/** Reads complete lines up to `end`: what they end moves into the ended part. */
function readLines(ended: EndedPart, text: string, end: number): EndedPart {
  const { pieces, origin, isPlain } = parseTail(ended, text.slice(ended.from, end));
  const labels = extendLabels(ended.labels, pieces);
  if (isPlain) return { ...closeBlocks(ended, pieces), end, from: end, labels };
  const last = pieces.at(-1);
  if (last === undefined) return { ...ended, end };
  const kept = pieces.length > 1 ? closeBlocks(ended, pieces.slice(0, -1)) : ended;
  const lines = findEndedLines(last, origin);
  if (lines === undefined) return { ...kept, end, from: end - last.text.length, labels };
  const [open] = joinFirst(kept.open, [toBlock(lines.piece)]);
  return { ...kept, end, from: end - lines.rest, open, context: lines.context, depth: lines.depth, labels };
}

/** Adds blocks that have ended. The first one is the rest of the block that was growing. */
function closeBlocks(ended: EndedPart, pieces: readonly Piece[]): EndedPart {
  const blocks = [...ended.blocks, ...joinFirst(ended.open, pieces.map(toBlock))];
  return { ...ended, blocks, open: undefined, context: "", depth: 0 };
}

function toBlock(piece: Piece): Block {
  return { nodes: piece.nodes, pieces: [piece] };
}

function joinFirst(open: Block | undefined, blocks: readonly Block[]): readonly Block[] {
  const [first, ...others] = blocks;
  if (open === undefined) return blocks;
  if (first === undefined) return [open];
  if (first.nodes[0]?.type !== open.nodes[0]?.type) return [open, ...blocks];
  return [joinPieces([...open.pieces, ...first.pieces], open, first), ...others];
}

function joinPieces(pieces: readonly Piece[], open: Block, next: Block): Block {
  const [node] = open.nodes;
  const depth = next.pieces[0]?.depth ?? 0;
  return { pieces, nodes: node === undefined ? next.nodes : [joinBlocks(node, next.nodes[0], depth)] };
}

function hasSameLabels(first: Labels, second: Labels): boolean {
  return (
    first.isLive === second.isLive &&
    first.links.size === second.links.size &&
    first.footnotes.size === second.footnotes.size &&
    first.links.isSubsetOf(second.links) &&
    first.footnotes.isSubsetOf(second.footnotes)
  );
}

/** Parses the pieces again whose labels became known, or are not known after all. */
function refresh(ended: EndedPart, labels: Labels): EndedPart {
  const open = ended.open && refreshBlock(ended.open, labels);
  return { ...ended, blocks: ended.blocks.map((block) => refreshBlock(block, labels)), open };
}

function refreshBlock(block: Block, labels: Labels): Block {
  const pieces = block.pieces.map((piece) => refreshPiece(piece, labels));
  const [first, ...others] = pieces;
  if (first === undefined || pieces.every((piece, index) => piece === block.pieces[index])) return block;
  return others.reduce(
    (joined, piece) => joinPieces([...joined.pieces, piece], joined, toBlock(piece)),
    toBlock(first),
  );
}
