/** The text or reasoning message of a run that is open. The protocol allows one at a time. */
import type { TurnId } from "../../chat/types.ts";
import type { RunEvent } from "./types.ts";

const SERVER_ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}-\d+$/;

/** Returns whether a message has an id of {@link OpenMessage.newId}. */
export function isServerId(id: string): boolean {
  return SERVER_ID.test(id);
}

export class OpenMessage {
  #count = 0;
  #open: { readonly kind: "text" | "reasoning"; readonly messageId: string } | undefined;

  newId(turnId: TurnId): string {
    this.#count += 1;
    return `${turnId}-${this.#count}`;
  }

  /** Returns the id of the open text message. */
  get textId(): string | undefined {
    return this.#open?.kind === "text" ? this.#open.messageId : undefined;
  }

  /** Continues the open text message, or ends what is open and starts one. */
  text(delta: string, turnId: TurnId): readonly RunEvent[] {
    if (this.#open?.kind === "text")
      return [{ type: "TEXT_MESSAGE_CONTENT", messageId: this.#open.messageId, delta }];
    // A blank line separates two rounds where a turn is shown as one text. It starts no message.
    if (delta.trim() === "") return [];
    const ended = this.end();
    const messageId = this.newId(turnId);
    this.#open = { kind: "text", messageId };
    return [
      ...ended,
      { type: "TEXT_MESSAGE_START", messageId, role: "assistant" },
      { type: "TEXT_MESSAGE_CONTENT", messageId, delta },
    ];
  }

  reasoning(delta: string, turnId: TurnId): readonly RunEvent[] {
    if (this.#open?.kind === "reasoning")
      return [{ type: "REASONING_MESSAGE_CONTENT", messageId: this.#open.messageId, delta }];
    const ended = this.end();
    const messageId = this.newId(turnId);
    this.#open = { kind: "reasoning", messageId };
    return [
      ...ended,
      { type: "REASONING_START", messageId },
      { type: "REASONING_MESSAGE_START", messageId, role: "reasoning" },
      { type: "REASONING_MESSAGE_CONTENT", messageId, delta },
    ];
  }

  /** Ends the open message, if any. */
  end(): readonly RunEvent[] {
    if (!this.#open) return [];
    const { kind, messageId } = this.#open;
    this.#open = undefined;
    if (kind === "text") return [{ type: "TEXT_MESSAGE_END", messageId }];
    return [
      { type: "REASONING_MESSAGE_END", messageId },
      { type: "REASONING_END", messageId },
    ];
  }
}
