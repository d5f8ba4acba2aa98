/**
 * Leaves the questions that a guardrail has blocked out of later requests. A guardrail assesses all messages of a request, so a
 * blocked question in the history would block every later one. The stored history keeps it. `guardContent` for the newest
 * question would have the same effect, but changes the beginning of the next request, which the model caches.
 */
import type { Message, UserMessage } from "../../chat/types.ts";
import type { ModelRequest } from "../types.ts";

/** Questions that are remembered, the newest ones. Clients that keep the history do not send why a reply ended. */
const MAX_QUESTIONS = 1000;

export class BlockedQuestions {
  readonly #hashes = new Set<string>();

  /** Remembers the newest question of a request that the guardrail has blocked. */
  add({ messages }: Pick<ModelRequest, "messages">): void {
    const question = messages.findLast((message): message is UserMessage => message.role === "user");
    if (!question) return;
    this.#hashes.add(hashOf(question));
    for (const oldest of this.#hashes) {
      if (this.#hashes.size <= MAX_QUESTIONS) break;
      this.#hashes.delete(oldest);
    }
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
      const isBlocked = message.role === "assistant" && message.stopReason === "guardrail";
      if (isBlocked) for (const one of exchange) dropped.add(one);
      else if (question.some((piece) => dropped.has(piece))) for (const one of exchange) dropped.add(one);
    }
    return dropped.size === 0 ? messages : messages.filter((message) => !dropped.has(message));
  }
}

function hashOf({ text }: UserMessage): string {
  return Bun.hash(text).toString(36);
}
