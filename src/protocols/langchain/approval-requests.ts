/** The approval requests that langchain clients received, one for each call, with their status. */
import type { AuditLog } from "../../access/audit/types.ts";
import { deriveId } from "../../access/derived-id.ts";
import { checkOwner, isAccessible } from "../../access/ownership.ts";
import type { Caller, CallerId } from "../../access/types.ts";
import type { WaitingTurn } from "../../chat/types.ts";
import { AppError } from "../../errors.ts";
import type { LiveSession } from "../../sessions/live-session.ts";
import type { ProtocolState } from "../shared/protocol-state.ts";
import type { ApprovalRequestFields } from "./event-codec.ts";

export type ApprovalStatus = "pending" | "approved" | "rejected" | "cancelled" | "expired";

export interface ApprovalRequest extends ApprovalRequestFields {
  /** The name that the client uses for the session. */
  readonly sessionName: string;
  readonly session: LiveSession;
  /** Identifies the approval of all calls of the round. */
  readonly approvalId: string;
  readonly owner: CallerId;
  status: ApprovalStatus;
}

/** Limit of remembered requests; the oldest is dropped first. */
const MAX_REQUESTS = 10_000;

export const approvalRequests: ProtocolState<ApprovalRequests> = {
  create: ({ audit }) => new ApprovalRequests(audit),
};

export class ApprovalRequests {
  readonly #requests = new Map<string, ApprovalRequest>();
  readonly #audit: AuditLog;

  constructor(audit: AuditLog) {
    this.#audit = audit;
  }

  /** Opens a request for each call of a waiting turn, and returns the new ones. */
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

  /** Marks open requests as expired, once their turn has ended. */
  expire(requests: readonly ApprovalRequest[]): void {
    for (const request of requests) if (request.status === "pending") request.status = "expired";
  }

  /** Returns undefined when there is no such request, or the caller may not see it. */
  find(id: string, caller: Caller): ApprovalRequest | undefined {
    const request = this.#requests.get(id);
    if (!request) return undefined;
    const object = { owner: request.owner, name: `approval ${id}` };
    return checkOwner({ audit: this.#audit }, object, caller) ? request : undefined;
  }

  /** Returns the open requests of the named session, or all of the caller's. */
  listPending(caller: Caller, sessionName: string | undefined): readonly ApprovalRequest[] {
    return [...this.#requests.values()].filter(
      (request) =>
        request.status === "pending" &&
        (sessionName === undefined
          ? request.owner === caller.id
          : request.sessionName === sessionName && isAccessible(request.owner, caller)),
    );
  }

  /** Passes the decision to the session. Returns false when the request is no longer pending. */
  async decide(
    request: ApprovalRequest,
    caller: Caller,
    status: "approved" | "rejected" | "cancelled",
    reason?: string,
  ): Promise<boolean> {
    if (request.status !== "pending") return false;
    request.status = status;
    try {
      await request.session.decideApproval({
        caller,
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
