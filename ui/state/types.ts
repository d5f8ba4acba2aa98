/** The state of the chat page: one value, changed only by `reduce`. */
import type {
  ContextFrame,
  FileFrame,
  HistoryMessage,
  PendingCallFrame,
  SignInOption,
  ToolCallFrame,
  ToolResultFrame,
  UsageFrame,
} from "../protocol.ts";

/**
 * The state of the connection. `open` has a session. `resuming` is connected again and waits for the previous session.
 * `offline` has no network access, according to the browser.
 */
export type Link = "connecting" | "open" | "resuming" | "reconnecting" | "offline";

export interface Assistant {
  readonly model: string | undefined;
  /** Models that the user can choose from. */
  readonly models: readonly string[];
  readonly tools: number | undefined;
  readonly examples: readonly string[];
  /** Ways to sign in to the APIs. */
  readonly signIn: readonly SignInOption[];
  readonly notice: string | undefined;
  readonly attachmentLimits: AttachmentLimits;
}

/** Limits for the attachments of one message. */
export interface AttachmentLimits {
  readonly maxFiles: number;
  /** Total size of all files. */
  readonly maxBytes: number;
}

/** Limits for servers that announce none. */
export const DEFAULT_ATTACHMENT_LIMITS: AttachmentLimits = { maxFiles: 10, maxBytes: 10_000_000 };

export interface Session {
  readonly id: string;
  /** Sequence number of the last frame received. */
  readonly lastSeq: number;
}

/** The approval that a call needs. */
export interface CallApproval {
  readonly approvalId: string;
  /** ISO 8601. */
  readonly expiresAt: string;
  /** The request that the call would send, if known. */
  readonly request: PendingCallFrame["request"];
  /** A person has changed the arguments. */
  readonly isEdited?: boolean | undefined;
  /** The user's change of the arguments, until the next one. */
  readonly edit?: EditState | undefined;
  /** The user's decision. `elsewhere` means that another client decided, or the approval is no longer pending. */
  readonly decision: "allowed" | "denied" | "elsewhere" | undefined;
}

/** `failed` has the reason of the server. */
export type EditState =
  | { readonly status: "checking" | "done" }
  | { readonly status: "failed"; readonly message: string };

export interface CallPart {
  readonly type: "call";
  readonly id: string;
  readonly name: string;
  /** Integers beyond 2^53 are `bigint` (json/exact.ts). */
  readonly arguments: unknown;
  readonly method: string | undefined;
  readonly path: string | undefined;
  /** What the call does, in words: "List orders". */
  readonly summary?: string | undefined;
  /** Its result is a chart. */
  readonly isChart?: boolean | undefined;
  /** The API, and the security schemes of the operation. */
  readonly security?: ToolCallFrame["security"];
  /** `waiting` waits for approval. `unknown` has no result, although the turn has ended. */
  readonly status: "waiting" | "running" | "ok" | "failed" | "unknown";
  /** Set if the call needs or needed approval. */
  readonly approval: CallApproval | undefined;
  readonly httpStatus: number | undefined;
  readonly durationMs: number | undefined;
  readonly result: unknown;
  /** Characters of the whole result, if `result` is not all of it. */
  readonly wholeLength?: number | undefined;
  /** The records of a result that is a list. */
  readonly rows?: number | undefined;
  /** Why nothing was sent. */
  readonly refused?: ToolResultFrame["refused"] | undefined;
  /** A person has changed the arguments. */
  readonly isEdited?: boolean | undefined;
  /** The file that the call returned instead of text. */
  readonly file: FileFrame | undefined;
}

export type Part =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "reasoning"; readonly text: string }
  | CallPart;

export interface Failure {
  readonly message: string;
  /** The server's own text, if `message` is a translation. It may have more detail. */
  readonly detail?: string | undefined;
  readonly code: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number;
}

export interface Reply {
  readonly kind: "reply";
  readonly id: string;
  /**
   * `sent` has not started on the server. `unconfirmed` had not started when the connection was lost, so the server may
   * not have the message.
   */
  readonly status: "sent" | "unconfirmed" | "running" | "stopping" | "done" | "failed";
  /** Id of its turn. Undefined until the turn starts. */
  readonly turnId: string | undefined;
  readonly parts: readonly Part[];
  /** Lasting remarks on this reply, such as a fallback to another model. */
  readonly notices: readonly string[];
  /** The reason for the current delay, such as a place in a queue or a retry. */
  readonly progress: string | undefined;
  readonly failure: Failure | undefined;
  readonly stopReason: string | undefined;
  readonly usage: UsageFrame | undefined;
  readonly costUsd: number | undefined;
  readonly model: string | undefined;
  /** How full the context of the model was at the end, in tokens. */
  readonly context?: ContextFrame | undefined;
  /** The person's rating. */
  readonly feedback?: Feedback | undefined;
}

