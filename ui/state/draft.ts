/** The text in the message field. Each conversation has its own, and so has the one that has not begun. */
import type { ChatState } from "./types.ts";

/** The key of the conversation that has not begun: the server has no session for it yet. */
const NEW = "";

/** Drafts beyond this number are dropped, the one that changed longest ago first. */
const MAX_DRAFTS = 30;

export function draftOf(state: ChatState): string {
  return state.drafts[keyOf(state)] ?? "";
}

export function withDraft(state: ChatState, text: string): ChatState {
  const { [keyOf(state)]: _, ...others } = state.drafts;
  if (text === "") return { ...state, drafts: others };
  const kept = Object.entries(others).slice(1 - MAX_DRAFTS);
  return { ...state, drafts: { ...Object.fromEntries(kept), [keyOf(state)]: text } };
}

/** Puts a text before the draft, for example a message that was not sent. */
export function prependToDraft(state: ChatState, text: string): ChatState {
  if (text === "") return state;
  return withDraft(state, [text, draftOf(state)].filter((part) => part !== "").join("\n\n"));
}

/** Keeps the draft in the field when the conversation gets another session, for example by its first message. */
export function moveDraft(before: ChatState, after: ChatState): ChatState {
  const key = keyOf(before);
  if (key === keyOf(after)) return after;
  const { [key]: text = "", ...drafts } = after.drafts;
  return withDraft({ ...after, drafts }, text);
}

function keyOf({ session, opening, entries }: ChatState): string {
  return opening !== undefined || entries.length > 0 ? (session?.id ?? NEW) : NEW;
}
