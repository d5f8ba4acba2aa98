import type { Chat } from "../chat.ts";
import { draft, waitingMessages } from "./storage.ts";

/**
 * Messages that could not go out yet survive a reload of the page. Files do not: a message that had some is not sent
 * without them, its text goes back to where it is written; so does one that the server may have already.
 */
export function rememberWaiting(chat: Chat): void {
  const messages = remembered();
  for (const { text, isToEdit } of messages) if (!isToEdit) chat.ask(text);
  const unfinished = messages.filter(({ isToEdit }) => isToEdit).map(({ text }) => text);
  if (unfinished.length > 0) {
    draft.write([...unfinished, draft.read() ?? ""].filter((text) => text !== "").join("\n\n"));
    write(chat.state().waiting);
  }
  let known = chat.state().waiting;
  chat.subscribe(() => {
    const { waiting } = chat.state();
    if (waiting === known) return;
    known = waiting;
    write(waiting);
  });
}

type Waiting = ReturnType<Chat["state"]>["waiting"];

function write(waiting: Waiting): void {
  const messages = waiting.map(({ text, attachments, isUnsure }) => ({
    text,
    isToEdit: attachments !== undefined || isUnsure === true,
  }));
  waitingMessages.write(messages.length === 0 ? "" : JSON.stringify(messages));
}

function remembered(): readonly { readonly text: string; readonly isToEdit: boolean }[] {
  try {
    const value: unknown = JSON.parse(waitingMessages.read() ?? "[]");
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
