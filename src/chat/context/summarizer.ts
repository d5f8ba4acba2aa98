/** Takes notes between the turns of a session: in the background, one at a time, and whatever goes wrong no turn knows of it. */
import type { Model } from "../../model/types.ts";
import { sightLimits, sightsOf, sightTokens } from "../attachments/plan-attachments.ts";
import { estimateTokens } from "../tokens.ts";
import type { SessionId, Spent } from "../types.ts";
import { type History, type Notes, newestNeeded, visibleHistory } from "./history-window.ts";
import { dueForNotes, takeNotes } from "./summary.ts";
import type { TrimStrategy } from "./trim.ts";

export interface NoteSettings {
  readonly summarize: boolean;
  readonly summarizeAfter: number | undefined;
  readonly summarizeKeep: number | undefined;
  readonly summaryModel: string | undefined;
  readonly maxConversationMessages: number;
  readonly maxMessageSize: number;
  readonly conversationStrategy: TrimStrategy;
}

export interface NotePorts {
  readonly store: {
    /** Returns at least the `newest` messages; undefined when nothing is stored. */
    read(
      id: SessionId,
      options: { readonly newest: number },
    ): Promise<
      (Pick<History, "messages" | "skipped"> & { readonly summary?: Notes | undefined }) | undefined
    >;
    summarize(id: SessionId, summary: Notes & { readonly at: string }): Promise<void>;
  };
  readonly model: Pick<Model, "stream" | "limits">;
  readonly now: () => Date;
  readonly spent: (spent: readonly Spent[]) => void;
  readonly failed: (error: unknown) => void;
}

export class NoteTaker {
  readonly #session: SessionId;
  readonly #settings: NoteSettings;
  readonly #ports: NotePorts;
  #work: { readonly abort: AbortController; readonly done: Promise<void> } | undefined;

  constructor(session: SessionId, settings: NoteSettings, ports: NotePorts) {
    this.#session = session;
    this.#settings = settings;
    this.#ports = ports;
  }

  /** A turn is over; returns at once. `maxTokens`: estimated, what there is for the messages of `model`. */
  turnEnded(model: string, maxTokens: number, caller: string): void {
    if (!this.#settings.summarize || this.#work) return;
    const abort = new AbortController();
    const done = this.#take(model, maxTokens, caller, abort.signal)
      .catch((error: unknown) => {
        if (!abort.signal.aborted) this.#ports.failed(error);
      })
      .finally(() => {
        if (this.#work?.abort === abort) this.#work = undefined;
      });
    this.#work = { abort, done };
  }

  /** Resolves when no notes are being taken; those that were begun are dropped. */
  async stop(): Promise<void> {
    this.#work?.abort.abort();
    await this.#work?.done;
  }

  async #take(model: string, maxTokens: number, caller: string, signal: AbortSignal): Promise<void> {
    const { store, now } = this.#ports;
    const { summaryModel = model, maxConversationMessages, summarizeAfter, summarizeKeep } = this.#settings;
    const after = Math.min(summarizeAfter ?? maxConversationMessages, maxConversationMessages);
    const keep = Math.min(summarizeKeep ?? Math.floor(after / 2), after - 1);
    const stored = await store.read(this.#session, { newest: newestNeeded(maxConversationMessages) });
    if (!stored) return;
    const { messages, skipped } = visibleHistory(stored, stored.summary);
    const limits = this.#ports.model.limits(model);
    const seen = sightLimits(limits, maxTokens, maxTokens, this.#settings.maxMessageSize);
    const sights = sightsOf(messages, seen, () => true);
    const count = dueForNotes(messages, {
      strategy: this.#settings.conversationStrategy,
      after,
      keep,
      maxTokens,
      tokensOf: (message) => estimateTokens(message) + sightTokens(message, sights),
    });
    if (count === 0) return;
    const input = {
      previous: stored.summary?.text,
      messages: messages.slice(0, count),
      model: summaryModel,
      // Not in the place of the person's own turns, where calls have to wait.
      caller: `${caller} notes`,
      session: this.#session,
    };
    const { text, spent } = await takeNotes(input, this.#ports.model, signal);
    this.#ports.spent(spent);
    if (signal.aborted) return;
    if (text === "") throw new Error("The model wrote no notes.");
    await store.summarize(this.#session, { through: skipped + count, text, at: now().toISOString() });
  }
}
