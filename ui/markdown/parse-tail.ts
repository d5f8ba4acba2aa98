/** Parses the end of a growing text to pieces. */
import { isSafeToParse } from "./is-safe-to-parse.ts";
import type { RootContent } from "./nodes.ts";
import { type ParsedBlock, parseBlocks } from "./parse.ts";
import { createPiece, extendLabels, type Piece } from "./pieces.ts";
import { definitionsFor, findReferred, type Labels } from "./references.ts";

export interface ParsedTail {
  readonly pieces: readonly Piece[];
  /** Offset of the last piece, with its context, in the text that was parsed: the positions of its nodes refer to it. */
  readonly origin: number;
  /** The text cannot be parsed in reasonable time and is shown as it is. */
  readonly isPlain: boolean;
}

/** What the text before means for what follows. */
export interface Place {
  /** Comes before the text, so that it is parsed as the same kind of block. */
  readonly context: string;
  /** Number of containers within that block that the context opens. */
  readonly depth: number;
  readonly labels: Labels;
}

/** Parses what follows the ended part. Each block is a piece, and so are definitions with the paragraph that follows them. */
export function parseTail({ context, depth, labels }: Place, tail: string): ParsedTail {
  const text = context + tail;
  if (!isSafeToParse(tail)) return { pieces: [createPlainPiece(tail)], origin: 0, isPlain: true };
  const all = labels.isLive
    ? { ...labels, links: new Set([...labels.links, ...findReferred(tail)]) }
    : labels;
  const definitions = definitionsFor(tail, all);
  const groups = groupBlocks(text, parseBlocks(text, definitions));
  const pieces = groups.map(({ start, nodes }, index) => {
    const own = index === 0 ? context : "";
    const piece = {
      context: own,
      depth: index === 0 ? depth : 0,
      text: text.slice(start + own.length, groups[index + 1]?.start),
      nodes,
    };
    return createPiece({ ...piece, definitions: "" });
  });
  const known = extendLabels(all, pieces);
  return {
    pieces: pieces.map((piece) => ({ ...piece, definitions: definitionsFor(piece.text, known) })),
    origin: definitions.length + (groups.at(-1)?.start ?? 0),
    isPlain: false,
  };
}

function createPlainPiece(text: string): Piece {
  return createPiece({
    context: "",
    depth: 0,
    text,
    definitions: "",
    nodes: [{ type: "html", value: text.trim() }],
  });
}

/** Groups a block with the one above it if only together they mean the same. */
function groupBlocks(text: string, parsed: readonly ParsedBlock[]) {
  const groups: { readonly start: number; readonly nodes: RootContent[] }[] = [];
  for (const [index, { node, start }] of parsed.entries()) {
    const previous = parsed[index - 1];
    if (previous !== undefined && isContinued(previous.node, text.slice(previous.start, start)))
      groups.at(-1)?.nodes.push(node);
    else groups.push({ start, nodes: [node] });
  }
  return groups;
}

/** The line below a definition can belong to its title. Below indented code an empty list item is text. */
function isContinued({ type }: RootContent, text: string): boolean {
  const isOpen = type === "definition" || (type === "code" && INDENTED.test(text));
  return isOpen && !/\n[ \t]*\n/.test(text);
}

const INDENTED = /^(?: {4}| {0,3}\t)/;
