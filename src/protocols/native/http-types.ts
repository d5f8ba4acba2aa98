/** What the HTTP endpoints of the native protocol answer. Keys are wire names. `src/protocols/native/PROTOCOL.md` */
import type { HistoryMessage, UsageFrame } from "./types.ts";

/** A session in `GET {base}/sessions`. */
export interface SessionFrame {
  readonly session_id: string;
  readonly title: string;
  /** The model of the last reply. */
  readonly model: string | null;
  /** ISO 8601 in UTC. */
  readonly created_at: string;
  readonly updated_at: string;
  readonly message_count: number;
  /** `waiting` means that a turn waits for approval. */
  readonly state: "idle" | "running" | "waiting";
  readonly usage: UsageFrame;
  readonly cost_usd: number | null;
  /** The session that this one is a copy of, up to a user message of that session. `after` is the user message before it. */
  readonly branch?: {
    readonly session_id: string;
    readonly message_id: string;
    readonly after: string | null;
  };
}

/** A page of sessions. `next` is the `before` of the next page, or null on the last one. */
export interface SessionListFrame {
  readonly sessions: readonly SessionFrame[];
  readonly next: string | null;
}

/** A part of the whole result of a call. `head` has the status and the headers of the response, `text` a part of its body. */
export interface ResultPartFrame {
  readonly head: readonly string[];
  readonly text: string;
  /** The `from` of the next part, or null on the last one. */
  readonly next: number | null;
  /** Characters of the body. */
  readonly length: number;
}

/** The shared copy of a session, or null. */
export interface ShareFrame {
  readonly share: { readonly share_id: string; readonly created_at: string } | null;
}

/** A shared conversation, as it was when it was shared. */
export interface SharedSessionFrame {
  readonly title: string;
  readonly created_at: string;
  /** Without figures. Files have no URL. */
  readonly messages: readonly HistoryMessage[];
}
