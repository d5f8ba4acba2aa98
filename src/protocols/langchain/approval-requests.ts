/** Requests for approval that were told to clients of contract 002, one for each call, and what became of them. */

import { derivedId } from "../../access/derived-id.ts";
import { isAccessible } from "../../access/ownership.ts";
import type { Caller, CallerId } from "../../access/types.ts";
import type { WaitingTurn } from "../../chat/types.ts";
import { AppError } from "../../errors.ts";
import type { LiveSession } from "../../sessions/live-session.ts";
import type { AskedApproval } from "./codec.ts";

export type ApprovalStatus = "pending" | "approved" | "rejected" | "cancelled" | "expired";

export interface Asked extends AskedApproval {
  /** As its client calls it. */
  readonly sessionName: string;
  readonly session: LiveSession;
  /** Of all the calls of the round. */
  readonly approvalId: string;
  readonly owner: CallerId;
  status: ApprovalStatus;
}

/** Beyond so many the oldest is forgotten. */
const MOST = 10_000;

export class AskedApprovals {
  readonly #asked = new Map<string, Asked>();

  /** Those of its calls that nobody was asked about before. */
  ask(
    turn: WaitingTurn,
    session: LiveSession,
    sessionName: string,
    timeoutSeconds: number,
  ): readonly Asked[] {
    const { id: approvalId, calls, expiresAt } = turn.approval;
    return calls.flatMap((held) => {
      const id = derivedId([approvalId, held.call.id]);
      if (this.#asked.has(id)) return [];
      const asked: Asked = {
        id,
        held,
        expiresAt,
        timeoutSeconds,
        sessionName,
        session,
        approvalId,
        owner: session.owner,
        status: "pending",
      };
      this.#asked.set(id, asked);
      const [oldest] = this.#asked.keys();
      if (this.#asked.size > MOST && oldest !== undefined) this.#asked.delete(oldest);
      return [asked];
    });
  }

  /** Nobody will be asked any more: the turn goes on, or has ended. */
  close(requests: readonly Asked[]): void {
    for (const asked of requests) if (asked.status === "pending") asked.status = "expired";
  }

  /** Undefined: there is none, or it is somebody else's. */
  find(id: string, caller: Caller): Asked | undefined {
    const asked = this.#asked.get(id);
    return asked && isAccessible(asked.owner, caller) ? asked : undefined;
  }

  /** Those of a session, or of all that are the caller's own. */
  pending(caller: Caller, sessionName: string | undefined): readonly Asked[] {
    return [...this.#asked.values()].filter(
      (asked) =>
        asked.status === "pending" &&
        (sessionName === undefined
          ? asked.owner === caller.id
          : asked.sessionName === sessionName && isAccessible(asked.owner, caller)),
    );
  }

  /** False: it is pending no more. */
  async decide(
    asked: Asked,
    status: "approved" | "rejected" | "cancelled",
    reason?: string,
  ): Promise<boolean> {
    if (asked.status !== "pending") return false;
    asked.status = status;
    try {
      await asked.session.approve({
        approvalId: asked.approvalId,
        approved: status === "approved",
        forSession: false,
        callIds: [asked.held.call.id],
        ...(reason !== undefined && { reason }),
      });
      return true;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "approval_not_found") throw error;
      asked.status = "expired";
      return false;
    }
  }
}
