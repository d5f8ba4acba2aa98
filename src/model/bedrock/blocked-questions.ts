/**
 * Leaves the questions that a guardrail has blocked out of later requests. A guardrail assesses all messages of a request, so a
 * blocked question in the history would block every later one. The stored history keeps it. `guardContent` for the newest
 * question would have the same effect, but changes the beginning of the next request, which the model caches.
 */
import type { Message, UserMessage } from "../../chat/types.ts";
import type { ModelRequest } from "../types.ts";

/** Questions that are remembered, the newest ones. Clients that keep the history do not send why a reply ended. */
const MAX_QUESTIONS = 1000;
/** Texts of guardrails that are remembered: one for questions and one for replies each, and changes of them. */
const MAX_REPLIES = 20;
/** The maximum length of a guardrail's text: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_CreateGuardrail.html */
const MAX_REPLY_LENGTH = 500;

export class BlockedQuestions {
  readonly #hashes = new Set<string>();
  /** What the guardrail replies to blocked questions. After a restart it identifies those of earlier processes. */
  readonly #replies = new Set<string>();

  /** Remembers the newest question of a request that the guardrail has blocked, and the reply. */
  add({ messages }: Pick<ModelRequest, "messages">, reply: string): void {
    if (reply.trim() !== "" && reply.length <= MAX_REPLY_LENGTH)
      addBounded(this.#replies, reply, MAX_REPLIES);
    const question = messages.findLast((message): message is UserMessage => message.role === "user");
    if (question) addBounded(this.#hashes, hashOf(question), MAX_QUESTIONS);
  }

  /** Returns the request without earlier blocked questions and their replies. */
  leaveOut(request: ModelRequest): ModelRequest {
    const { messages, refit } = request;
    return {
      ...request,
      messages: this.#filter(messages),
      ...(refit && {
        refit: (limits) => {
          const refitted = refit(limits);
          return refitted && this.#filter(refitted);
        },
      }),
    };
  }

  #isBlocked(message: Message): boolean {
    if (message.role !== "assistant") return false;
    const text = message.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
    return message.stopReason === "guardrail" || this.#replies.has(text);
  }

  #filter(messages: readonly Message[]): readonly Message[] {
    const newest = messages.findLastIndex(({ role }) => role === "user");
    const dropped = new Set<Message>();
    let question: readonly UserMessage[] = [];
    let exchange: Message[] = [];
    for (const message of messages.slice(0, newest)) {
      if (message.role === "user") {
        // A long message is sent in pieces, which have its id.
        question = question.at(-1)?.id === message.id ? [...question, message] : [message];
        exchange = [...question];
        if (this.#hashes.has(hashOf(message))) dropped.add(message);
        continue;
      }
      exchange.push(message);
      if (this.#isBlocked(message)) for (const one of exchange) dropped.add(one);
      else if (question.some((piece) => dropped.has(piece))) for (const one of exchange) dropped.add(one);
    }
    return dropped.size === 0 ? messages : messages.filter((message) => !dropped.has(message));
  }
}

/** Adds a value, and removes the oldest ones beyond the limit. */
function addBounded(values: Set<string>, value: string, limit: number): void {
  values.add(value);
  for (const oldest of values) {
    if (values.size <= limit) break;
    values.delete(oldest);
  }
}

function hashOf({ text }: UserMessage): string {
  return Bun.hash(text).toString(36);
}
