/** Remembers which requests people were asked about. The client keeps the history, so nothing else shows what they approve. */
import { hashShort } from "../../access/short-hash.ts";
import type { Decision, PendingCall } from "../../chat/types.ts";
import { AppError } from "../../errors.ts";
import type { ProtocolState } from "../shared/protocol-state.ts";

/** Calls remembered; the oldest are forgotten first. */
const MAX_CALLS = 10_000;

export class OpenQuestions {
  /** Hash of a call's id, which a client may choose → fingerprints of the questions without an answer, the newest last. */
  readonly #open = new Map<string, readonly string[]>();

  /** Remembers the questions about calls. Calls without a fingerprint need no approval: the client runs them. */
  add(calls: readonly PendingCall[]): void {
    for (const { call, fingerprint } of calls) {
      if (fingerprint === undefined) continue;
      const key = hashShort(call.id);
      const open = this.#open.get(key) ?? [];
      this.#open.delete(key);
      this.#open.set(key, [...open, fingerprint]);
      const [oldest] = this.#open.keys();
      if (this.#open.size > MAX_CALLS && oldest !== undefined) this.#open.delete(oldest);
    }
  }

  /**
   * Binds decisions to the requests that were shown, and uses their questions. An approval without a known question fits no
   * request: the person is asked again.
   * @throws AppError `approval_not_found` when a question that is approved was answered before: its call must not run twice.
   */
  answer(decisions: readonly Decision[]): readonly Decision[] {
    const isAnswered = ({ callId }: Decision) => this.#open.get(hashShort(callId))?.length === 0;
    if (decisions.some((decision) => decision.outcome === "approved" && isAnswered(decision)))
      throw new AppError("approval_not_found", "These calls were decided on already.");
    return decisions.map((decision) => ({ ...decision, fingerprint: this.#take(decision.callId) }));
  }

  #take(callId: string): string {
    const key = hashShort(callId);
    const open = this.#open.get(key);
    if (open) this.#open.set(key, open.slice(0, -1));
    return open?.at(-1) ?? "";
  }
}

export const openQuestions: ProtocolState<OpenQuestions> = { create: () => new OpenQuestions() };
