/** Finds earlier messages of the person for the message field. Pure. */

/**
 * Returns the message that an arrow key recalls, or the empty text after the latest; undefined when the key moves the cursor.
 * @param messages the earlier messages, oldest first
 * @param text the text in the field: only an empty one, or one that was recalled, is replaced
 * @param cursor its position in the text
 */
export function recallMessage(
  messages: readonly string[],
  key: string,
  text: string,
  recalled: number | undefined,
  cursor: number,
): { readonly at: number | undefined; readonly text: string } | undefined {
  const isRecalled = recalled !== undefined && messages[recalled] === text;
  if (text !== "" && !isRecalled) return undefined;
  if (key === "ArrowUp") {
    const at = (isRecalled ? recalled : messages.length) - 1;
    const earlier = messages[at];
    if (earlier === undefined || text.slice(0, cursor).includes("\n")) return undefined;
    return { at, text: earlier };
  }
  if (key !== "ArrowDown" || !isRecalled || text.slice(cursor).includes("\n")) return undefined;
  const later = messages[recalled + 1];
  return later === undefined ? { at: undefined, text: "" } : { at: recalled + 1, text: later };
}

/** Returns the texts without repetitions in a row. */
export function listMessages(texts: readonly string[]): readonly string[] {
  return texts.filter((text, at) => text !== "" && text !== texts[at + 1]);
}
