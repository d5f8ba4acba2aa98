/** Recognises the HTML elements of running text that models write and that can do no harm. All other HTML stays text. */
import type { PhrasingContent } from "./nodes.ts";

const NAMES = ["sub", "sup", "kbd"] as const;
type Name = (typeof NAMES)[number];

export type InlineNode =
  | PhrasingContent
  | { readonly type: "element"; readonly name: Name; readonly children: readonly InlineNode[] };

/** Joins `<sub>`, its content and `</sub>` to one element. `<br>` is a line break. A tag without its counterpart stays text. */
export function foldInlineHtml(nodes: readonly PhrasingContent[]): readonly InlineNode[] {
  if (!nodes.some(({ type }) => type === "html")) return nodes;
  const result: InlineNode[] = [];
  for (let at = 0; at < nodes.length; at++) {
    const node = nodes[at] as PhrasingContent;
    const name = node.type === "html" ? matchTag(node.value) : undefined;
    const end = name === undefined || name === "br" ? -1 : findEnd(nodes, at, name);
    if (name === "br") result.push({ type: "break" });
    else if (name !== undefined && end > at) {
      result.push({ type: "element", name, children: foldInlineHtml(nodes.slice(at + 1, end)) });
      at = end;
    } else result.push(node);
  }
  return result;
}

function matchTag(html: string): Name | "br" | undefined {
  if (/^<br *\/?>$/i.test(html)) return "br";
  const name = /^<([a-z]+)>$/i.exec(html)?.[1]?.toLowerCase();
  return NAMES.find((known) => known === name);
}

function findEnd(nodes: readonly PhrasingContent[], from: number, name: Name): number {
  let depth = 0;
  for (let at = from; at < nodes.length; at++) {
    const node = nodes[at];
    if (node?.type !== "html") continue;
    const tag = node.value.toLowerCase();
    if (tag === `<${name}>`) depth += 1;
    else if (tag === `</${name}>`) depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}
