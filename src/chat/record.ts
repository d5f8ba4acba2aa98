/** Records what a turn adds: its messages for the history, and the totals that its end reports. */
import type { AppError } from "../errors.ts";
import { createNotRunResult } from "./calls.ts";
import { INTERRUPTED_RESULT } from "./interrupted.ts";
import type { StampSource } from "./messages.ts";
import type { ReplyBuilder } from "./reply.ts";
import type {
  AssistantMessage,
  AssistantPart,
  DecidedRound,
  Message,
  MessageId,
  ModelUsage,
  ResultFile,
  StopReason,
  ToolCall,
  ToolResult,
  TurnEnd,
  Usage,
  UserMessage,
} from "./types.ts";
import { addModelUsage, addUsage, NO_USAGE } from "./usage.ts";

export interface UserInput {
  readonly message: string;
  readonly clientId?: string | undefined;
  readonly attachments?: readonly ResultFile[] | undefined;
}

export class TurnRecord {
  /** The messages of the turn, from its user message on. */
  readonly messages: Message[] = [];
  /** The calls of completed rounds. */
  readonly calls: ToolCall[] = [];
  readonly results: ToolResult[] = [];
  readonly #texts: string[] = [];
  readonly #stamps: StampSource;
  readonly #requestedModel: string;
  /** Milliseconds. Reset when the turn resumes, so that time spent waiting for approval does not count. */
  readonly #startedAt: number;
  #spent: readonly ModelUsage[] = [];
  #lastUsage: Usage | undefined;
  /** The model that replied last. */
  #model: string;

  private constructor(model: string, stamps: StampSource) {
    this.#stamps = stamps;
    this.#startedAt = stamps.now().getTime();
    this.#requestedModel = model;
    this.#model = model;
  }

  static start(
    model: string,
    { message, clientId, attachments = [] }: UserInput,
    stamps: StampSource,
  ): { readonly record: TurnRecord; readonly userMessage: UserMessage } {
    const record = new TurnRecord(model, stamps);
    const files = attachments.length > 0 && { attachments };
    const named = clientId !== undefined && { clientId };
    const userMessage = {
      role: "user",
      ...record.#createStamp(),
      text: message,
      ...named,
      ...files,
    } as const;
    record.messages.push(userMessage);
    return { record, userMessage };
  }

  /** Restores the record of a suspended turn from its own messages so far. */
  static resume(
    { model, text }: DecidedRound,
    messages: readonly Message[],
    stamps: StampSource,
  ): TurnRecord {
    const record = new TurnRecord(model, stamps);
    for (const message of messages) {
      record.messages.push(message);
      if (message.role === "assistant") record.#addUsage(message.model, message.usage);
      if (message.role === "results") record.results.push(...message.results);
    }
    record.calls.push(...messages.slice(0, -1).flatMap(callsIn));
    record.appendText(text);
    return record;
  }

  /** Adds text that was streamed to the client. */
  appendText(text: string): void {
    this.#texts.push(text);
  }

  get text(): string {
    return this.#texts.join("");
  }

  /** The number of completed rounds. */
  get rounds(): number {
    return this.messages.filter(({ role }) => role === "results").length;
  }

  /** The calls of the last message that have no results yet. */
  get openCalls(): readonly ToolCall[] {
    const last = this.messages.at(-1);
    return last === undefined ? [] : callsIn(last);
  }

  /**
   * Adds the usage of a reply and a message with the given parts. Without parts it adds no message, because models reject
   * blank ones in a history.
   */
  addReply(
    reply: ReplyBuilder,
    parts: readonly AssistantPart[],
    stopReason?: AssistantMessage["stopReason"],
  ): readonly Message[] {
    const usage = reply.end?.usage ?? NO_USAGE;
    const model = reply.end?.model ?? this.#requestedModel;
    if (reply.end) this.#addUsage(model, usage);
    if (parts.length === 0) return [];
    return this.#add({
      role: "assistant",
      ...this.#createStamp(),
      parts,
      model,
      usage,
      ...(stopReason && { stopReason }),
    });
  }

  /** Adds the results of all open calls. A call without a result counts as interrupted. */
  addResults(results: readonly ToolResult[], note?: string): readonly Message[] {
    const calls = this.openCalls;
    if (calls.length === 0) return [];
    const all = calls.map(
      (call) =>
        results.find(({ callId }) => callId === call.id) ?? createNotRunResult(call, INTERRUPTED_RESULT),
    );
    this.calls.push(...calls);
    this.results.push(...all);
    return this.#add({
      role: "results",
      ...this.#createStamp(),
      results: all,
      ...(note !== undefined && { note }),
    });
  }

  /** Returns the seconds since the turn started or resumed, and its cost. */
  consumption(cost: (model: string, usage: Usage) => number): {
    readonly seconds: number;
    readonly usd: number;
  } {
    return {
      seconds: (this.#stamps.now().getTime() - this.#startedAt) / 1000,
      usd: this.#spent.reduce((sum, one) => sum + cost(one.model, one.usage), 0),
    };
  }

  createEnd(stopReason: StopReason): TurnEnd {
    return { outcome: "answered", stopReason, model: this.#model, ...this.#totals() };
  }

  createFailedEnd(error: AppError): TurnEnd {
    return { outcome: "failed", error, ...this.#totals() };
  }

  #add(message: Message): readonly Message[] {
    this.messages.push(message);
    return [message];
  }

  #addUsage(model: string, usage: Usage): void {
    this.#model = model;
    this.#lastUsage = usage;
    this.#spent = addModelUsage(this.#spent, { model, usage });
  }

  #totals() {
    const { text, calls, results } = this;
    const usage = this.#spent.reduce((sum, spent) => addUsage(sum, spent.usage), NO_USAGE);
    const endedAt = this.#stamps.now().toISOString();
    const last = this.#lastUsage && { lastUsage: this.#lastUsage };
    return { text, calls, results, usage, spent: this.#spent, ...last, endedAt };
  }

  #createStamp() {
    return { id: this.#stamps.newId() as MessageId, at: this.#stamps.now().toISOString() };
  }
}

function callsIn(message: Message): readonly ToolCall[] {
  if (message.role !== "assistant") return [];
  return message.parts.flatMap((part) => (part.type === "call" ? [part.call] : []));
}
