/** The running chat: frames and the reader's actions in, one state out. The only place that sends. */
import type { Connection, ConnectionListener } from "./connection.ts";
import type { ClientFrame, ServerFrame, SignInOption } from "./protocol.ts";
import { liveAnswer, maySend, questionOf, reduce } from "./state/reduce.ts";
import { type Action, type Attachment, type ChatState, NOTHING_YET, type Waiting } from "./state/types.ts";

export interface Chat {
  readonly state: () => ChatState;
  /** Called after each change; returns how to stop listening. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly ask: (text: string, attachments?: readonly Attachment[]) => void;
  /** To the message that is being written; `problem`: why others are not among them. */
  readonly attach: (files: readonly Omit<Attachment, "id">[], problem: string | undefined) => void;
  readonly detach: (id: string) => void;
  readonly stop: () => void;
  readonly retry: (answerId: string) => void;
  /** Takes a failed turn out of the conversation; returns its question, to be written anew. Its files are attached again. */
  readonly takeBack: (answerId: string) => string;
  readonly chooseModel: (model: string) => void;
  /** Takes a waiting message back. */
  readonly withdraw: (id: string) => void;
  readonly clear: () => void;
  /** `value` is sent and kept nowhere. */
  readonly signIn: (option: SignInOption, value: Readonly<Record<string, string>>) => void;
  /** From all APIs. */
  readonly signOut: () => void;
  readonly dismissAlert: () => void;
  readonly dismissNote: () => void;
  readonly reconnect: () => void;
}

export interface ChatOptions {
  readonly connect: (listener: ConnectionListener) => Connection;
  /** Runs `flush` a little later, once: frames that came together are shown together. */
  readonly soon: (flush: () => void) => void;
  /** Milliseconds in which a server must answer a `resume`. */
  readonly resumeTimeout?: number;
}

export function createChat(options: ChatOptions): Chat {
  const { soon, resumeTimeout = 5_000 } = options;
  const listeners = new Set<() => void>();
  let state = NOTHING_YET;
  let arrived: ServerFrame[] = [];
  let resumeTimer: ReturnType<typeof setTimeout> | undefined;

  const connection = options.connect({
    onFrame(frame) {
      arrived.push(frame);
      if (arrived.length === 1) soon(flush);
    },
    onLink(link) {
      // `connect` reports before it returns: nothing is to be flushed then, and nobody listens yet.
      flush();
      update({ type: "link", link });
    },
  });

  function flush(): void {
    if (arrived.length === 0) return;
    const frames = arrived;
    arrived = [];
    update(...frames.map((frame): Action => ({ type: "frame", frame })));
  }

  function update(...actions: readonly Action[]): void {
    const before = state;
    state = actions.reduce(reduce, state);
    if (state.link === "resuming" && before.link !== "resuming") resume();
    while (maySend(state)) {
      const [first] = state.waiting;
      if (first === undefined || !connection.send(messageFrame(first, state.model))) break;
      state = reduce(state, { type: "sent" });
    }
    if (state !== before) for (const listener of listeners) listener();
  }

  function resume(): void {
    const { session } = state;
    if (session === undefined) return;
    connection.send({ type: "resume", session_id: session.id, last_seq: session.lastSeq });
    clearTimeout(resumeTimer);
    resumeTimer = setTimeout(() => update({ type: "resume_failed" }), resumeTimeout);
  }

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ask: (text, attachments = []) => update({ type: "asked", text, attachments }),
    attach: (files, problem) => update({ type: "attached", files, problem }),
    detach: (id) => update({ type: "detached", id }),
    stop() {
      const live = liveAnswer(state);
      if (live === undefined || live.status === "stopping") return;
      if (connection.send({ type: "stop" })) update({ type: "stopping" });
    },
    retry: (id) => update({ type: "retried", id }),
    takeBack(id) {
      const question = questionOf(state, id);
      update({ type: "taken_back", id });
      return question?.text ?? "";
    },
    chooseModel: (model) => update({ type: "model_chosen", model }),
    withdraw: (id) => update({ type: "withdrawn", id }),
    clear() {
      if (state.link === "open") {
        if (liveAnswer(state) !== undefined) connection.send({ type: "stop" });
        connection.send({ type: "clear" });
      }
      update({ type: "cleared" });
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

function messageFrame({ text, attachments = [] }: Waiting, model: string | undefined): ClientFrame {
  const frame = { type: "message", message: text, model } as const;
  if (attachments.length === 0) return frame;
  const files = attachments.map(({ name, mediaType, data }) => ({ name, media_type: mediaType, data }));
  return { ...frame, attachments: files };
}
