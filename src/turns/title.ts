/** What a conversation is called in a list: made from what was asked first, without a model's help. */
import type { UserMessage } from "../chat/types.ts";

const MAX_LENGTH = 60;

/** The first line that says something, cut between two words. */
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
