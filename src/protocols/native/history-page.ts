/** Cuts a page of whole turns out of a history. Pure. */
import type { Message } from "../../chat/types.ts";
import type { MessageRange, StoredSession } from "../../store/types.ts";

/** Messages of whole turns: the first one is a user message, except at the beginning of the history. */
export interface HistoryPage {
  readonly messages: readonly Message[];
  /** The number of older messages. */
  readonly skipped: number;
  /** The user message before the page. */
  readonly after: Message | undefined;
}

export interface PageRange {
  /** The position at which the page ends, counted from 0. Default: the end of the history. */
  readonly before?: number | undefined;
  /** The page has at most this many messages, unless its turn has more. */
  readonly limit: number;
}

/** Messages that are read in addition, to find the user message before the page. */
const MARGIN = 50;

export interface FoundPage {
  readonly stored: StoredSession;
  readonly page: HistoryPage;
}

/** Reads a page. `read` returns messages of a session. It is called again with a larger number when a turn is longer. */
export async function readHistoryPage(
  read: (range: MessageRange) => Promise<StoredSession | undefined>,
  { before, limit }: PageRange,
): Promise<FoundPage | undefined> {
  for (let extra = MARGIN; ; extra *= 4) {
    const stored = await read({ newest: limit + extra, ...(before !== undefined && { before }) });
    if (!stored) return undefined;
    const page = cutPage(stored.messages, stored.skipped, limit);
    if (page) return { stored, page };
  }
}

/** Returns undefined when the messages do not reach back far enough. */
function cutPage(messages: readonly Message[], skipped: number, limit: number): HistoryPage | undefined {
  if (skipped === 0 && messages.length <= limit) return { messages, skipped: 0, after: undefined };
  const questions = messages.flatMap(({ role }, index) => (role === "user" ? [index] : []));
  // The message before the first question of the page must be known too.
  const known = skipped === 0 ? questions : questions.slice(1);
  const start = known.find((index) => index >= messages.length - limit) ?? known.at(-1);
  if (start === undefined) return skipped === 0 ? { messages, skipped: 0, after: undefined } : undefined;
  const after = messages.slice(0, start).findLast(({ role }) => role === "user");
  return { messages: messages.slice(start), skipped: skipped + start, after };
}

/** Encodes where a page is in its history. Nothing for a page that begins with the history. */
export function encodePosition({ skipped, after }: HistoryPage) {
  return skipped === 0 ? {} : { skipped, after: after?.id ?? null, after_at: after?.at ?? "" };
}
