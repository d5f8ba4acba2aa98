/** What the page knows: one value, changed only by `reduce`. */
import type { FileFrame, PendingCallFrame, ServerFrame, SignInOption, UsageFrame } from "../protocol.ts";

/**
 * `open`: the session answers. `resuming`: connected again, asking for the old session.
 * `offline`: the browser says there is no network.
 */
export type Link = "connecting" | "open" | "resuming" | "reconnecting" | "offline";

export interface Assistant {
  readonly model: string | undefined;
  /** What may be chosen instead. */
  readonly models: readonly string[];
  readonly tools: number | undefined;
  readonly examples: readonly string[];
  /** What the reader can sign in to the APIs with. */
  readonly signIn: readonly SignInOption[];
  readonly notice: string | undefined;
  readonly attachmentLimits: AttachmentLimits;
}

/** What one message may bring. */
export interface AttachmentLimits {
  readonly maxFiles: number;
  /** Of all its files together. */
  readonly maxBytes: number;
}

/** Of a server that does not say. */
export const DEFAULT_ATTACHMENT_LIMITS: AttachmentLimits = { maxFiles: 10, maxBytes: 10_000_000 };

export interface Session {
  readonly id: string;
  /** The newest frame of its story that was seen. */
  readonly lastSeq: number;
}

/** Permission for a call, as it was asked for. */
export interface CallApproval {
  readonly approvalId: string;
  /** ISO 8601. */
  readonly expiresAt: string;
  /** The call as it would be sent, where that is known. */
  readonly request: PendingCallFrame["request"];
  /** What the reader said; `elsewhere`: somebody else was faster, or nobody waits for an answer any more. */
  readonly decision: "allowed" | "refused" | "elsewhere" | undefined;
}

export interface CallPart {
  readonly type: "call";
  readonly id: string;
  readonly name: string;
  /** Whole numbers beyond 2^53 are `bigint` (json/exact.ts). */
  readonly arguments: unknown;
  readonly method: string | undefined;
  readonly path: string | undefined;
  /** `waiting`: for the reader's permission. `unknown`: the turn ended without its result. */
  readonly status: "waiting" | "running" | "ok" | "failed" | "unknown";
  /** The reader is or was asked whether it may be made. */
  readonly approval: CallApproval | undefined;
  readonly httpStatus: number | undefined;
  readonly durationMs: number | undefined;
  readonly result: unknown;
  /** What came instead of a text. */
  readonly file: FileFrame | undefined;
}

export type Part =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "reasoning"; readonly text: string }
  | CallPart;

export interface Failure {
  readonly message: string;
  readonly code: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number;
}

export interface Reply {
  readonly kind: "answer";
  readonly id: string;
  /** `sent`: the server has not begun. `unsure`: the connection was lost before it had; it may never have heard of it. */
  readonly status: "sent" | "unsure" | "running" | "stopping" | "done" | "failed";
  /** Of its turn, once that has begun. */
  readonly turnId: string | undefined;
  readonly parts: readonly Part[];
  /** What the reader should know of this answer for good: another model gave it, say. */
  readonly notices: readonly string[];
  /** Why nothing comes for the moment: a place in a queue, another try. */
  readonly progress: string | undefined;
  readonly failure: Failure | undefined;
  readonly stopReason: string | undefined;
  readonly usage: UsageFrame | undefined;
  readonly costUsd: number | undefined;
  readonly model: string | undefined;
}

/** A file of the reader's. In memory only: a reload of the page forgets it. */
export interface Attachment {
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
  /** Base64. */
  readonly data: string;
}

export interface UserMessage {
  readonly kind: "question";
  readonly id: string;
  readonly text: string;
  readonly attachments?: readonly Attachment[];
  /** Its attachments where another tab or an earlier page sent it: the server has them. */
  readonly files?: readonly FileFrame[];
}

/** Something that happened between two turns. */
export interface Divider {
  readonly kind: "divider";
  readonly id: string;
  readonly text: string;
}

