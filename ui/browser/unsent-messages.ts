import type { Chat } from "../chat.ts";
import { draftItem, queueItem } from "./storage.ts";

/**
 * Messages that could not go out yet survive a reload of the page. Files do not: a message that had some is not sent
 * without them, its text goes back to where it is written; so does one that the server may have already.
 */
export function persistQueue(chat: Chat): void {
  const messages = readQueue();
  for (const { text, isToEdit } of messages) if (!isToEdit) chat.send(text);
  const editableTexts = messages.filter(({ isToEdit }) => isToEdit).map(({ text }) => text);
  if (editableTexts.length > 0) {
    draftItem.write([...editableTexts, draftItem.read() ?? ""].filter((text) => text !== "").join("\n\n"));
    writeQueue(chat.state().queue);
  }
  let storedQueue = chat.state().queue;
  chat.subscribe(() => {
    const { queue } = chat.state();
    if (queue === storedQueue) return;
    storedQueue = queue;
    writeQueue(queue);
  });
}

type Queue = ReturnType<Chat["state"]>["queue"];

function writeQueue(waiting: Queue): void {
  const messages = waiting.map(({ text, attachments, isUnconfirmed }) => ({
    text,
    isToEdit: attachments !== undefined || isUnconfirmed === true,
  }));
  queueItem.write(messages.length === 0 ? "" : JSON.stringify(messages));
}

function readQueue(): readonly { readonly text: string; readonly isToEdit: boolean }[] {
  try {
    const value: unknown = JSON.parse(queueItem.read() ?? "[]");
    return Array.isArray(value) ? value.filter(isMessage) : [];
  } catch {
    return [];
  }
}

function isMessage(value: unknown): value is { text: string; isToEdit: boolean } {
  return (
    typeof value === "object" &&
    value !== null &&
    "text" in value &&
    typeof value.text === "string" &&
    "isToEdit" in value &&
    typeof value.isToEdit === "boolean"
  );
}
