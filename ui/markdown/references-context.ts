import { createContext, useContext } from "react";
import type { Block } from "./document.ts";
import type { Definition, FootnoteDefinition, RootContent } from "./nodes.ts";
import { visit } from "./references.ts";

/** What the references of a text refer to. */
export interface References {
  /** Addresses by identifier. */
  readonly links: ReadonlyMap<string, string>;
  /** Numbers of footnotes by identifier, in the order of their first reference. */
  readonly footnotes: ReadonlyMap<string, number>;
  /** Unique for each text: ids of elements begin with it. */
  readonly id: string;
}

const Context = createContext<References>({ links: new Map(), footnotes: new Map(), id: "" });
export const ReferencesProvider = Context.Provider;
export const useReferences = () => useContext(Context);

export function findReferences(blocks: readonly Block[], id: string): References {
  const links = new Map<string, string>();
  const footnotes = new Map<string, number>();
  for (const { nodes, pieces } of blocks) {
    if (pieces.some((piece) => piece.links.size > 0)) addLinks(nodes, links);
    for (const label of pieces.flatMap(({ calls }) => calls))
      if (!footnotes.has(label)) footnotes.set(label, footnotes.size + 1);
  }
  return { links, footnotes, id };
}

/** The first definition of a label counts. */
function addLinks(nodes: readonly RootContent[], links: Map<string, string>): void {
  const add = ({ identifier, url }: Definition) => links.has(identifier) || links.set(identifier, url);
  visit(nodes, (node) => node.type === "definition" && add(node));
}

/** Returns the footnotes that the text refers to, in the order of their numbers. */
export function findFootnotes(
  blocks: readonly Block[],
  { footnotes }: References,
): readonly FootnoteDefinition[] {
  if (footnotes.size === 0) return [];
  const found = new Map<string, FootnoteDefinition>();
  const add = (node: FootnoteDefinition) => found.has(node.identifier) || found.set(node.identifier, node);
  for (const { nodes, pieces } of blocks)
    if (pieces.some((piece) => piece.footnotes.size > 0))
      visit(nodes, (node) => node.type === "footnoteDefinition" && add(node));
  return [...footnotes.keys()].flatMap((label) => found.get(label) ?? []);
}
