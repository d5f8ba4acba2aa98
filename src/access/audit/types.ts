/** The types of the audit log: who did what, when, and what was refused. */
import type { Caller } from "../types.ts";

/** The client that an entry is about. */
export interface AuditActor {
  /** Undefined until it is identified. */
  readonly caller?: Caller | undefined;
  /** The network address; empty when it is unknown. */
  readonly address: string;
  /** The id of the HTTP request or of the upgrade to a WebSocket. */
  readonly request: string;
}

/** Where an entry belongs. */
export interface AuditScope {
  readonly session?: string | undefined;
  readonly turn?: string | undefined;
}

/** Why a call was sent: no approval is needed, a person approved it, or a person allowed the operation for the conversation. */
export type AuditApproval = "not-needed" | "person" | "conversation";

/** One entry of the log. Its texts hold neither credentials nor content of conversations. */
export type AuditEntry = AuditScope &
  (
    | { readonly event: "turn_started" }
    /** `outcome`: a stop reason, or the code of an error. */
    | { readonly event: "turn_ended"; readonly outcome: string }
    | {
        readonly event: "tool_call";
        readonly tool: string;
        /** `GET /orders/{id}`, or `tool NAME` for a tool that is no operation. */
        readonly operation: string | undefined;
        readonly status: "ok" | "failed";
        readonly httpStatus?: number | undefined;
        readonly durationMs: number;
        /** A person's approval is that of the entry's client. */
        readonly approval: AuditApproval;
        /** Recorded as `--audit-arguments` says. */
        readonly arguments: Readonly<Record<string, unknown>>;
      }
    | {
        readonly event: "model_call";
        readonly model: string;
        readonly inputTokens: number;
        readonly outputTokens: number;
        readonly cacheReadTokens: number;
        readonly cacheWriteTokens: number;
        /** Null when the price is unknown, or the call failed. */
        readonly costUsd: number | null;
        /** `failed` when the call broke off. */
        readonly outcome: string;
      }
    /** A request to an agent of Amazon Bedrock. `outcome`: as of a turn. */
    | { readonly event: "agent_call"; readonly agent: string; readonly outcome: string }
    /** A person's decision on calls, or their change of the arguments of one. `tools` are their names. */
    | {
        readonly event: "approval";
        readonly approval: string;
        readonly outcome: "approved" | "refused" | "expired" | "stopped" | "edited";
        readonly tools: readonly string[];
        readonly forSession?: boolean;
      }
    | {
        readonly event: "denied";
        readonly reason: "authentication" | "authorization" | "limit" | "approval";
        /** An error code, or a finer reason such as `token_expired`. */
        readonly code: string;
        /** What was asked for: a path, an operation, a limit. */
        readonly subject?: string | undefined;
      }
    /** An administrative act: `key_added`, `key_revoked`, `roles_reloaded`, `document_reloaded`, `texts_read`, `signed_in` … */
    | { readonly event: "administration"; readonly act: string; readonly subject?: string | undefined }
  );

/** The audit log of a server. */
export interface AuditLog {
  /** False when nothing is recorded, so that nothing needs to be gathered. */
  readonly isOn: boolean;
  /** Why entries cannot be written at present; undefined when they can. */
  readonly problem: string | undefined;
  /** Records an entry of the current client ({@link runAs}). Returns at once and never throws. */
  record(entry: AuditEntry): void;
  /** Runs `work` for a client: what it records, also later and in promises, is recorded with the client. */
  runAs<Result>(actor: AuditActor, work: () => Result): Result;
  /** Runs `work` with a session and a turn, which its entries get. */
  within<Result>(scope: AuditScope, work: () => Result): Result;
  /** Replaces the caller of the current client, which has authenticated after its connection was open. */
  identify(caller: Caller): void;
  /** @throws AppError `audit_unavailable` when entries must be written (`--audit-required`) and cannot be */
  assertWritable(): void;
  /** Writes what was recorded. */
  close(): Promise<void>;
}