export type Feedback = NonNullable<HistoryMessage["feedback"]>;

/** A file that the user attaches. It is only in memory and is lost when the page reloads. */
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
  readonly kind: "user";
  readonly id: string;
  /** The id on the server. Undefined until the turn starts. */
  readonly messageId?: string | undefined;
  /** The `messageId` of the user message before; null for the first one. */
  readonly after?: string | null;
  readonly text: string;
  /** When it was sent, ISO 8601. */
  readonly at?: string | undefined;
  readonly attachments?: readonly Attachment[];
  /** Attachments that only the server has, because another tab or an earlier page sent them. */
  readonly files?: readonly FileFrame[];
}

/** An event between two turns. */
export interface Divider {
  readonly kind: "divider";
  readonly id: string;
  readonly text: string;
}

/** The messages before those that are there. */
export interface Older {
  /** Their number on the server: the position of the first message that is there. */
  readonly skipped: number;
  /** When the user message before them was sent, ISO 8601. */
  readonly lastAt?: string | undefined;
  /** The page before is on its way. */
  readonly isLoading: boolean;
  /** The conversation was opened without its beginning. */
  readonly wasCut: boolean;
}

export interface Total {
  /** With those from the cache. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Undefined if a price is unknown. */
  readonly costUsd: number | undefined;
}

/** What the user wants to see of the messages that may not be there yet: all of them, or one. */
export type Sought = "all" | { readonly messageId: string };

export type Entry = UserMessage | Reply | Divider;

/** A message that waits for the previous turn or for the connection. */
export interface QueuedMessage {
  readonly id: string;
  readonly text: string;
  readonly attachments?: readonly Attachment[];
  /** The server may already have it, so it is sent only after the user confirms. */
  readonly isUnconfirmed?: true;
}

export type SignInState =
  /** `rejected`: the API responded with 401 to a call with these credentials. */
  | { readonly status: "sending" | "configured" | "rejected" }
  | { readonly status: "failed"; readonly message: string };

export interface SignIn {
  /** Keyed by `signInKey`. */
  readonly states: Readonly<Record<string, SignInState>>;
  /** The session that had the user's credentials is gone. */
  readonly isLost: boolean;
}

export interface ChatState {
  readonly link: Link;
  /** Messages wait until the user has signed in again. */
  readonly isHeld: boolean;
  readonly assistant: Assistant;
  /** The user's choice from `assistant.models`. The server's default if undefined. */
  readonly model: string | undefined;
  readonly session: Session | undefined;
  /** The provisional session while resuming. It is used if the previous session is gone. */
  readonly newSessionId: string | undefined;
  /** Set while a conversation loads: the one from before a `reload`, or one that the user has `chosen`. */
  readonly opening: "reload" | "chosen" | undefined;
  readonly entries: readonly Entry[];
  readonly older: Older;
  /** The figures of all turns. */
  readonly total: Total;
  readonly sought: Sought | undefined;
  /** The id of the session that was to be opened and does not exist, or belongs to somebody else. */
  readonly missing: string | undefined;
  readonly queue: readonly QueuedMessage[];
  /** Texts in the message field, by session. Read and changed by draft.ts. */
  readonly drafts: Readonly<Record<string, string>>;
  /** Attachments of the draft. */
  readonly attached: readonly Attachment[];
  /** The reason why a chosen file is not attached. */
  readonly attachProblem: string | undefined;
  /** An error that belongs to no reply. */
  readonly alert: string | undefined;
  /** A message from the server that belongs to no reply and is not an error. */
  readonly note: string | undefined;
  readonly signIn: SignIn;
  /** Number for the id of the next entry. */
  readonly nextId: number;
}

/** Before the first turn. */
export const NO_TOTAL: Total = { inputTokens: 0, outputTokens: 0, costUsd: 0 };

export const INITIAL_STATE: ChatState = {
  link: "connecting",
  isHeld: false,
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
  older: { skipped: 0, isLoading: false, wasCut: false },
  total: NO_TOTAL,
  sought: undefined,
  missing: undefined,
  queue: [],
  drafts: {},
  attached: [],
  attachProblem: undefined,
  alert: undefined,
  note: undefined,
  signIn: { states: {}, isLost: false },
  nextId: 0,
};
