/**
 * Labels of link definitions and footnotes. The parser reads `[text][label]` as a link only if it knows the label, which another piece
 * of the text may define.
 */
import type { Nodes } from "./nodes.ts";

/** Labels are identifiers in the sense of mdast: lower case, single spaces. */
export interface Labels {
  readonly links: ReadonlySet<string>;
  readonly footnotes: ReadonlySet<string>;
  /** The text still grows: a footnote or a reference with a label that is not defined yet counts as defined. */
  readonly isLive: boolean;
}

const FOOTNOTE_CALL = /\[\^([^\s[\]]{1,80})\]/g;

/** Matches `[text][label]` and `[label][]`. Not `a[i][j]`. */
const FULL_REFERENCE = /(?<![\w\]\\])\[(?!\^)([^[\]]{1,200})\]\[([^[\]]{0,80})\]/g;

/** Returns Markdown that defines the labels that a piece of text mentions, and ends with a block that nothing continues. */
export function definitionsFor(text: string, { links, footnotes, isLive }: Labels): string {
  if (!text.includes("[")) return "";
  const searched = normalize(text);
  const referred = isLive ? findReferred(text) : [];
  const known = [...links].filter((label) => searched.includes(label));
  const mentioned = [...new Set([...known, ...referred])].map((label) => `[${label}]: <>`);
  const called = [...searched.matchAll(FOOTNOTE_CALL)].map(([, label = ""]) => label);
  const notes = [...new Set(called)].filter((label) => isLive || footnotes.has(label));
  const definitions = [...mentioned, ...notes.map((label) => `[^${label}]: x`)];
  return definitions.length === 0 ? "" : `${definitions.join("\n\n")}\n\n***\n\n`;
}

/** Returns the labels of the references in a text that cannot be anything else. */
export function findReferred(text: string): readonly string[] {
  const found = normalize(text).matchAll(FULL_REFERENCE);
  return Array.from(found, ([, content = "", label = ""]) => (label === "" ? content : label));
}

function normalize(text: string): string {
  return text.replace(/\s+/g, " ").toLowerCase().toUpperCase().toLowerCase();
}

/** Adds what the nodes define to the sets. */
export function collectLabels(nodes: readonly Nodes[], links: Set<string>, footnotes: Set<string>): void {
  visit(nodes, (node) => {
    // `[^a]: b` would define a footnote.
    if (node.type === "definition" && !node.identifier.startsWith("^")) links.add(node.identifier);
    if (node.type === "footnoteDefinition") footnotes.add(node.identifier);
  });
}

/** Calls `callback` for each node of the trees, in the order of the text. */
export function visit(nodes: readonly Nodes[], callback: (node: Nodes) => void): void {
  for (const node of nodes) {
    callback(node);
    if ("children" in node) visit(node.children, callback);
  }
}
