/** Connecting, and what becomes of a conversation when the connection comes back. */
import type { Established, ResumeFrame } from "../protocol.ts";
import { withoutDecisions } from "./approval.ts";
import { failed, isLive } from "./reply.ts";
import { signInAfter, withoutSession } from "./sign-in.ts";
import { pendingAnswer } from "./turns.ts";
import {
  type AttachmentLimits,
  type ChatState,
  type Entry,
  type Failure,
  USUAL_ATTACHMENTS,
} from "./types.ts";

const INTERRUPTED: Failure = {
  message: "The connection was lost before the answer was complete.",
  code: "interrupted",
  retryable: true,
  retryAfterMs: 0,
};

export const FRESH_START = "Reconnected. The assistant no longer knows what was said above.";
export const NOT_THERE = "That conversation is no longer there.";

/** There is no session for the moment. What was sent and not begun may not have arrived. */
export function linked(state: ChatState, link: "connecting" | "reconnecting" | "offline"): ChatState {
  const entries = state.entries.map(
    (entry): Entry =>
      entry.kind === "answer" && entry.status === "sent" ? { ...entry, status: "unsure" } : entry,
  );
  return { ...withoutDecisions({ ...state, entries }), link, signIn: withoutSession(state) };
}

/** A session is there. A conversation that had begun in another one is asked for before anything is sent. */
export function established(state: ChatState, frame: Established): ChatState {
  const assistant = {
    model: frame.model,
    models: frame.models,
    tools: frame.tools,
    examples: frame.examples ?? [],
    signIn: frame.sign_in ?? [],
    notice: frame.notice,
    attachmentLimits: limitsOf(frame),
  };
  const told = { ...state, assistant, signIn: signInAfter(state, frame.sign_in) };
  if (frame.resumed) {
    const session = { id: frame.session_id, lastSeq: state.session?.lastSeq ?? 0 };
    // Until the snapshot is there nobody knows what may be sent.
    return { ...told, session, fresh: undefined, link: asksForWhole(state) ? "resuming" : "open" };
  }
  const isWanted = state.opening !== undefined || state.entries.length > 0;
  if (state.session !== undefined && isWanted) return { ...told, link: "resuming", fresh: frame.session_id };
  return begin(told, frame.session_id);
}

function limitsOf({ attachments }: Established): AttachmentLimits {
  if (attachments === undefined) return USUAL_ATTACHMENTS;
  return { maxFiles: attachments.max_files, maxBytes: attachments.max_bytes };
}

/** How the old session is asked for. */
export function resumeFrame(state: ChatState): ResumeFrame | undefined {
  if (state.link !== "resuming" || state.session === undefined) return undefined;
  const { id, lastSeq } = state.session;
  const frame = { type: "resume", session_id: id, last_seq: lastSeq } as const;
  return asksForWhole(state) ? { ...frame, snapshot: true } : frame;
}

/** A replay does not tell where it ends: whether a message arrived, only the whole conversation can tell. */
function asksForWhole(state: ChatState): boolean {
  return state.opening !== undefined || pendingAnswer(state) !== undefined;
}

/** The old session is gone: the new one goes on, and the reader is told of what is lost with it. */
export function startedAfresh(state: ChatState): ChatState {
  const begun = begin(state, state.fresh ?? "");
  if (state.opening !== undefined)
    return { ...begun, alert: state.opening === "chosen" ? NOT_THERE : state.alert };
  const entries = state.entries.map((entry) =>
    entry.kind === "answer" && isLive(entry) ? failed(entry, INTERRUPTED) : entry,
  );
  const divider = { kind: "divider", id: `entry-${state.made}`, text: FRESH_START } as const;
  return { ...begun, entries: [...entries, divider], made: state.made + 1 };
}

function begin(state: ChatState, id: string): ChatState {
  return { ...state, link: "open", session: { id, lastSeq: 0 }, fresh: undefined, opening: undefined };
}

/** Another conversation takes the place of the one that is shown: nothing of that one remains. */
export function opened(state: ChatState, session: string | undefined, why: "reload" | "chosen"): ChatState {
  return {
    ...state,
    session: session === undefined ? undefined : { id: session, lastSeq: 0 },
    fresh: undefined,
    opening: session === undefined ? undefined : why,
    entries: [],
    waiting: [],
    alert: undefined,
    note: undefined,
    signIn: { states: {}, isLost: false },
  };
}
