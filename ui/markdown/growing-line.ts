/**
 * A paragraph that grows, of one long line or of many lines, also in an item or a quote. Its beginning is parsed once. What follows is parsed by
 * itself, as the rest of the same paragraph, so that the cost of a delta does not grow with the paragraph. It is parsed as a whole when it ends.
 */
import type { PhrasingContent, RootContent } from "./nodes.ts";
import { createPiece, type Piece } from "./pieces.ts";

/** The beginning of a text whose last paragraph grows. */
export interface LineStart {
  readonly text: string;
  /** Undefined if later text may change what it means: the whole text is parsed then. */
  readonly pieces: readonly Piece[] | undefined;
}

export type ParsePieces = (text: string) => readonly Piece[];

/** Characters from which on a paragraph is divided. */
const MIN_LENGTH = 1_500;
/** Characters at the end that may still change what they mean. */
const OPEN_LENGTH = 300;
/** Characters after which a beginning is looked for again. */
const RETRY_LENGTH = 700;
/** Characters of the rest from which on it moves into the beginning. */
const MAX_REST = 900;

/** Stands for the beginning when the rest is parsed. */
const EARLIER_TEXT = "x";

/** Returns the beginning of a text whose last paragraph is long. */
export function findLineStart(text: string, parse: ParsePieces): LineStart | undefined {
  const paragraph = (/[\s\S]*\n[ \t>]*\n/.exec(text)?.[0] ?? "").length;
  if (text.length - paragraph < MIN_LENGTH) return undefined;
  const end = findGap(text, text.length - OPEN_LENGTH);
  if (end <= paragraph) return undefined;
  const start = text.slice(0, end);
  const pieces = parse(start);
  return { text: start, pieces: isClosed(lastParagraph(pieces.at(-1)?.nodes)) ? pieces : undefined };
}

/** Returns the offset of the last space between two words before an offset, or -1. */
function findGap(text: string, before: number): number {
  let at = text.lastIndexOf(" ", before);
  while (at > 0 && !/^[^\s>] \S$/.test(text.slice(at - 1, at + 2))) at = text.lastIndexOf(" ", at - 1);
  return at;
}

/** Returns whether a beginning has to be looked for: the text was not parsed for a while. */
export function needsLineStart({ text, pieces }: LineStart, whole: string): boolean {
  return pieces !== undefined || whole.length - text.length > RETRY_LENGTH;
}

/** Moves what can no longer change from the rest into the beginning. */
export function advanceLineStart(start: LineStart, text: string, parse: ParsePieces): LineStart {
  const rest = text.slice(start.text.length);
  if (start.pieces === undefined || rest.length < MAX_REST) return start;
  const end = findGap(rest, rest.length - OPEN_LENGTH);
  const children = end <= 0 ? undefined : parseRest(start.pieces, rest.slice(0, end), parse);
  if (children === undefined || !isClosed(children)) return start;
  return { text: start.text + rest.slice(0, end), pieces: appendToLast(start.pieces, children) };
}

/** Returns the pieces of the whole text. Undefined if the rest is more than text of the same paragraph. */
export function continueLine(
  start: LineStart,
  text: string,
  parse: ParsePieces,
): readonly Piece[] | undefined {
  if (start.pieces === undefined) return undefined;
  const children = parseRest(start.pieces, text.slice(start.text.length), parse);
  return children && appendToLast(start.pieces, children);
}

function parseRest(
  pieces: readonly Piece[],
  text: string,
  parse: ParsePieces,
): readonly PhrasingContent[] | undefined {
  const quotes = countQuotes(pieces.at(-1)?.nodes);
  const rest = quotes === 0 ? text : text.replace(new RegExp(`\\n(?:[ \\t]*> ?){1,${quotes}}`, "g"), "\n");
  const [piece, other] = parse(EARLIER_TEXT + rest);
  const [node] = piece?.nodes ?? [];
  if (other !== undefined || node?.type !== "paragraph") return undefined;
  const [first, ...children] = node.children;
  if (first?.type !== "text" || !first.value.startsWith(EARLIER_TEXT)) return undefined;
  return [{ ...first, value: first.value.slice(EARLIER_TEXT.length) }, ...children];
}

/** Returns the content of the paragraph at the end, at whatever depth. Undefined if something else is there. */
function lastParagraph(nodes: readonly RootContent[] | undefined): readonly PhrasingContent[] | undefined {
  const last = nodes?.at(-1);
  if (last?.type === "paragraph") return last.children;
  const isContainer = last?.type === "list" || last?.type === "listItem" || last?.type === "blockquote";
  return isContainer ? lastParagraph(last.children) : undefined;
}

/** Returns the number of quotes around the paragraph at the end. */
function countQuotes(nodes: readonly RootContent[] | undefined): number {
  const last = nodes?.at(-1);
  if (last === undefined || !("children" in last) || last.type === "paragraph") return 0;
  return Number(last.type === "blockquote") + countQuotes(last.children);
}

/** Matches what later text could give another meaning: marks that could open something. A formula ends on its line, and a price is none. */
const OPEN_MARKS = /\*|(?<!\w)_|_(?!\w)|~~|`|\[|<(?=[a-z/!?])|\$(?!\d)(?=[^\n]*$)/i;

/** Returns whether later text cannot change what the content means: it has no marks left, and ends with text. */
function isClosed(children: readonly PhrasingContent[] | undefined): boolean {
  if (children?.at(-1)?.type !== "text") return false;
  return children.every((child) => child.type !== "text" || !OPEN_MARKS.test(child.value));
}

function appendToLast(pieces: readonly Piece[], children: readonly PhrasingContent[]): readonly Piece[] {
  const last = pieces.at(-1);
  if (last === undefined) return pieces;
  const nodes = append(last.nodes, children) as readonly RootContent[];
  return [...pieces.slice(0, -1), createPiece({ ...last, nodes })];
}

function append(nodes: readonly RootContent[], children: readonly PhrasingContent[]): readonly unknown[] {
  const last = nodes.at(-1);
  if (last === undefined || !("children" in last)) return nodes;
  const inner =
    last.type === "paragraph" ? joinText(last.children, children) : append(last.children, children);
  return [...nodes.slice(0, -1), { ...last, children: inner }];
}

/** Joins the text on both sides of the place where the line was divided. */
function joinText(
  before: readonly PhrasingContent[],
  after: readonly PhrasingContent[],
): readonly PhrasingContent[] {
  const [last, first] = [before.at(-1), after[0]];
  if (last?.type !== "text" || first?.type !== "text") return [...before, ...after];
  return [...before.slice(0, -1), { ...last, value: last.value + first.value }, ...after.slice(1)];
}
