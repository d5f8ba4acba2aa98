/** Files of a user message as Converse's blocks. */
import type { InlineFile } from "../../chat/attachments/types.ts";
import type { Capabilities } from "../capabilities.ts";
import type { ContentBlock } from "./types.ts";

/** `names`: those that documents of this request have already; each is added. Files the model does not read stay away. */
export function toFileBlocks(
  files: readonly InlineFile[],
  { images, documents }: Capabilities,
  usedNames: Set<string>,
): readonly ContentBlock[] {
  return files.flatMap(({ name, contents, bytes }): readonly ContentBlock[] => {
    const source = { bytes };
    if (contents.kind === "image") return images ? [{ image: { format: contents.format, source } }] : [];
    const { format } = contents;
    if (!documents || format === undefined) return [];
    return [{ document: { format, name: uniqueName(sanitizeDocumentName(name), usedNames), source } }];
  });
}

/**
 * The name as far as Converse takes it: letters and digits of ASCII, single spaces, hyphens, parentheses and square
 * brackets. Never empty.
 */
export function sanitizeDocumentName(name: string): string {
  const legal = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^a-zA-Z0-9()[\]-]+/g, " ")
    .slice(0, 100)
    .trim();
  return legal === "" ? "document" : legal;
}

function uniqueName(name: string, usedNames: Set<string>): string {
  let unique = name;
  for (let count = 2; usedNames.has(unique); count += 1) unique = `${name} (${count})`;
  usedNames.add(unique);
  return unique;
}
