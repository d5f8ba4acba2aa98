/** The vocabulary of live sessions. */
import type { TurnPermit } from "../access/limits/types.ts";
import type { Caller } from "../access/types.ts";
import type { ApprovalDecision } from "../chat/approval.ts";
import type { ToolCall, WaitingTurn } from "../chat/types.ts";
import type { App } from "../context.ts";
import type { Lease, StoredSession } from "../store/types.ts";
import type { TurnApp, TurnStart } from "../turns/types.ts";

/** The members of the app that a session uses. */
export type SessionApp = TurnApp & Pick<App, "bus" | "isDemoModel" | "sleep" | "store">;

export interface SessionDecision extends ApprovalDecision {
  /** Who decides. */
  readonly caller: Caller;
  readonly approvalId: string;
  /** Calls of the approved operations need no further approval in this session. */
  readonly forSession: boolean;
}

/** A person's change of the arguments of one pending call. */
export interface SessionEdit {
  /** Who edits. */
  readonly caller: Caller;
  readonly approvalId: string;
  readonly callId: string;
  readonly arguments: ToolCall["arguments"];
}

/** A turn that can run: this process holds the lease of the session. */
export interface StartedTurn {
  readonly lease: Lease;
  /** The session before the turn. */
  readonly stored: StoredSession;
  /** The number of stored messages before the turn, when it replaces those after them. */
  readonly replaceFrom?: number | undefined;
  readonly start: TurnStart;
  /** Undefined for a turn that goes on after its approval. */
  readonly permit?: TurnPermit;
}

/** A turn that runs here, or a request that waits for the lease of the session. */
export interface ActiveRun {
  readonly abort: AbortController;
  /** Resolves when the run is over. Never rejects. */
  readonly done: Promise<void>;
  /** Identifies the request, if the run began with one. */
  readonly requestId?: unknown;
}

/**
 * The life of a session in memory:
 *
 * ```
 *            start                suspend, end
 *   idle ────────────▶ running ────────────────▶ awaiting-approval
 *    ▲                  │   ▲                            │
 *    └──────────────────┘   └────────────────────────────┘
 *            end                  start (decided, expired or stopped)
 * ```
 *
 * A turn of another process can lead from `idle` to `awaiting-approval` and back. Every state can be left for `closed`, when the
 * session leaves memory; a session that is used again is `idle`.
 */
export type SessionState =
  | { readonly name: "idle" }
  | { readonly name: "running"; readonly run: ActiveRun }
  | { readonly name: "awaiting-approval"; readonly turn: WaitingTurn }
  | { readonly name: "closed" };
