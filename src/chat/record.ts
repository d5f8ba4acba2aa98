/** What a turn has added so far: the messages for the history, and the sums its end reports. */
import type { AppError } from "../errors.ts";
import type { Answer } from "./answer.ts";
import type {
  AssistantMessage,
  AssistantPart,
  Message,
  MessageId,
  StopReason,
  ToolCall,
  ToolResult,
  TurnEnd,
} from "./types.ts";
import { addUsage, NO_USAGE } from "./usage.ts";

export interface Stamps {
  now(): Date;
  newId(): MessageId;
}

export class TurnRecord {
  readonly messages: Message[] = [];
  readonly calls: ToolCall[] = [];
  readonly results: ToolResult[] = [];
  readonly #texts: string[] = [];
  #usage = NO_USAGE;
  readonly #stamps: Stamps;
  readonly #model: string;

  constructor(message: string, model: string, stamps: Stamps) {
    this.#stamps = stamps;
    this.#model = model;
    this.messages.push({ role: "user", ...this.#stamp(), text: message });
  }

  /** All that was shown as text, in order. */
  showed(text: string): void {
    this.#texts.push(text);
  }

  get text(): string {
    return this.#texts.join("");
  }

  /** A model's answer, or what is kept of it. A blank one leaves no message: models refuse it in a history. */
  answered(
    answer: Answer,
    parts: readonly AssistantPart[],
    stopReason?: AssistantMessage["stopReason"],
  ): void {
    const usage = answer.end?.usage ?? NO_USAGE;
    this.#usage = addUsage(this.#usage, usage);
    if (parts.length === 0) return;
    this.messages.push({
      role: "assistant",
      ...this.#stamp(),
      parts,
      model: this.#model,
      usage,
      ...(stopReason && { stopReason }),
    });
  }

  /** An answer that asks for calls, and their results: added together, so that no history ever holds one without the other. */
  called(answer: Answer, results: readonly ToolResult[], note?: string): void {
    this.answered(answer, answer.parts);
    this.calls.push(...answer.calls);
    this.results.push(...results);
    this.messages.push({ role: "results", ...this.#stamp(), results, ...(note !== undefined && { note }) });
  }

  ended(stopReason: StopReason): TurnEnd {
    return { outcome: "answered", stopReason, model: this.#model, ...this.#sums() };
  }

  failed(error: AppError): TurnEnd {
    return { outcome: "failed", error, ...this.#sums() };
  }

  #sums() {
    const { text, calls, results, messages } = this;
    return { text, calls, results, usage: this.#usage, messages };
  }

  #stamp() {
    return { id: this.#stamps.newId(), at: this.#stamps.now().toISOString() };
  }
}
