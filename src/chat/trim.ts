/** Which part of a session's history a model call gets to see. Pure; the stored history is never touched. */
import type { Message } from "./types.ts";

export interface TrimLimits {
  /** Messages the model may see. */
  readonly maxMessages: number;
  /** Estimated tokens ({@link estimateTokens}) the messages may take. */
  readonly maxTokens: number;
}

/**
 * The newest part of `history` that fits beside `current` (the running turn, which is always seen whole). Cuts only
 * before a user message, so a call is never separated from its result and the model always begins with a user turn.
 */
export function trim(
  history: readonly Message[],
  current: readonly Message[],
  { maxMessages, maxTokens }: TrimLimits,
): readonly Message[] {
  let messages = current.length;
  let tokens = current.reduce((sum, message) => sum + estimateTokens(message), 0);
  let start = history.length;
  for (let index = history.length - 1; index >= 0; index--) {
    const message = history[index] as Message;
    messages += 1;
    tokens += estimateTokens(message);
    if (messages > maxMessages || tokens > maxTokens) break;
    if (message.role === "user") start = index;
  }
  // Always a list of its own: the turn goes on growing while a model may still be reading this one.
  return [...history.slice(start), ...current];
}

/** Tokens of a text by the rule of thumb of four characters each: cheap, and on the safe side for JSON and prose in English. */
export function estimateTextTokens(characters: number): number {
  return Math.ceil(characters / 4);
}

export function estimateTokens(message: Message): number {
  return estimateTextTokens(characters(message));
}

function characters(message: Message): number {
  switch (message.role) {
    case "user":
      return message.text.length;
    case "results":
      return message.results.reduce((sum, result) => sum + result.content.length, 0);
    case "assistant":
      return message.parts.reduce((sum, part) => sum + partCharacters(part), 0);
  }
}

function partCharacters(part: Extract<Message, { role: "assistant" }>["parts"][number]): number {
  if (part.type !== "call") return part.text.length;
  const values = Object.values(part.call.arguments);
  return values.reduce<number>((sum, value) => sum + (typeof value === "string" ? value.length : 16), 16);
}
