/** Requests for approval that were told to clients of contract 002, one for each call, and what became of them. */

import { deriveId } from "../../access/derived-id.ts";
import { isAccessible } from "../../access/ownership.ts";
import type { Caller, CallerId } from "../../access/types.ts";
import type { WaitingTurn } from "../../chat/types.ts";
import { AppError } from "../../errors.ts";
import type { LiveSession } from "../../sessions/live-session.ts";
import type { ApprovalRequestFields } from "./codec.ts";

export type ApprovalStatus = "pending" | "approved" | "rejected" | "cancelled" | "expired";

export interface ApprovalRequest extends ApprovalRequestFields {
  /** As its client calls it. */
  readonly sessionName: string;
  readonly session: LiveSession;
  /** Of all the calls of the round. */
  readonly approvalId: string;
  readonly owner: CallerId;
  status: ApprovalStatus;
}

/** Beyond so many the oldest is forgotten. */
const MAX_REQUESTS = 10_000;

export class ApprovalRequests {
  readonly #requests = new Map<string, ApprovalRequest>();

  /** Those of its calls that nobody was asked about before. */
  open(
    turn: WaitingTurn,
    session: LiveSession,
    sessionName: string,
    timeoutSeconds: number,
  ): readonly ApprovalRequest[] {
    const { id: approvalId, calls, expiresAt } = turn.approval;
    return calls.flatMap((pendingCall) => {
      const id = deriveId([approvalId, pendingCall.call.id]);
      if (this.#requests.has(id)) return [];
      const request: ApprovalRequest = {
        id,
        pendingCall,
        expiresAt,
        timeoutSeconds,
        sessionName,
        session,
        approvalId,
        owner: session.owner,
        status: "pending",
      };
      this.#requests.set(id, request);
      const [oldest] = this.#requests.keys();
      if (this.#requests.size > MAX_REQUESTS && oldest !== undefined) this.#requests.delete(oldest);
      return [request];
    });
  }

  /** Nobody will be asked any more: the turn goes on, or has ended. */
  expire(requests: readonly ApprovalRequest[]): void {
    for (const request of requests) if (request.status === "pending") request.status = "expired";
  }

  /** Undefined: there is none, or it is somebody else's. */
  find(id: string, caller: Caller): ApprovalRequest | undefined {
    const request = this.#requests.get(id);
    return request && isAccessible(request.owner, caller) ? request : undefined;
  }

  /** Those of a session, or of all that are the caller's own. */
  listPending(caller: Caller, sessionName: string | undefined): readonly ApprovalRequest[] {
    return [...this.#requests.values()].filter(
      (request) =>
        request.status === "pending" &&
        (sessionName === undefined
          ? request.owner === caller.id
          : request.sessionName === sessionName && isAccessible(request.owner, caller)),
    );
  }

  /** False: it is pending no more. */
  async decide(
    request: ApprovalRequest,
    status: "approved" | "rejected" | "cancelled",
    reason?: string,
  ): Promise<boolean> {
    if (request.status !== "pending") return false;
    request.status = status;
    try {
      await request.session.decideApproval({
        approvalId: request.approvalId,
        approved: status === "approved",
        forSession: false,
        callIds: [request.pendingCall.call.id],
        ...(reason !== undefined && { reason }),
      });
      return true;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "approval_not_found") throw error;
      request.status = "expired";
      return false;
    }
  }
}
