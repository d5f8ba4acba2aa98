/** The pieces of a text that are parsed by themselves: a block, or some items of a list, rows of a table or lines of code. */
import type { Code, List, RootContent, Table } from "./nodes.ts";
import { parseBlocks } from "./parse.ts";
import { collectLabels, definitionsFor, type Labels, visit } from "./references.ts";

export interface Piece {
  /** What comes before `text` so that it is parsed as the same kind of block: the head of the table, the fence of the code. */
  readonly context: string;
  readonly text: string;
  /** The definitions with which it was parsed. */
  readonly definitions: string;
  readonly nodes: readonly RootContent[];
  readonly links: ReadonlySet<string>;
  readonly footnotes: ReadonlySet<string>;
  /** Labels of the footnotes that it refers to, in the order of the text. */
  readonly calls: readonly string[];
}

type PieceSource = Pick<Piece, "context" | "text" | "definitions" | "nodes">;

export function createPiece(source: PieceSource): Piece {
  const links = new Set<string>();
  const footnotes = new Set<string>();
  const calls: string[] = [];
  collectLabels(source.nodes, links, footnotes);
  visit(source.nodes, (node) => node.type === "footnoteReference" && calls.push(node.identifier));
  return { ...source, links, footnotes, calls };
}

/** Parses a piece again if the labels that it mentions are now defined, or no longer. */
export function refreshPiece(piece: Piece, labels: Labels): Piece {
  const definitions = definitionsFor(piece.text, labels);
  if (definitions === piece.definitions) return piece;
  const parsed = parseBlocks(piece.context + piece.text, definitions).map(({ node }) => node);
  const nodes = parsed.map((node, index) => keepSpread(node, piece.nodes[index]));
  return createPiece({ ...piece, definitions, nodes });
}

/** Blank lines after the last item of a piece count too, but are visible only together with the next item. */
function keepSpread(node: RootContent, previous: RootContent | undefined): RootContent {
  if (node.type !== "list" || previous?.type !== "list") return node;
  const children = node.children.map((item, index) => {
    const spread = previous.children[index]?.spread;
    return spread === undefined ? item : { ...item, spread };
  });
  return previous.spread === undefined
    ? { ...node, children }
    : { ...node, spread: previous.spread, children };
}

/** The first line of the context of code. It stands for the lines of earlier pieces. */
export const EARLIER_LINES = "x";

/** Joins a block and the block that was parsed from the next piece. */
export function joinBlocks<Node extends RootContent>(first: Node, next: RootContent | undefined): Node {
  if (next === undefined || next.type !== first.type) return first;
  if (isList(first) && isList(next)) {
    const spread = first.spread === true || next.spread === true;
    return { ...first, spread, children: [...first.children, ...next.children] };
  }
  if (isTable(first) && isTable(next))
    return { ...first, children: [...first.children, ...next.children.slice(1)] };
  if (isCode(first) && isCode(next))
    return { ...first, value: first.value + next.value.slice(EARLIER_LINES.length) };
  return first;
}

const isList = (node: RootContent): node is List => node.type === "list";
const isTable = (node: RootContent): node is Table => node.type === "table";
const isCode = (node: RootContent): node is Code => node.type === "code";
