/** The running chat: frames and the reader's actions in, one state out. The only place that sends. */
import type { Connection, ConnectionListener } from "./connection.ts";
import type { ClientFrame, ServerFrame, SignInOption } from "./protocol.ts";
import { resumeFrame } from "./state/connection.ts";
import { reduce } from "./state/reduce.ts";
import { findLiveReply, findUserMessage } from "./state/turns.ts";
import {
  type Action,
  type Attachment,
  type ChatState,
  INITIAL_STATE,
  type QueuedMessage,
} from "./state/types.ts";
import { findNextToSend } from "./state/unsent-messages.ts";

export interface Chat {
  readonly state: () => ChatState;
  /** Called after each change; returns how to stop listening. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly send: (text: string, attachments?: readonly Attachment[]) => void;
  /** To the message that is being written; `problem`: why others are not among them. */
  readonly attach: (files: readonly Omit<Attachment, "id">[], problem: string | undefined) => void;
  readonly detach: (id: string) => void;
  readonly stop: () => void;
  /** The reader's word on calls that wait for it. */
  readonly decide: (approvalId: string, calls: readonly string[], word: Decision) => void;
  readonly retry: (answerId: string) => void;
  /** Takes a failed turn out of the conversation; returns its question, to be written anew. Its files are attached again. */
  readonly retract: (answerId: string) => string;
  readonly chooseModel: (model: string) => void;
  /** Takes a waiting message back. */
  readonly removeQueued: (id: string) => void;
  /** Sends a waiting message although the server may have it. */
  readonly confirmQueued: (id: string) => void;
  /**
   * Shows another conversation, or begins a new one. A turn that runs goes on without this page; messages that wait are
   * returned, to be written anew.
   */
  readonly openSession: (session: string | undefined) => string;
  /** `value` is sent and kept nowhere. */
  readonly signIn: (option: SignInOption, value: Readonly<Record<string, string>>) => void;
  /** From all APIs. */
  readonly signOut: () => void;
  readonly dismissAlert: () => void;
  readonly dismissNote: () => void;
  readonly reconnect: () => void;
}

export type Decision =
  /** `session`: calls of their operations need no permission any more in this conversation. */
  | { readonly approved: true; readonly scope: "once" | "session" }
  /** `reason` is for the assistant. */
  | { readonly approved: false; readonly reason: string };

export interface ChatOptions {
  readonly connect: (listener: ConnectionListener) => Connection;
  /** Runs `flush` a little later, once: frames that came together are shown together. */
  readonly schedule: (flush: () => void) => void;
  /** The conversation to go on with. */
  readonly session?: string | undefined;
  /** Milliseconds in which a server must answer a `resume`. */
  readonly resumeTimeout?: number;
  /** Milliseconds before a `resume` that failed for the moment is sent again, where the server does not say. */
  readonly resumeDelay?: number;
}

const HELLO: ClientFrame = { type: "hello", capabilities: ["approval"] };

export function createChat(options: ChatOptions): Chat {
  const { schedule, session, resumeTimeout = 10_000, resumeDelay = 2_000 } = options;
  const listeners = new Set<() => void>();
  let state = reduce(INITIAL_STATE, { type: "opened", session, why: "reload" });
  let pendingFrames: ServerFrame[] = [];
  let resumeTimer: ReturnType<typeof setTimeout> | undefined;

  const connection = options.connect({
    onFrame(frame) {
      if (frame.type === "connection_established") connection.send(HELLO);
      if (frame.type === "error" && frame.retryable) scheduleResume(frame.retry_after_ms);
      pendingFrames.push(frame);
      if (pendingFrames.length === 1) schedule(flush);
    },
    onLink(link) {
      // `connect` reports before it returns: nothing is to be flushed then, and nobody listens yet.
      flush();
      update({ type: "link", link });
    },
  });

  function flush(): void {
    if (pendingFrames.length === 0) return;
    const frames = pendingFrames;
    pendingFrames = [];
    update(...frames.map((frame): Action => ({ type: "frame", frame })));
  }

  function update(...actions: readonly Action[]): void {
    const before = state;
    state = actions.reduce(reduce, state);
    if (state.link !== "resuming") clearTimeout(resumeTimer);
    else if (before.link !== "resuming") resume();
    for (let next = findNextToSend(state); next !== undefined; next = findNextToSend(state)) {
      if (!connection.send(messageFrame(next, state.model))) break;
      state = reduce(state, { type: "sent" });
    }
    if (state !== before) for (const listener of listeners) listener();
  }

  function resume(): void {
    const frame = resumeFrame(state);
    if (frame === undefined) return;
    connection.send(frame);
    clearTimeout(resumeTimer);
    resumeTimer = setTimeout(connection.retry, resumeTimeout);
  }

  function scheduleResume(afterMs = resumeDelay): void {
    if (state.link !== "resuming") return;
    clearTimeout(resumeTimer);
    resumeTimer = setTimeout(resume, afterMs);
  }

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    send: (text, attachments = []) => update({ type: "asked", text, attachments }),
    attach: (files, problem) => update({ type: "attached", files, problem }),
    detach: (id) => update({ type: "detached", id }),
    stop() {
      const live = findLiveReply(state);
      if (live === undefined || live.status === "stopping") return;
      if (connection.send({ type: "stop" })) update({ type: "stopping" });
    },
    decide(approvalId, calls, decision) {
      const { approved } = decision;
      const frame = { type: "approve", approval_id: approvalId, approved, tool_call_ids: calls } as const;
      const isSent =
        state.link === "open" &&
        connection.send(
          decision.approved
            ? { ...frame, scope: decision.scope }
            : { ...frame, scope: "once", ...(decision.reason !== "" && { reason: decision.reason }) },
        );
      if (isSent) update({ type: "decided", approvalId, calls, approved });
    },
    retry: (id) => update({ type: "retried", id }),
    retract(id) {
      const question = findUserMessage(state, id);
      update({ type: "taken_back", id });
      return question?.text ?? "";
    },
    chooseModel: (model) => update({ type: "model_chosen", model }),
    removeQueued: (id) => update({ type: "withdrawn", id }),
    confirmQueued: (id) => update({ type: "confirmed", id }),
    openSession(session) {
      const { queue } = state;
      connection.renew();
      const files = queue.flatMap(({ attachments = [] }) => attachments);
      update(
        { type: "opened", session, why: "chosen" },
        ...(files.length === 0 ? [] : [{ type: "attached", files, problem: undefined } as const]),
      );
      return queue.map(({ text }) => text).join("\n\n");
    },
    signIn(option, value) {
      const { api, scheme } = option;
      // While the old session is asked for, the one that would hear it is about to go.
      const isSent = state.link === "open" && connection.send({ type: "auth", api, scheme, value });
      update(
        isSent
          ? { type: "signing_in", option }
          : { type: "sign_in_failed", option, message: "There is no connection. Try again in a moment." },
      );
    },
    signOut() {
      connection.send({ type: "logout" });
      update({ type: "signed_out" });
    },
    dismissAlert: () => update({ type: "alert_dismissed" }),
    dismissNote: () => update({ type: "note_dismissed" }),
    reconnect: () => connection.reconnect(),
  };
}

function messageFrame({ text, attachments = [] }: QueuedMessage, model: string | undefined): ClientFrame {
  const frame = { type: "message", message: text, model } as const;
  if (attachments.length === 0) return frame;
  const files = attachments.map(({ name, mediaType, data }) => ({ name, media_type: mediaType, data }));
  return { ...frame, attachments: files };
}
