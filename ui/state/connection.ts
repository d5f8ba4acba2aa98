/** Changes of the connection, and their effect on the conversation. */
import { t } from "../language/language.ts";
import type { EstablishedFrame, ResumeFrame } from "../protocol.ts";
import { clearDecisions } from "./approval.ts";
import { prependToDraft } from "./draft.ts";
import { FIRST_PAGE } from "./older.ts";
import { failReply, isLive } from "./reply.ts";
import { resetSignIn, restoreSignIn } from "./sign-in.ts";
import { findPendingReply } from "./turns.ts";
import {
  type AttachmentLimits,
  type ChatState,
  DEFAULT_ATTACHMENT_LIMITS,
  type Entry,
  type Failure,
  INITIAL_STATE,
} from "./types.ts";

const INTERRUPTED: Omit<Failure, "message"> = { code: "interrupted", retryable: true, retryAfterMs: 0 };

/** Applies a connection without a session. Sent messages whose turns have not started may not have arrived. */
export function applyLink(state: ChatState, link: "connecting" | "reconnecting" | "offline"): ChatState {
  const entries = state.entries.map(
    (entry): Entry =>
      entry.kind === "reply" && entry.status === "sent" ? { ...entry, status: "unconfirmed" } : entry,
  );
  const older = { ...state.older, isLoading: false };
  return { ...clearDecisions({ ...state, entries, older }), link, signIn: resetSignIn(state) };
}

/** Applies a new session. An existing conversation is resumed before anything is sent. */
export function applyEstablished(state: ChatState, frame: EstablishedFrame): ChatState {
  const assistant = {
    model: frame.model,
    models: frame.models,
    tools: frame.tools,
    examples: frame.examples ?? [],
    signIn: frame.sign_in ?? [],
    notice: frame.notice,
    attachmentLimits: toAttachmentLimits(frame),
  };
  const next = { ...state, assistant, signIn: restoreSignIn(state, frame.sign_in) };
  if (frame.resumed) {
    const session = { id: frame.session_id, lastSeq: state.session?.lastSeq ?? 0 };
    // Only the snapshot tells which messages have to be sent.
    return { ...next, session, newSessionId: undefined, link: needsSnapshot(state) ? "resuming" : "open" };
  }
  const hasConversation = state.opening !== undefined || state.entries.length > 0;
  if (state.session !== undefined && hasConversation)
    return { ...next, link: "resuming", newSessionId: frame.session_id };
  return startSession(next, frame.session_id);
}

function toAttachmentLimits({ attachments }: EstablishedFrame): AttachmentLimits {
  if (attachments === undefined) return DEFAULT_ATTACHMENT_LIMITS;
  return { maxFiles: attachments.max_files, maxBytes: attachments.max_bytes };
}

/** Returns the frame that resumes the previous session. Returns undefined if there is nothing to resume. */
export function resumeFrame(state: ChatState): ResumeFrame | undefined {
  if (state.link !== "resuming" || state.session === undefined) return undefined;
  const { id, lastSeq } = state.session;
  const frame = { type: "resume", session_id: id, last_seq: lastSeq, limit: FIRST_PAGE } as const;
  return needsSnapshot(state) ? { ...frame, snapshot: true } : frame;
}

/** A replay has no end marker, so only a snapshot tells whether a message has arrived. */
function needsSnapshot(state: ChatState): boolean {
  return state.opening !== undefined || findPendingReply(state) !== undefined;
}

/** Continues with the provisional session because the previous one is gone. The page says so. */
export function startFresh(state: ChatState): ChatState {
  const next = startSession(state, state.newSessionId ?? "");
  if (state.opening !== undefined) return { ...next, missing: state.session?.id, sought: undefined };
  const entries = state.entries.map((entry) =>
    entry.kind === "reply" && isLive(entry)
      ? failReply(entry, { ...INTERRUPTED, message: t("link.interrupted") })
      : entry,
  );
  const divider = { kind: "divider", id: `entry-${state.nextId}`, text: t("link.freshStart") } as const;
  return { ...next, entries: [...entries, divider], nextId: state.nextId + 1 };
}

function startSession(state: ChatState, id: string): ChatState {
  return {
    ...state,
    link: "open",
    session: { id, lastSeq: 0 },
    newSessionId: undefined,
    opening: undefined,
    older: INITIAL_STATE.older,
  };
}

/** Replaces the current conversation with another one. Its queued messages become its draft. */
export function openConversation(
  state: ChatState,
  session: string | undefined,
  reason: "reload" | "chosen",
): ChatState {
  const { drafts } = prependToDraft(state, state.queue.map(({ text }) => text).join("\n\n"));
  return {
    ...state,
    drafts,
    session: session === undefined ? undefined : { id: session, lastSeq: 0 },
    newSessionId: undefined,
    opening: session === undefined ? undefined : reason,
    entries: [],
    older: INITIAL_STATE.older,
    total: INITIAL_STATE.total,
    sought: undefined,
    missing: undefined,
    queue: [],
    alert: undefined,
    note: undefined,
    signIn: { states: {}, isLost: false },
  };
}
