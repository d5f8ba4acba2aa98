/** The nodes of parsed Markdown: https://github.com/syntax-tree/mdast */
import type { fromMarkdown } from "mdast-util-from-markdown";
import type { MathNode } from "./math/syntax.ts";

export type RootContent = ReturnType<typeof fromMarkdown>["children"][number];
/** A node at any depth: the root can have every kind of node. */
export type Nodes = RootContent;

type OfType<Type extends Nodes["type"]> = Extract<RootContent, { type: Type }>;
export type Blockquote = OfType<"blockquote">;
export type Code = OfType<"code">;
export type Definition = OfType<"definition">;
export type FootnoteDefinition = OfType<"footnoteDefinition">;
export type List = OfType<"list">;
export type ListItem = OfType<"listItem">;
export type PhrasingContent = OfType<"paragraph">["children"][number] | MathNode;
export type Table = OfType<"table">;
export type TableCell = OfType<"tableCell">;
export type TableRow = OfType<"tableRow">;
export type AlignType = NonNullable<Table["align"]>[number];
