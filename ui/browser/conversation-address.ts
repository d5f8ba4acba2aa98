/** The addresses of conversations and messages: `?conversation=ID#MESSAGE`. The other parameters of the page stay. */
import type { Chat } from "../chat.ts";
import type { ChatState } from "../state/types.ts";
import { sessionItem } from "./storage.ts";

const PARAMETER = "conversation";

export interface Address {
  readonly session: string | undefined;
  readonly messageId: string | undefined;
}

export function readAddress(): Address {
  const url = new URL(location.href);
  return {
    session: url.searchParams.get(PARAMETER) || undefined,
    messageId: decodeURIComponent(url.hash.slice(1)) || undefined,
  };
}

/** Returns the address of a conversation, or of the page for a new one. */
export function resolveAddress(session: string | undefined, messageId?: string): string {
  const url = new URL(location.href);
  if (session === undefined) url.searchParams.delete(PARAMETER);
  else url.searchParams.set(PARAMETER, session);
  url.hash = messageId === undefined ? "" : encodeURIComponent(messageId);
  return url.href;
}

const SHARED = "share";

/** Returns the id of the shared conversation that the address names. */
export function readSharedId(): string | undefined {
  return new URL(location.href).searchParams.get(SHARED) || undefined;
}

/** Returns the link to a shared conversation. */
export function resolveSharedAddress(id: string): string {
  const url = new URL(location.href);
  url.search = "";
  url.searchParams.set(SHARED, id);
  url.hash = "";
  return url.href;
}

/** Returns the session to open at first. In a frame the address is that of the host page, so the last session continues. */
export function firstAddress(): Address {
  const address = readAddress();
  return isFramed && address.session === undefined ? { ...address, session: sessionItem.read() } : address;
}

/** Keeps the address of the page and the conversation in step, in both directions. */
export function syncAddress(chat: Chat): void {
  let shown = readAddress().session;
  /** The browser has changed the address, which stays as it is. */
  let isStepping = false;
  chat.subscribe(() => {
    const state = chat.state();
    const current = currentSessionId(state);
    if (current === shown) return;
    shown = current;
    sessionItem.write(current ?? "");
    if (isStepping) return;
    // A conversation gets its session with its first message, and another one when the first is gone: no step of the user.
    const isStep = state.opening === "chosen" || state.session === undefined;
    const messageId = typeof state.sought === "object" ? state.sought.messageId : undefined;
    go(resolveAddress(current, messageId), isStep);
  });
  window.addEventListener("popstate", () => {
    const { session, messageId } = readAddress();
    if (session !== shown) {
      isStepping = true;
      chat.openSession(session, messageId);
      isStepping = false;
    } else if (messageId !== undefined) chat.seek({ messageId });
  });
}

/** Shows a message of the current conversation, and makes its address that of the page. */
export function goToMessage(chat: Chat, messageId: string): void {
  go(resolveAddress(readAddress().session, messageId), readAddress().messageId !== messageId);
  chat.seek({ messageId });
}

const isFramed = window.parent !== window;

/** A page in a frame adds no steps to the history of its host. */
function go(address: string, isStep: boolean): void {
  if (isStep && !isFramed) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
}

/** Returns the session of the address. A conversation without messages has none. */
function currentSessionId({ session, opening, entries, missing }: ChatState): string | undefined {
  return opening !== undefined || entries.length > 0 ? session?.id : missing;
}
