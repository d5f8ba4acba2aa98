import type { Chat } from "../chat.ts";
import { draftOf } from "../state/draft.ts";
import { queueItem } from "./storage.ts";

/**
 * Restores the queue after a reload of the page, and stores it after each change. Attachments are not stored. A message
 * that had some returns to the draft, and so does a message that the server may already have.
 */
export function persistQueue(chat: Chat): void {
  const messages = readQueue();
  for (const { text, isToEdit } of messages) if (!isToEdit) chat.send(text);
  const editableTexts = messages.filter(({ isToEdit }) => isToEdit).map(({ text }) => text);
  if (editableTexts.length > 0) {
    const draft = draftOf(chat.state());
    chat.draft([...editableTexts, draft].filter((text) => text !== "").join("\n\n"));
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

function writeQueue(queue: Queue): void {
  const messages = queue.map(({ text, attachments, isUnconfirmed }) => ({
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
