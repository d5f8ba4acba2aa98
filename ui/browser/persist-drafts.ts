import type { Chat } from "../chat.ts";
import { draftsItem } from "./storage.ts";

/** Returns the drafts of the last page load, by session. */
export function readDrafts(): Readonly<Record<string, string>> {
  try {
    const value: unknown = JSON.parse(draftsItem.read() ?? "{}");
    const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
    return Object.fromEntries(
      entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
  } catch {
    return {};
  }
}

/** Stores the drafts after each change. */
export function persistDrafts(chat: Chat): void {
  let stored = chat.state().drafts;
  chat.subscribe(() => {
    const { drafts } = chat.state();
    if (drafts === stored) return;
    stored = drafts;
    draftsItem.write(Object.keys(drafts).length === 0 ? "" : JSON.stringify(drafts));
  });
}
