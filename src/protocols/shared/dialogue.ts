/** A conversation without tool calls: user messages and one reply to each. Pure. */
import type { Message, ModelUsage, Usage } from "../../chat/types.ts";

export interface DialogueMessage {
  readonly id: string;
  readonly role: "user" | "assistant";
  readonly content: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** The usage of each model call of a reply. */
  readonly spent: readonly ModelUsage[];
}

/** Joins the rounds of a turn to one reply, separated as they were streamed. */
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

/** Adds up tokens. Cached tokens count as input, for protocols without cache fields. */
export function sumTokens(usages: readonly Usage[]): { readonly input: number; readonly output: number } {
  return usages.reduce(
    (sum, { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens }) => ({
      input: sum.input + inputTokens + cacheReadTokens + cacheWriteTokens,
      output: sum.output + outputTokens,
    }),
    { input: 0, output: 0 },
  );
}
