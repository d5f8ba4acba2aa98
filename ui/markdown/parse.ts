/** Parses pieces of Markdown: https://github.com/syntax-tree/mdast */

import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import type { RootContent } from "./nodes.ts";

const OPTIONS = { extensions: [gfm({ singleTilde: false })], mdastExtensions: [gfmFromMarkdown()] };

/** A block at the top level of a piece. */
export interface ParsedBlock {
  readonly node: RootContent;
  /** Offset of its first line in the piece. */
  readonly start: number;
}

/** Parses `text`. `prefix` is Markdown that comes before it: its blocks are not returned. */
export function parseBlocks(text: string, prefix = ""): readonly ParsedBlock[] {
  const whole = prefix + text;
  const { children } = fromMarkdown(whole, OPTIONS);
  return children.flatMap((node) => {
    const start = startOfLine(whole, offsetOf(node)) - prefix.length;
    return start < 0 ? [] : [{ node, start }];
  });
}

/** Returns the offset of the first character of a node. */
export function offsetOf({ position }: Pick<RootContent, "position">): number {
  return position?.start.offset ?? 0;
}

export function startOfLine(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}
