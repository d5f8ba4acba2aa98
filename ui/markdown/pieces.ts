/** The pieces of a text that are parsed by themselves: a block, or some items of a list, rows of a table or lines of code. */
import type { Blockquote, Code, List, ListItem, RootContent, Table } from "./nodes.ts";
import { parseBlocks } from "./parse.ts";
import { collectLabels, definitionsFor, type Labels, visit } from "./references.ts";

export interface Piece {
  /** What comes before `text` so that it is parsed as the same kind of block: the head of the table, the fence of the code. */
  readonly context: string;
  /** Number of containers within the block that the context opens: the items and lists around the text. */
  readonly depth: number;
  readonly text: string;
  /** The definitions with which it was parsed. */
  readonly definitions: string;
  readonly nodes: readonly RootContent[];
  readonly links: ReadonlySet<string>;
  readonly footnotes: ReadonlySet<string>;
  /** Labels of the footnotes that it refers to, in the order of the text. */
  readonly calls: readonly string[];
}

type PieceSource = Pick<Piece, "context" | "depth" | "text" | "definitions" | "nodes">;

export function createPiece(source: PieceSource): Piece {
  const links = new Set<string>();
  const footnotes = new Set<string>();
  const calls: string[] = [];
  collectLabels(source.nodes, links, footnotes);
  visit(source.nodes, (node) => node.type === "footnoteReference" && calls.push(node.identifier));
  return { ...source, links, footnotes, calls };
}

/** Adds what the pieces define to the labels. */
export function extendLabels(labels: Labels, pieces: readonly Piece[]): Labels {
  const links = pieces.flatMap((piece) => [...piece.links]).filter((label) => !labels.links.has(label));
  const footnotes = pieces
    .flatMap((piece) => [...piece.footnotes])
    .filter((label) => !labels.footnotes.has(label));
  if (links.length + footnotes.length === 0) return labels;
  return {
    ...labels,
    links: new Set([...labels.links, ...links]),
    footnotes: new Set([...labels.footnotes, ...footnotes]),
  };
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
  if (!isContainer(node) || previous?.type !== node.type) return node;
  const children = node.children.map((child, index) => keepSpread(child, previous.children[index]));
  return (
    "spread" in previous ? { ...node, spread: previous.spread, children } : { ...node, children }
  ) as RootContent;
}

/** The first line of the context of code. It stands for the lines of earlier pieces. */
export const EARLIER_LINES = "x";

/** The first child of an item that a context opens, an empty heading. It stands for the children in earlier pieces. */
export const EARLIER_CHILD = "######";

/** A block that contains blocks and can be continued by a piece. */
export type Container = Blockquote | List | ListItem;

export function isContainer(node: RootContent | undefined): node is Container {
  return node?.type === "list" || node?.type === "listItem" || node?.type === "blockquote";
}

/** Joins a block and the block that was parsed from the next piece. `depth` is that of the next piece. */
export function joinBlocks<Node extends RootContent>(
  first: Node,
  next: RootContent | undefined,
  depth: number,
): Node {
  if (next === undefined || next.type !== first.type) return first;
  if (isTable(first) && isTable(next))
    return { ...first, children: [...first.children, ...next.children.slice(1)] };
  if (isCode(first) && isCode(next))
    return { ...first, value: first.value + next.value.slice(EARLIER_LINES.length) };
  return isContainer(first) && isContainer(next) ? joinContainers(first, next, depth) : first;
}

/** Joins the children, and the last child of the first container with the first one of the next if the context opens that as well. */
function joinContainers<Node extends Container>(first: Node, next: Container, depth: number): Node {
  const added: readonly RootContent[] = next.children;
  const isItem = next.type === "listItem" && added[0]?.type === "heading";
  const [head, ...others] = isItem ? added.slice(1) : added;
  const last: RootContent | undefined = first.children.at(-1);
  const children =
    depth > 0 && last !== undefined && head !== undefined
      ? [...first.children.slice(0, -1), joinBlocks(last, head, depth - 1), ...others]
      : [...first.children, ...(head === undefined ? [] : [head]), ...others];
  const spread =
    "spread" in first && "spread" in next ? { spread: first.spread === true || next.spread === true } : {};
  return { ...first, ...spread, children } as Node;
}

const isTable = (node: RootContent): node is Table => node.type === "table";
const isCode = (node: RootContent): node is Code => node.type === "code";
