/** Remembers which approvals were used. The client keeps the history, so nothing else shows that a call was approved before. */
import { hashShort } from "../../access/short-hash.ts";
import type { ProtocolState } from "../shared/protocol-state.ts";

/** Approvals remembered; the oldest are forgotten first. */
const MAX_APPROVALS = 100_000;

export class UsedApprovals {
  readonly #keys = new Set<string>();

  /** Returns false when the call of this thread was approved before. */
  claim(threadId: string, callId: string): boolean {
    const key = hashShort(JSON.stringify([threadId, callId]));
    if (this.#keys.has(key)) return false;
    this.#keys.add(key);
    const [oldest] = this.#keys;
    if (this.#keys.size > MAX_APPROVALS && oldest !== undefined) this.#keys.delete(oldest);
    return true;
  }
}

export const usedApprovals: ProtocolState<UsedApprovals> = { create: () => new UsedApprovals() };
