/** Texts as they are compared when sessions are searched. */
import type { Message } from "../chat/types.ts";

/** Upper case has fewer forms than lower case (ß is SS, both lower sigmas are Σ), and one form of each accented letter. */
export function foldCase(text: string): string {
  return text.normalize("NFC").toUpperCase();
}

/** Folded: what the user or the assistant said. Undefined: nothing that is searched. */
export function searchableText(message: Message): string | undefined {
  if (message.role === "user") return foldCase(message.text);
  if (message.role === "results") return undefined;
  return foldCase(message.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n"));
}
