/** What a turn has added so far: the messages for the history, and the sums its end reports. */
import type { AppError } from "../errors.ts";
import type { Answer } from "./answer.ts";
import type {
  AssistantMessage,
  AssistantPart,
  Message,
  MessageId,
  ResultFile,
  Spent,
  StopReason,
  ToolCall,
  ToolResult,
  TurnEnd,
  Usage,
} from "./types.ts";
import { addSpent, addUsage, NO_USAGE } from "./usage.ts";

export interface Stamps {
  now(): Date;
  newId(): MessageId;
}

export interface Asked {
  readonly message: string;
  readonly attachments?: readonly ResultFile[] | undefined;
  readonly model: string;
}

export class TurnRecord {
  readonly messages: Message[] = [];
  readonly calls: ToolCall[] = [];
  readonly results: ToolResult[] = [];
  readonly #texts: string[] = [];
  readonly #stamps: Stamps;
  #spent: readonly Spent[] = [];
  readonly #asked: string;
  /** The one that answered last. */
  #model: string;

  readonly #begun: number;

  constructor({ message, attachments = [], model }: Asked, stamps: Stamps) {
    this.#stamps = stamps;
    this.#begun = stamps.now().getTime();
    this.#asked = model;
    this.#model = model;
    const files = attachments.length > 0 && { attachments };
    this.messages.push({ role: "user", ...this.#stamp(), text: message, ...files });
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
    const model = answer.end?.model ?? this.#asked;
    if (answer.end) {
      this.#model = model;
      this.#spent = addSpent(this.#spent, { model, usage });
    }
    if (parts.length === 0) return;
    this.messages.push({
      role: "assistant",
      ...this.#stamp(),
      parts,
      model,
      usage,
      ...(stopReason && { stopReason }),
    });
  }

  /** Seconds since the turn began, and what its answers cost, `answer` the last: models of unknown price nothing. */
  used(
    answer: Answer,
    cost: (model: string, usage: Usage) => number | null,
  ): { readonly seconds: number; readonly usd: number } {
    const { usage = NO_USAGE, model = this.#asked } = answer.end ?? {};
    const spent = addSpent(this.#spent, { model, usage });
    return {
      seconds: (this.#stamps.now().getTime() - this.#begun) / 1000,
      usd: spent.reduce((sum, one) => sum + (cost(one.model, one.usage) ?? 0), 0),
    };
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
    const usage = this.#spent.reduce((sum, spent) => addUsage(sum, spent.usage), NO_USAGE);
    return { text, calls, results, usage, spent: this.#spent, messages };
  }

  #stamp() {
    return { id: this.#stamps.newId(), at: this.#stamps.now().toISOString() };
  }
}
