/** Summarizes a session between its turns, in the background and one summary at a time. Failures do not affect turns. */
import type { Model } from "../../model/types.ts";
import {
  attachmentLimits,
  estimateAttachmentTokens,
  planAttachments,
} from "../attachments/plan-attachments.ts";
import { estimateTokens } from "../tokens.ts";
import type { ModelUsage, SessionId } from "../types.ts";
import {
  countMessagesToRead,
  type HistorySummary,
  type HistoryWindow,
  historyWindow,
} from "./history-window.ts";
import { countMessagesToSummarize, summarize } from "./summary.ts";
import type { TrimStrategy } from "./trim.ts";

export interface SummarizerSettings {
  readonly summarize: boolean;
  readonly summarizeAfter: number | undefined;
  readonly summarizeKeep: number | undefined;
  readonly summaryModel: string | undefined;
  readonly maxConversationMessages: number;
  readonly maxMessageSize: number;
  readonly conversationStrategy: TrimStrategy;
}

export interface SummarizerPorts {
  readonly store: {
    /** Returns at least the `newest` messages, or undefined when nothing is stored. */
    read(
      id: SessionId,
      options: { readonly newest: number },
    ): Promise<
      | (Pick<HistoryWindow, "messages" | "skipped"> & { readonly summary?: HistorySummary | undefined })
      | undefined
    >;
    summarize(id: SessionId, summary: HistorySummary & { readonly at: string }): Promise<void>;
  };
  readonly model: Pick<Model, "stream" | "limits">;
  readonly now: () => Date;
  readonly onUsage: (spent: readonly ModelUsage[]) => void;
  readonly onError: (error: unknown) => void;
}

export class Summarizer {
  readonly #session: SessionId;
  readonly #settings: SummarizerSettings;
  readonly #ports: SummarizerPorts;
  #running: { readonly abort: AbortController; readonly done: Promise<void> } | undefined;

  constructor(session: SessionId, settings: SummarizerSettings, ports: SummarizerPorts) {
    this.#session = session;
    this.#settings = settings;
    this.#ports = ports;
  }

  /**
   * Starts a summary in the background if one is due.
   * @param maxTokens estimated tokens available for the messages of `model`.
   */
  onTurnEnd(model: string, maxTokens: number, caller: string): void {
    if (!this.#settings.summarize || this.#running) return;
    const abort = new AbortController();
    const done = this.#summarize(model, maxTokens, caller, abort.signal)
      .catch((error: unknown) => {
        if (!abort.signal.aborted) this.#ports.onError(error);
      })
      .finally(() => {
        if (this.#running?.abort === abort) this.#running = undefined;
      });
    this.#running = { abort, done };
  }

  /** Aborts a running summary, drops it, and resolves when it has ended. */
  async stop(): Promise<void> {
    this.#running?.abort.abort();
    await this.#running?.done;
  }

  async #summarize(model: string, maxTokens: number, caller: string, signal: AbortSignal): Promise<void> {
    const { store, now } = this.#ports;
    const { summaryModel = model, maxConversationMessages, summarizeAfter, summarizeKeep } = this.#settings;
    const after = Math.min(summarizeAfter ?? maxConversationMessages, maxConversationMessages);
    const keep = Math.min(summarizeKeep ?? Math.floor(after / 2), after - 1);
    const stored = await store.read(this.#session, { newest: countMessagesToRead(maxConversationMessages) });
    if (!stored) return;
    const { messages, skipped } = historyWindow(stored, stored.summary);
    const limits = this.#ports.model.limits(model);
    const fileLimits = attachmentLimits(limits, maxTokens, maxTokens, this.#settings.maxMessageSize);
    const attachments = planAttachments(messages, fileLimits, () => true);
    const count = countMessagesToSummarize(messages, {
      strategy: this.#settings.conversationStrategy,
      after,
      keep,
      maxTokens,
      tokensOf: (message) => estimateTokens(message) + estimateAttachmentTokens(message, attachments),
    });
    if (count === 0) return;
    const input = {
      previous: stored.summary?.text,
      messages: messages.slice(0, count),
      model: summaryModel,
      // A caller of its own, so that a summary does not take the place of the user's turns in the queue.
      caller: `${caller} notes`,
      session: this.#session,
    };
    const { text, spent } = await summarize(input, this.#ports.model, signal);
    this.#ports.onUsage(spent);
    if (signal.aborted) return;
    if (text === "") throw new Error("The model returned an empty summary.");
    await store.summarize(this.#session, { through: skipped + count, text, at: now().toISOString() });
  }
}
