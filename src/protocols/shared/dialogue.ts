/** A conversation as dialects show it that know nothing of calls: what the person said, and one answer to it. Pure. */
import type { Message, Spent, Usage } from "../../chat/types.ts";

export interface Said {
  readonly id: string;
  readonly role: "user" | "assistant";
  readonly content: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** Of an answer: what each of its model calls used. */
  readonly spent: readonly Spent[];
}

/** All rounds of a turn are one answer, its texts apart as they were shown. */
export function dialogue(messages: readonly Message[]): readonly Said[] {
  const said: Said[] = [];
  for (const message of messages) {
    if (message.role === "results") continue;
    const { id, at } = message;
    if (message.role === "user") {
      said.push({ id, role: "user", content: message.text, at, spent: [] });
      continue;
    }
    const text = message.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("");
    const spent = [{ model: message.model, usage: message.usage }];
    const last = said.at(-1);
    if (last?.role !== "assistant") {
      said.push({ id, role: "assistant", content: text, at, spent });
      continue;
    }
    const apart = last.content === "" || text === "" || last.content.endsWith("\n") ? "" : "\n\n";
    said[said.length - 1] = {
      ...last,
      content: `${last.content}${apart}${text}`,
      at,
      spent: [...last.spent, ...spent],
    };
  }
  return said;
}

/** Of several model calls; what was read from and written to the cache counts as input, for dialects that know no cache. */
export function tokensOf(usages: readonly Usage[]): { readonly input: number; readonly output: number } {
  return usages.reduce(
    (sum, { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens }) => ({
      input: sum.input + inputTokens + cacheReadTokens + cacheWriteTokens,
      output: sum.output + outputTokens,
    }),
    { input: 0, output: 0 },
  );
}
