/** Remembers which requests people were asked about. The client keeps the history, so nothing else shows what they approve. */
import { keyScope } from "../../access/ownership.ts";
import { hashShort } from "../../access/short-hash.ts";
import type { Caller } from "../../access/types.ts";
import type { Decision, PendingCall } from "../../chat/types.ts";
import { AppError } from "../../errors.ts";
import type { ProtocolState } from "../shared/protocol-state.ts";

/** Calls remembered; the oldest are forgotten first. */
const MAX_CALLS = 10_000;

export class OpenQuestions {
  /** Hash of the caller and of a call's id, which a client may choose → fingerprints of the questions without an answer, the newest last. */
  readonly #open = new Map<string, readonly string[]>();

  /** Remembers the questions about calls. Calls without a fingerprint need no approval: the client runs them. */
  add(calls: readonly PendingCall[], caller: Caller): void {
    for (const { call, fingerprint } of calls) {
      if (fingerprint === undefined) continue;
      const key = keyOf(call.id, caller);
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
  answer(decisions: readonly Decision[], caller: Caller): readonly Decision[] {
    const isAnswered = ({ callId }: Decision) => this.#open.get(keyOf(callId, caller))?.length === 0;
    if (decisions.some((decision) => decision.outcome === "approved" && isAnswered(decision)))
      throw new AppError("approval_not_found", "These calls were decided on already.");
    return decisions.map((decision) => ({
      ...decision,
      fingerprint: this.#take(keyOf(decision.callId, caller)),
    }));
  }

  #take(key: string): string {
    const open = this.#open.get(key);
    if (open) this.#open.set(key, open.slice(0, -1));
    return open?.at(-1) ?? "";
  }
}

function keyOf(callId: string, caller: Caller): string {
  return hashShort(`${keyScope(caller)}${callId}`);
}

export const openQuestions: ProtocolState<OpenQuestions> = { create: () => new OpenQuestions() };
