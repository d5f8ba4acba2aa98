/** What screen readers read of a reply that streams: finished sentences, as plain text. Pure. */
import { isLive } from "./state/reply.ts";
import type { Entry } from "./state/types.ts";

export interface Spoken {
  readonly replyId: string | undefined;
  /** The text part that is read, counted without other parts, and the characters of it that were read. */
  readonly part: number;
  readonly end: number;
  /** A code fence is open. Code is not read. */
  readonly isCode: boolean;
  readonly sentences: readonly Sentence[];
}

interface Sentence {
  /** Counts the sentences of a reply. */
  readonly id: number;
  readonly text: string;
}

/** Sentences that stay on the page. Screen readers have read earlier ones. */
const MAX_SENTENCES = 20;

export const NOTHING_SPOKEN: Spoken = { replyId: undefined, part: 0, end: 0, isCode: false, sentences: [] };

/** Adds the sentences that have been finished since. Returns `before` if there are none. A reply of the history is not read. */
export function speak(before: Spoken, last: Entry | undefined): Spoken {
  if (last?.kind !== "reply") return NOTHING_SPOKEN;
  if (last.id !== before.replyId && !isLive(last)) return NOTHING_SPOKEN;
  let spoken = last.id === before.replyId ? before : { ...NOTHING_SPOKEN, replyId: last.id };
  const texts = last.parts.flatMap((part) => (part.type === "text" ? [part.text] : []));
  const isGrowing = isLive(last) && last.parts.at(-1)?.type === "text";
  for (let at = spoken.part; at < texts.length; at += 1) {
    const text = texts[at] ?? "";
    const from = at === spoken.part ? spoken.end : 0;
    const end = isGrowing && at === texts.length - 1 ? findSentenceEnd(text, from) : text.length;
    if (end > from) spoken = addPiece({ ...spoken, part: at, end }, text.slice(from, end));
  }
  return spoken;
}

/** Characters at the end of a text that may hold the end of a sentence: earlier ones were searched when they arrived. */
const MAX_SEARCHED = 1000;

/** Returns the position after the last sentence or line that is finished; `from` if none is. */
function findSentenceEnd(text: string, from: number): number {
  for (let at = text.length; at > Math.max(from, text.length - MAX_SEARCHED); at -= 1) {
    const [last = "", before = ""] = [text[at - 1], text[at - 2]];
    if (last === "\n" || "。！？".includes(last)) return at;
    if (last === " " && ".!?؟…:".includes(before) && !/(?:^|\n)\s*\d+\. $/.test(text.slice(from, at)))
      return at;
  }
  return from;
}

function addPiece(spoken: Spoken, piece: string): Spoken {
  let { isCode } = spoken;
  const lines: string[] = [];
  for (const line of piece.split("\n")) {
    const isFence = /^\s*(?:```|~~~)/.test(line);
    if (isFence) isCode = !isCode;
    else if (!isCode) lines.push(toPlainText(line));
  }
  const text = lines.filter(Boolean).join(" ");
  if (text === "") return { ...spoken, isCode };
  const id = (spoken.sentences.at(-1)?.id ?? 0) + 1;
  return { ...spoken, isCode, sentences: [...spoken.sentences, { id, text }].slice(-MAX_SENTENCES) };
}

/** Returns a line of Markdown without its syntax. Each pattern ends at the next beginning of its own, so that no line is slow. */
function toPlainText(line: string): string {
  if (/^[\s|:-]*$/.test(line)) return "";
  const cells = line.trim().startsWith("|") ? line.replace(/^\s*\||\|\s*$/g, "").replaceAll("|", ",") : line;
  return cells
    .replace(/^\s*(?:(?:>|#{1,6}|[-*+]|\d+[.)])\s+)+(?:\[[ x]\]\s+)?/i, "")
    .replace(/\[\^[^[\]]*\]:?/g, "")
    .replace(/!?\[([^[\]]*)\]\([^()]*\)/g, "$1")
    .replace(/<\/?[a-z][^<>]*>/gi, " ")
    .replace(/\*\*|__|~~|`|(?<!\w)[*_]|[*_](?!\w)/g, "")
    .replace(/\s+/g, " ")
    .replace(/ ,/g, ",")
    .trim();
}