export type Entry = UserMessage | Reply | Divider;

/** A message that waits: for the turn before it, or for the connection. */
export interface QueuedMessage {
  readonly id: string;
  readonly text: string;
  readonly attachments?: readonly Attachment[];
  /** The server may have it already: it goes out only when the reader says so. */
  readonly isUnconfirmed?: true;
}

export type SignInState =
  | { readonly status: "sending" | "configured" }
  | { readonly status: "failed"; readonly message: string };

export interface SignIn {
  /** By `signInKey`. */
  readonly states: Readonly<Record<string, SignInState>>;
  /** The session that knew the reader is gone. */
  readonly isLost: boolean;
}

export interface ChatState {
  readonly link: Link;
  readonly assistant: Assistant;
  /** The reader's choice of `assistant.models`; its default when unset. */
  readonly model: string | undefined;
  readonly session: Session | undefined;
  /** While resuming: the provisional session that goes on when the old one is gone. */
  readonly newSessionId: string | undefined;
  /** A conversation that is not shown yet is asked for: the one from before a `reload`, or another that was `chosen`. */
  readonly opening: "reload" | "chosen" | undefined;
  readonly entries: readonly Entry[];
  readonly queue: readonly QueuedMessage[];
  /** To the message that is being written. */
  readonly attached: readonly Attachment[];
  /** Why a file that was chosen is not among them. */
  readonly attachProblem: string | undefined;
  /** Trouble that belongs to no answer. */
  readonly alert: string | undefined;
  /** What the server told that belongs to no answer and is no trouble. */
  readonly note: string | undefined;
  readonly signIn: SignIn;
  /** Entries made so far: their ids. */
  readonly nextId: number;
}

export type Action =
  | { readonly type: "frame"; readonly frame: ServerFrame }
  | { readonly type: "link"; readonly link: "connecting" | "reconnecting" | "offline" }
  /** Another conversation is to be shown, over a new connection; without `session` a new one. */
  | { readonly type: "opened"; readonly session: string | undefined; readonly why: "reload" | "chosen" }
  | { readonly type: "asked"; readonly text: string; readonly attachments?: readonly Attachment[] }
  | {
      readonly type: "attached";
      readonly files: readonly Omit<Attachment, "id">[];
      readonly problem: string | undefined;
    }
  | { readonly type: "detached"; readonly id: string }
  /** The first waiting message went out. */
  | { readonly type: "sent" }
  | { readonly type: "withdrawn"; readonly id: string }
  /** A waiting message that the server may have is to be sent all the same. */
  | { readonly type: "confirmed"; readonly id: string }
  /** The reader's word on calls that wait for it went out. */
  | {
      readonly type: "decided";
      readonly approvalId: string;
      readonly calls: readonly string[];
      readonly approved: boolean;
    }
  | { readonly type: "stopping" }
  | { readonly type: "retried"; readonly id: string }
  /** A failed turn, to be written anew. */
  | { readonly type: "taken_back"; readonly id: string }
  | { readonly type: "model_chosen"; readonly model: string }
  | { readonly type: "signing_in"; readonly option: SignInOption }
  /** It could not even be sent. */
  | { readonly type: "sign_in_failed"; readonly option: SignInOption; readonly message: string }
  | { readonly type: "signed_out" }
  | { readonly type: "alert_dismissed" }
  | { readonly type: "note_dismissed" };

export const INITIAL_STATE: ChatState = {
  link: "connecting",
  assistant: {
    model: undefined,
    models: [],
    tools: undefined,
    examples: [],
    signIn: [],
    notice: undefined,
    attachmentLimits: DEFAULT_ATTACHMENT_LIMITS,
  },
  model: undefined,
  session: undefined,
  newSessionId: undefined,
  opening: undefined,
  entries: [],
  queue: [],
  attached: [],
  attachProblem: undefined,
  alert: undefined,
  note: undefined,
  signIn: { states: {}, isLost: false },
  nextId: 0,
};
