/** Runs the chat: frames and user actions go in, one state comes out. Only this module and its parts send frames. */
import { type ChatActions, createChatActions } from "./chat-actions.ts";
import type { Connection, ConnectionListener } from "./connection.ts";
import { createFrameBatch } from "./frame-batch.ts";
import type { ClientFrame } from "./protocol.ts";
import { createResumer } from "./resumer.ts";
import type { Action } from "./state/actions.ts";
import { resumeFrame } from "./state/connection.ts";
import { findNextToSend } from "./state/message-queue.ts";
import { needsOlder, olderFrame } from "./state/older.ts";
import { reduce } from "./state/reduce.ts";
import { type ChatState, INITIAL_STATE, type QueuedMessage } from "./state/types.ts";

export interface Chat extends ChatActions {
  /** The conversation is shown and cannot be continued. */
  readonly isReadOnly: boolean;
  readonly state: () => ChatState;
  /** Calls `listener` after each change. Returns a function that stops it. */
  readonly subscribe: (listener: () => void) => () => void;
}

export interface ChatOptions {
  readonly connect: (listener: ConnectionListener) => Connection;
  /** Runs `flush` once, shortly afterwards, so that frames that arrive together are rendered together. */
  readonly schedule: (flush: () => void) => void;
  /** Id of the session to resume. */
  readonly session?: string | undefined;
  /** Id of a message to show. */
  readonly messageId?: string | undefined;
  readonly drafts?: ChatState["drafts"];
  readonly isReadOnly?: boolean;
  /** Called when the server refuses a frame because the user must sign in again. */
  readonly onUnauthorized?: () => void;
  /** Milliseconds that a server has to reply to a `resume` frame. */
  readonly resumeTimeout?: number;
  /** Milliseconds before a failed `resume` is sent again, unless the server names a delay. */
  readonly resumeDelay?: number;
  readonly now?: () => Date;
}

const HELLO: ClientFrame = { type: "hello", capabilities: ["approval"] };

export function createChat(options: ChatOptions): Chat {
  const { schedule, session, drafts = {}, resumeTimeout = 10_000, resumeDelay = 2_000 } = options;
  const { now = () => new Date(), isReadOnly = false } = options;
  const listeners = new Set<() => void>();
  const { messageId } = options;
  const opened: readonly Action[] = [
    { type: "opened", session, reason: "reload" },
    { type: "sought", sought: messageId === undefined ? undefined : { messageId } },
  ];
  let state = opened.reduce(reduce, { ...INITIAL_STATE, drafts });

  const batch = createFrameBatch(schedule, (frames) =>
    update(...frames.map((frame): Action => ({ type: "frame", frame }))),
  );
  const resumer = createResumer({
    send: () => {
      const frame = resumeFrame(state);
      if (frame !== undefined) connection.send(frame);
      return frame !== undefined;
    },
    onTimeout: () => connection.retry(),
    timeout: resumeTimeout,
  });
  const connection = options.connect({
    onFrame(frame) {
      if (frame.type === "connection_established") connection.send(HELLO);
      if (frame.type === "error" && frame.retryable && state.link === "resuming")
        resumer.retryAfter(frame.retry_after_ms ?? resumeDelay);
      batch.add(frame);
      if (frame.type === "error" && frame.code === "unauthorized") options.onUnauthorized?.();
    },
    onLink(link) {
      // `connect` reports the first link before it returns; the batch is empty and has no listeners then.
      batch.flush();
      update({ type: "link", link });
    },
  });

  function update(...actions: readonly Action[]): void {
    const before = state;
    state = actions.reduce(reduce, state);
    if (state.link !== "resuming") resumer.cancel();
    else if (before.link !== "resuming") resumer.start();
    for (let next = findNextToSend(state); next !== undefined; next = findNextToSend(state)) {
      if (!connection.send(messageFrame(next, state.model))) break;
      state = reduce(state, { type: "sent", at: now().toISOString() });
    }
    const older = needsOlder(state) ? olderFrame(state) : undefined;
    if (older !== undefined && connection.send(older)) state = reduce(state, { type: "older_requested" });
    if (state !== before) for (const listener of listeners) listener();
  }

  return {
    isReadOnly,
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ...createChatActions({ state: () => state, update, connection }),
  };
}

function messageFrame({ text, attachments = [] }: QueuedMessage, model: string | undefined): ClientFrame {
  const frame = { type: "message", message: text, model } as const;
  if (attachments.length === 0) return frame;
  const files = attachments.map(({ name, mediaType, data }) => ({ name, media_type: mediaType, data }));
  return { ...frame, attachments: files };
}
