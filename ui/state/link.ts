/** Connecting, and what becomes of a conversation when the connection comes back. */
import type { Established } from "../protocol.ts";
import { failed, isLive } from "./answer.ts";
import { signInAfter } from "./sign-in.ts";
import { type AttachmentLimits, type ChatState, type Failure, USUAL_ATTACHMENTS } from "./types.ts";

const INTERRUPTED: Failure = {
  message: "The connection was lost before the answer was complete.",
  code: "interrupted",
  retryable: true,
  retryAfterMs: 0,
};

export const FRESH_START = "Reconnected. The assistant no longer knows what was said above.";

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
  const signIn = signInAfter(state, frame.sign_in);
  if (frame.resumed) {
    const lastSeq = state.session?.lastSeq ?? 0;
    return { ...state, assistant, signIn, link: "open", session: { id: frame.session_id, lastSeq } };
  }
  if (state.session !== undefined && state.entries.length > 0 && !state.clearing)
    return { ...state, assistant, signIn, link: "resuming", fresh: frame.session_id };
  return { ...begin(state, frame.session_id), assistant, signIn, clearing: false };
}

function limitsOf({ attachments }: Established): AttachmentLimits {
  if (attachments === undefined) return USUAL_ATTACHMENTS;
  return { maxFiles: attachments.max_files, maxBytes: attachments.max_bytes };
}

/** The old session is gone: the new one goes on, and the reader is told. */
export function startedAfresh(state: ChatState): ChatState {
  if (state.link !== "resuming") return state;
  const entries = state.entries.map((entry) =>
    entry.kind === "answer" && isLive(entry) ? failed(entry, INTERRUPTED) : entry,
  );
  const divider = { kind: "divider", id: `entry-${state.made}`, text: FRESH_START } as const;
  return { ...begin(state, state.fresh ?? ""), entries: [...entries, divider], made: state.made + 1 };
}

function begin(state: ChatState, id: string): ChatState {
  return { ...state, link: "open", session: { id, lastSeq: 0 }, fresh: undefined };
}
