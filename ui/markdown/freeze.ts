/** Finds the part of a growing list, table or code that later text does not change. */
import { type ParsedBlock, startOfLine } from "./parse.ts";
import { createPiece, EARLIER_LINES, type Piece } from "./pieces.ts";

export interface EndedLines {
  readonly piece: Piece;
  /** Length of the text that follows in the same block. */
  readonly rest: number;
  /** Comes before the rest, so that it is parsed as the same kind of block. */
  readonly context: string;
}

/** Returns the ended items, rows or lines of a piece. The piece has complete lines; `origin` is its offset in the text that was parsed. */
export function findEndedLines(piece: Piece, origin: number): EndedLines | undefined {
  const [node, ...others] = piece.nodes;
  if (node === undefined || others.length > 0) return undefined;
  const whole = piece.context + piece.text;
  if (node.type === "code") return isOpenFence(node, whole, origin) ? keepFence(piece, whole) : undefined;
  if (
    !(
      (node.type === "list" && node.children.length > 1) ||
      (node.type === "table" && node.children.length > 2)
    )
  )
    return undefined;
  const last = node.children.at(-1);
  const start = startOfLine(whole, (last?.position?.start.offset ?? 0) - origin);
  const ended = { ...node, children: node.children.slice(0, -1) } as ParsedBlock["node"];
  const text = whole.slice(piece.context.length, start);
  return {
    piece: createPiece({ ...piece, text, nodes: [ended] }),
    rest: whole.length - start,
    context: node.type === "table" ? firstLines(whole, 2) : "",
  };
}

/** All lines of open code have ended. */
function keepFence(piece: Piece, whole: string): EndedLines | undefined {
  const fence = firstLines(whole, 1);
  if (whole.length === fence.length) return undefined;
  return { piece, rest: 0, context: `${fence}${EARLIER_LINES}\n` };
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
