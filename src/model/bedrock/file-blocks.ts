/** Converts the files of a user message to Converse's image and document blocks. */
import type { InlineFile } from "../../chat/attachments/types.ts";
import type { Capabilities } from "../capabilities.ts";
import type { ContentBlock } from "./types.ts";

/**
 * Returns the blocks of the files that the model supports; omits the others.
 * @param usedNames the document names of this request so far; new names are added.
 */
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
 * Returns a name that Converse accepts: ASCII letters and digits, single spaces, hyphens, parentheses and square
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
