/** What a turn has added so far: the messages for the history, and the sums its end reports. */
import type { AppError } from "../errors.ts";
import { notRun } from "./calls.ts";
import { INTERRUPTED } from "./interrupted.ts";
import type { Answer } from "./reply.ts";
import type {
  AssistantMessage,
  AssistantPart,
  Message,
  MessageId,
  ResultFile,
  Spent,
  Stamps,
  StopReason,
  ToolCall,
  ToolResult,
  TurnEnd,
  Usage,
  UserMessage,
  WaitingTurn,
} from "./types.ts";
import { addSpent, addUsage, NO_USAGE } from "./usage.ts";

export interface Asked {
  readonly message: string;
  readonly attachments?: readonly ResultFile[] | undefined;
}

export class TurnRecord {
  /** From the question on. */
  readonly messages: Message[] = [];
  /** Of the rounds that are complete. */
  readonly calls: ToolCall[] = [];
  readonly results: ToolResult[] = [];
  readonly #texts: string[] = [];
  readonly #stamps: Stamps;
  readonly #asked: string;
  /** The waiting for a person does not count. */
  readonly #begun: number;
  #spent: readonly Spent[] = [];
  /** The one that answered last. */
  #model: string;

  private constructor(model: string, stamps: Stamps) {
    this.#stamps = stamps;
    this.#begun = stamps.now().getTime();
    this.#asked = model;
    this.#model = model;
  }

  static begin(
    model: string,
    { message, attachments = [] }: Asked,
    stamps: Stamps,
  ): { readonly record: TurnRecord; readonly question: UserMessage } {
    const record = new TurnRecord(model, stamps);
    const files = attachments.length > 0 && { attachments };
    const question = { role: "user", ...record.#stamp(), text: message, ...files } as const;
    record.messages.push(question);
    return { record, question };
  }

  /** A turn that waited: `messages` are its own so far. */
  static goOn({ model, text }: WaitingTurn, messages: readonly Message[], stamps: Stamps): TurnRecord {
    const record = new TurnRecord(model, stamps);
    for (const message of messages) {
      record.messages.push(message);
      if (message.role === "assistant") record.#spend(message.model, message.usage);
      if (message.role === "results") record.results.push(...message.results);
    }
    record.calls.push(...messages.slice(0, -1).flatMap(callsOf));
    record.showed(text);
    return record;
  }

  /** All that was shown as text, in order. */
  showed(text: string): void {
    this.#texts.push(text);
  }

  get text(): string {
    return this.#texts.join("");
  }

  /** Rounds that are complete. */
  get rounds(): number {
    return this.messages.filter(({ role }) => role === "results").length;
  }

  /** Of an answer whose results are not there yet. */
  get openCalls(): readonly ToolCall[] {
    const last = this.messages.at(-1);
    return last === undefined ? [] : callsOf(last);
  }

  /** A model's answer, or what is kept of it. A blank one leaves no message: models refuse it in a history. */
  answered(
    answer: Answer,
    parts: readonly AssistantPart[],
    stopReason?: AssistantMessage["stopReason"],
  ): readonly Message[] {
    const usage = answer.end?.usage ?? NO_USAGE;
    const model = answer.end?.model ?? this.#asked;
    if (answer.end) this.#spend(model, usage);
    if (parts.length === 0) return [];
    return this.#add({
      role: "assistant",
      ...this.#stamp(),
      parts,
      model,
      usage,
      ...(stopReason && { stopReason }),
    });
  }

  /** The results of all open calls; those that have none are told to be interrupted. */
  called(results: readonly ToolResult[], note?: string): readonly Message[] {
    const calls = this.openCalls;
    if (calls.length === 0) return [];
    const all = calls.map(
      (call) => results.find(({ callId }) => callId === call.id) ?? notRun(call, INTERRUPTED),
    );
    this.calls.push(...calls);
    this.results.push(...all);
    return this.#add({
      role: "results",
      ...this.#stamp(),
      results: all,
      ...(note !== undefined && { note }),
    });
  }

  /** Seconds since the turn began or went on, and what its answers cost: models of unknown price nothing. */
  used(cost: (model: string, usage: Usage) => number | null): {
    readonly seconds: number;
    readonly usd: number;
  } {
    return {
      seconds: (this.#stamps.now().getTime() - this.#begun) / 1000,
      usd: this.#spent.reduce((sum, one) => sum + (cost(one.model, one.usage) ?? 0), 0),
    };
  }

  ended(stopReason: StopReason): TurnEnd {
    return { outcome: "answered", stopReason, model: this.#model, ...this.#sums() };
  }

  failed(error: AppError): TurnEnd {
    return { outcome: "failed", error, ...this.#sums() };
  }

  #add(message: Message): readonly Message[] {
    this.messages.push(message);
    return [message];
  }

  #spend(model: string, usage: Usage): void {
    this.#model = model;
    this.#spent = addSpent(this.#spent, { model, usage });
  }

  #sums() {
    const { text, calls, results } = this;
    const usage = this.#spent.reduce((sum, spent) => addUsage(sum, spent.usage), NO_USAGE);
    const endedAt = this.#stamps.now().toISOString();
    return { text, calls, results, usage, spent: this.#spent, endedAt };
  }

  #stamp() {
    return { id: this.#stamps.newId() as MessageId, at: this.#stamps.now().toISOString() };
  }
}

function callsOf(message: Message): readonly ToolCall[] {
  if (message.role !== "assistant") return [];
  return message.parts.flatMap((part) => (part.type === "call" ? [part.call] : []));
}
