/**
 * A line that grows: a long paragraph, item or line of a quote. Its beginning is parsed once. What follows is parsed by itself, as the
 * rest of the same paragraph, so that the cost of a delta does not grow with the line. When the line ends it is parsed as a whole.
 */
import type { PhrasingContent, RootContent } from "./nodes.ts";
import { createPiece, type Piece } from "./pieces.ts";

/** The beginning of a text whose last line grows. */
export interface LineStart {
  readonly text: string;
  /** Undefined if later text may change what it means: the whole text is parsed then. */
  readonly pieces: readonly Piece[] | undefined;
}

export type ParsePieces = (text: string) => readonly Piece[];

/** Characters from which on a line is divided. */
const MIN_LENGTH = 1_500;
/** Characters at the end that may still change what they mean. */
const OPEN_LENGTH = 300;
/** Characters after which a beginning is looked for again. */
const RETRY_LENGTH = 700;
/** Characters of the rest from which on it moves into the beginning. */
const MAX_REST = 900;

/** Stands for the beginning when the rest is parsed. */
const EARLIER_TEXT = "x";

/** Returns the beginning of a text that has a long last line. */
export function findLineStart(text: string, parse: ParsePieces): LineStart | undefined {
  const line = text.lastIndexOf("\n") + 1;
  if (text.length - line < MIN_LENGTH) return undefined;
  const end = text.lastIndexOf(" ", text.length - OPEN_LENGTH);
  if (end <= line) return undefined;
  const start = text.slice(0, end);
  const pieces = parse(start);
  return { text: start, pieces: isClosed(lastParagraph(pieces.at(-1)?.nodes)) ? pieces : undefined };
}

/** Returns whether a beginning has to be looked for: the text has another line, or was not parsed for a while. */
export function needsLineStart({ text, pieces }: LineStart, whole: string): boolean {
  return (
    whole.includes("\n", text.length) || (pieces === undefined && whole.length - text.length > RETRY_LENGTH)
  );
}

/** Moves what can no longer change from the rest into the beginning. */
export function advanceLineStart(start: LineStart, text: string, parse: ParsePieces): LineStart {
  const rest = text.slice(start.text.length);
  if (start.pieces === undefined || rest.length < MAX_REST) return start;
  const end = rest.lastIndexOf(" ", rest.length - OPEN_LENGTH);
  const children = end <= 0 ? undefined : parseRest(rest.slice(0, end), parse);
  if (children === undefined || !isClosed(children)) return start;
  return { text: start.text + rest.slice(0, end), pieces: appendToLast(start.pieces, children) };
}

/** Returns the pieces of the whole text. Undefined if the rest has another line, or is no text of a paragraph. */
export function continueLine(
  start: LineStart,
  text: string,
  parse: ParsePieces,
): readonly Piece[] | undefined {
  const rest = text.slice(start.text.length);
  if (start.pieces === undefined || rest.includes("\n")) return undefined;
  const children = parseRest(rest, parse);
  return children && appendToLast(start.pieces, children);
}

function parseRest(rest: string, parse: ParsePieces): readonly PhrasingContent[] | undefined {
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

/** Matches what later text could give another meaning. */
const OPEN_MARKS = /[*_~`[\]<$\\&!:@|]|www\./;

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
