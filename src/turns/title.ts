/** What a conversation is called in a list: made from what was asked first, without a model's help. */
import type { UserMessage } from "../chat/types.ts";

const LONGEST = 60;

/** The first line that says something, cut between two words. */
export function titleOf({ text, attachments = [] }: Pick<UserMessage, "text" | "attachments">): string {
  const line = text.split(/\r?\n/).find((line) => /[\p{L}\p{N}]/u.test(line)) ?? attachments[0]?.name ?? "";
  const plain = line.replace(/[\p{Cc}\s]+/gu, " ").trim();
  const segments = [...new Intl.Segmenter().segment(plain.slice(0, 4 * LONGEST))].map(
    ({ segment }) => segment,
  );
  if (segments.length <= LONGEST) return segments.join("");
  const cut = segments.slice(0, LONGEST).join("");
  const space = cut.lastIndexOf(" ");
  return `${(space > LONGEST / 2 ? cut.slice(0, space) : cut).trimEnd()}…`;
}
