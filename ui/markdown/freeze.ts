/** Finds the part of a growing list, quote, table or code that later text does not change, at any depth. */
import type { RootContent } from "./nodes.ts";
import { type ParsedBlock, startOfLine } from "./parse.ts";
import {
  type Container,
  createPiece,
  EARLIER_CHILD,
  EARLIER_LINES,
  isContainer,
  type Piece,
} from "./pieces.ts";

export interface EndedLines {
  readonly piece: Piece;
  /** Length of the text that follows in the same block. */
  readonly rest: number;
  /** Comes before the rest, so that it is parsed as the same kind of block. */
  readonly context: string;
  /** Number of containers around the rest that the context opens, without the outermost. */
  readonly depth: number;
}

/** Returns the ended items, rows, lines or blocks of a piece. The piece has complete lines; `origin` is its offset in the text that was parsed. */
export function findEndedLines(piece: Piece, origin: number): EndedLines | undefined {
  const [node, ...others] = piece.nodes;
  if (node === undefined || others.length > 0) return undefined;
  const whole = piece.context + piece.text;
  if (node.type === "code") return isOpenFence(node, whole, origin) ? keepFence(piece, whole) : undefined;
  if (node.type === "table") return keepRows(piece, node, whole, origin);
  return keepChildren(piece, node, whole, origin);
}

/** All rows but the last one have ended. */
function keepRows(
  piece: Piece,
  node: Extract<RootContent, { type: "table" }>,
  whole: string,
  origin: number,
): EndedLines | undefined {
  if (node.children.length < 3) return undefined;
  const start = startOfLine(whole, startOf(node.children.at(-1), origin));
  const ended = { ...node, children: node.children.slice(0, -1) };
  return keep(piece, ended, whole, start, firstLines(whole, 2), 0);
}

/** In the deepest container at the end that has several children, all but the last one have ended. */
function keepChildren(
  piece: Piece,
  node: RootContent,
  whole: string,
  origin: number,
): EndedLines | undefined {
  const path = findPath(node);
  for (let depth = path.length - 1; depth >= 0; depth--) {
    const container = path[depth];
    if (container === undefined || !hasEndedChild(container, whole, origin, piece.context.length)) continue;
    const context = writeContext(path.slice(0, depth + 1), whole, origin);
    if (context === undefined) continue;
    const start = startOfLine(whole, startOf(container.children.at(-1), origin));
    // Lines of the context cannot be divided.
    if (start < piece.context.length) continue;
    return keep(piece, withoutLast(path, depth), whole, start, context, depth);
  }
  return undefined;
}

function keep(
  piece: Piece,
  ended: RootContent,
  whole: string,
  start: number,
  context: string,
  depth: number,
): EndedLines {
  const text = whole.slice(piece.context.length, start);
  return {
    piece: createPiece({ ...piece, text, nodes: [ended] }),
    rest: whole.length - start,
    context,
    depth,
  };
}

/** Returns the containers at the end, the outermost first. */
function findPath(node: RootContent | undefined): readonly Container[] {
  return isContainer(node) ? [node, ...findPath(node.children.at(-1))] : [];
}

const startOf = (node: RootContent | undefined, origin: number) =>
  (node?.position?.start.offset ?? 0) - origin;

/** Returns whether a child has ended: another one follows that later lines cannot join with it. */
function hasEndedChild(
  { children }: Container,
  whole: string,
  origin: number,
  contextLength: number,
): boolean {
  const own = children.filter((child) => startOf(child, origin) >= contextLength);
  const before = own.at(-2);
  const last = own.at(-1);
  if (before === undefined || last === undefined) return false;
  const isOpen =
    before.type === "definition" || before.type === "footnoteDefinition" || before.type === "code";
  return !isOpen || /\n[ \t>]*\n/.test(whole.slice(startOf(before, origin), startOf(last, origin)));
}

/** Returns lines that open the items of a path, each with a child that the joined block leaves out. Quotes need none. */
function writeContext(path: readonly Container[], whole: string, origin: number): string | undefined {
  const lines = new Map<number, string>();
  for (const node of path) {
    if (node.type !== "listItem") continue;
    const at = startOf(node, origin);
    const line = startOfLine(whole, at);
    const [mark] = ITEM_START.exec(whole.slice(at, at + MAX_MARK)) ?? [];
    if (mark === undefined) return undefined;
    lines.set(line, `${whole.slice(line, at)}${mark}${EARLIER_CHILD}\n`);
  }
  return [...lines.values()].join("");
}

/** Matches the mark of an item with text on its line. */
const ITEM_START = /^(?:[-+*]|\d{1,9}[.)]) {1,4}(?=[^ \t\n])/;
const MAX_MARK = 20;

function withoutLast(path: readonly Container[], depth: number): RootContent {
  const [node, ...inner] = path;
  const children = node?.children.slice(0, -1) ?? [];
  return {
    ...node,
    children: depth === 0 ? children : [...children, withoutLast(inner, depth - 1)],
  } as RootContent;
}

/** All lines of open code have ended. */
function keepFence(piece: Piece, whole: string): EndedLines | undefined {
  const fence = firstLines(whole, 1);
  if (whole.length === fence.length) return undefined;
  return { piece, rest: 0, context: `${fence}${EARLIER_LINES}\n`, depth: 0 };
}

function isOpenFence({ position }: ParsedBlock["node"], whole: string, origin: number): boolean {
  const [, mark = ""] = FENCE.exec(firstLines(whole, 1)) ?? [];
  if (mark === "") return false;
  const end = (position?.end.offset ?? 0) - origin;
  const lastStart = startOfLine(whole, end);
  const isClosed = lastStart > 0 && whole.slice(lastStart, end).trim().startsWith(mark);
  return !(isClosed && FENCE_END.test(whole.slice(lastStart, end)));
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const FENCE_END = /^ {0,3}(?:`+|~+)[ \t]*$/;

function firstLines(text: string, count: number): string {
  let end = 0;
  for (let line = 0; line < count; line++) end = text.indexOf("\n", end) + 1;
  return text.slice(0, end);
}
