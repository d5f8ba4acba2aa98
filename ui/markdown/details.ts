/** Recognises `<details>` with its summary. What it contains is Markdown. All other HTML stays text. */
import type { RootContent } from "./nodes.ts";

export interface Details {
  readonly type: "details";
  /** Markdown. */
  readonly summary: string;
  /** Markdown that follows the summary without a blank line. */
  readonly text: string;
  readonly children: readonly BlockNode[];
}

export type BlockNode = RootContent | Details;

/** Joins `<details>`, the blocks after it and `</details>` to one block. One that is not closed yet takes all blocks that follow. */
export function foldDetails(nodes: readonly RootContent[]): readonly BlockNode[] {
  return nodes.some(isStart) ? fold(nodes, 0).blocks : nodes;
}

function fold(nodes: readonly RootContent[], from: number) {
  const blocks: BlockNode[] = [];
  let at = from;
  while (at < nodes.length) {
    const node = nodes[at] as RootContent;
    at += 1;
    if (from > 0 && node.type === "html" && END.test(node.value)) break;
    const [, summary = "", text = "", end] = node.type === "html" ? (START.exec(node.value) ?? []) : [];
    if (!isStart(node)) blocks.push(node);
    else if (end !== undefined) blocks.push({ type: "details", summary, text, children: [] });
    else {
      const inner = fold(nodes, at);
      at = inner.at;
      blocks.push({ type: "details", summary, text, children: inner.blocks });
    }
  }
  return { blocks, at };
}

const START = /^<details(?: open)?>\s*(?:<summary>([\s\S]*?)(?:<\/summary>|$))?([\s\S]*?)(<\/details>\s*)?$/i;
const END = /^<\/details>\s*$/i;

function isStart(node: RootContent): boolean {
  return node.type === "html" && START.test(node.value);
}
