/** A conversation as dialects show it that know nothing of calls: what the person said, and one answer to it. Pure. */
import type { Message, ModelUsage, Usage } from "../../chat/types.ts";

export interface DialogueMessage {
  readonly id: string;
  readonly role: "user" | "assistant";
  readonly content: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** Of an answer: what each of its model calls used. */
  readonly spent: readonly ModelUsage[];
}

/** All rounds of a turn are one answer, its texts apart as they were shown. */
export function toDialogue(messages: readonly Message[]): readonly DialogueMessage[] {
  const entries: DialogueMessage[] = [];
  for (const message of messages) {
    if (message.role === "results") continue;
    const { id, at } = message;
    if (message.role === "user") {
      entries.push({ id, role: "user", content: message.text, at, spent: [] });
      continue;
    }
    const text = message.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("");
    const spent = [{ model: message.model, usage: message.usage }];
    const last = entries.at(-1);
    if (last?.role !== "assistant") {
      entries.push({ id, role: "assistant", content: text, at, spent });
      continue;
    }
    const separator = last.content === "" || text === "" || last.content.endsWith("\n") ? "" : "\n\n";
    entries[entries.length - 1] = {
      ...last,
      content: `${last.content}${separator}${text}`,
      at,
      spent: [...last.spent, ...spent],
    };
  }
  return entries;
}

/** Of several model calls; what was read from and written to the cache counts as input, for dialects that know no cache. */
export function sumTokens(usages: readonly Usage[]): { readonly input: number; readonly output: number } {
  return usages.reduce(
    (sum, { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens }) => ({
      input: sum.input + inputTokens + cacheReadTokens + cacheWriteTokens,
      output: sum.output + outputTokens,
    }),
    { input: 0, output: 0 },
  );
}
