/** Derives the title of a conversation from its first message, without a model. */
import type { UserMessage } from "../chat/types.ts";

/** Characters as a reader counts them. */
const MAX_LENGTH = 60;

/** Returns the first line that has letters or digits, cut between two words. */
export function titleOf({ text, attachments = [] }: Pick<UserMessage, "text" | "attachments">): string {
  const line = text.split(/\r?\n/).find((line) => /[\p{L}\p{N}]/u.test(line)) ?? attachments[0]?.name ?? "";
  const plain = line.replace(/[\p{Cc}\s]+/gu, " ").trim();
  const segments = [...new Intl.Segmenter().segment(plain.slice(0, 4 * MAX_LENGTH))].map(
    ({ segment }) => segment,
  );
  if (segments.length <= MAX_LENGTH) return segments.join("");
  const cut = segments.slice(0, MAX_LENGTH).join("");
  const space = cut.lastIndexOf(" ");
  return `${(space > MAX_LENGTH / 2 ? cut.slice(0, space) : cut).trimEnd()}…`;
}
