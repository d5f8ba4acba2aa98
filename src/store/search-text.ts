/** Searches sessions for a text, ignoring case. */
import type { Message } from "../chat/types.ts";

/**
 * Normalises a text for comparison. Upper case has fewer variants than lower case: ß becomes SS, both lower-case sigmas become Σ.
 * NFC gives each accented letter one form.
 */
export function foldCase(text: string): string {
  return text.normalize("NFC").toUpperCase();
}

/** Returns the case-folded text of a user message or reply, or undefined for tool results, which are not searched. */
export function searchableText(message: Message): string | undefined {
  if (message.role === "user") return foldCase(message.text);
  if (message.role === "results") return undefined;
  return foldCase(message.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n"));
}

/** Returns whether the title or a message contains `searchText`, which is case-folded. */
export function matchesSearch(title: string, messages: readonly Message[], searchText: string): boolean {
  return (
    searchText === "" ||
    foldCase(title).includes(searchText) ||
    messages.some((message) => searchableText(message)?.includes(searchText))
  );
}
