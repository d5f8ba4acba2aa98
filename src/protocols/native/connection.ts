/** One client of the native protocol: its frames in, the session's story out. Knows the socket only by {@link Socket}. */
import { randomUUID } from "node:crypto";
import { type Client, rateLimitKey } from "../../access/client.ts";
import type { SessionId } from "../../chat/types.ts";
import { filesPath, relativePath, websocketPath } from "../../config/paths.ts";
import type { App } from "../../context.ts";
import { AppError, detailOf, toInternalError } from "../../errors.ts";
import type { LoggedEvent } from "../../events/event-log.ts";
import type { LiveSession } from "../../sessions/live-session.ts";
import type { SessionRegistry } from "../../sessions/session-registry.ts";
import { readCallerCredential } from "../../tools/auth/caller-credential.ts";
import type { Credentials } from "../../tools/auth/types.ts";
import { suggestPrompts } from "../../tools/catalog/suggest-prompts.ts";
import type { FileContent } from "../../tools/types.ts";
import {
  CLOSE_TOO_SLOW,
  HIGH_WATER_MARK,
  MAX_BUFFERED_BYTES,
  type Socket,
  type SocketClient,
} from "../shared/socket.ts";
import {
  decodeFrame,
  type EncodeContext,
  encodeError,
  encodeEvent,
  mergeDeltas,
  serializeFrame,
} from "./codec.ts";
import { createEncodeContext } from "./encode-context.ts";
import { encodeHistory } from "./history.ts";
import { listSignInOptions } from "./sign-in.ts";
import { takeSnapshot } from "./snapshot.ts";
import { type AttachmentFrame, type ClientFrame, MAX_ATTACHMENTS, type ServerFrame } from "./types.ts";

/** Messages of a snapshot: the newest. */
const MAX_SNAPSHOT_MESSAGES = 1000;

/** The session a connection watches. */
interface Subscription {
  readonly session: LiveSession;
  readonly unsubscribe: () => void;
}

export class NativeConnection implements SocketClient {
  readonly #app: App;
  readonly #sessions: SessionRegistry;
  readonly #client: Client;
  readonly #socket: Socket;
  readonly #context: EncodeContext;
  /** Of the session that a first message would begin. */
  readonly #newSessionId = randomUUID() as SessionId;
  #subscription: Subscription | undefined;
  #canApprove = false;
  /** The newest event that was sent; what comes after it waits in the story while `#isBehind`. */
  #sentSeq = 0;
  #isBehind = false;
  #isClosed = false;
  /** Frames are handled one after the other, in the order they came. */
  #work: Promise<void> = Promise.resolve();

  constructor(app: App, sessions: SessionRegistry, client: Client, socket: Socket) {
    this.#app = app;
    this.#sessions = sessions;
    this.#client = client;
    this.#socket = socket;
    this.#context = createEncodeContext(app, () => this.#session().id, client.caller, this.#fileUrl);
    this.#greet(this.#newSessionId, client.credentials, false);
  }

  /** A text frame, or undefined for a binary one. */
  onMessage(text: string | undefined): void {
    this.#work = this.#work.then(() => this.#handle(text));
  }

  /** Something the person should know that belongs to no turn. */
  notify(code: string, message: string): void {
    this.#send({ type: "notice", code, message });
  }

  /** The server is about to stop: the client should come back. */
  onShutdown(): void {
    this.#send({ type: "reconnect" });
  }

  /** The socket has sent what it had. */
  onDrain(): void {
    if (this.#isBehind) this.#catchUp();
  }

  /** The socket is gone; its session goes on, and what it had sent before is still carried out. */
  onClose(): void {
    this.#isClosed = true;
    this.#subscription?.unsubscribe();
  }

  async #handle(text: string | undefined): Promise<void> {
    try {
      if (text === undefined) throw new AppError("bad_frame", "Frames are text; this one was binary.");
      await this.#dispatch(decodeFrame(text));
    } catch (error) {
      this.#send(encodeError(error instanceof AppError ? error : this.#logBug(error)));
    }
  }

  async #dispatch(frame: ClientFrame): Promise<void> {
    switch (frame.type) {
      case "hello":
        this.#canApprove = frame.capabilities.includes("approval");
        return;
      case "message":
        return await this.#submit(frame);
      case "stop":
        return await this.#session().stop();
      case "approve":
        return await this.#session().decideApproval({
          approvalId: frame.approval_id,
          approved: frame.approved,
          forSession: frame.scope === "session",
          callIds: frame.tool_call_ids,
          reason: frame.reason,
        });
      case "resume":
        return await this.#resume(frame);
      case "history":
        return this.#send({
          type: "history",
          messages: encodeHistory(await this.#session().readMessages(), this.#context),
        });
      case "clear":
        return await this.#session().clear();
      case "auth":
        return this.#authenticate(frame);
      case "logout":
        this.#session().credentials.clear();
        return this.notify("logged_out", "Your credentials are forgotten.");
      case "ping":
        return this.#send({ type: "pong" });
    }
  }

  async #submit(frame: Extract<ClientFrame, { type: "message" }>): Promise<void> {
    if (frame.message.trim() === "") return;
    await this.#sessions.admit(rateLimitKey(this.#client));
    const attachments = frame.attachments?.map(decodeAttachment);
    this.#session().submit({ ...frame, attachments, canApprove: this.#canApprove, requestId: this });
  }

  /** What is watched; a session of one's own where nothing was said yet. */
  #session(): LiveSession {
    if (this.#subscription) return this.#subscription.session;
    const { caller, credentials } = this.#client;
    const session = this.#sessions.create(caller, credentials, this.#newSessionId);
    this.#subscribe(session);
    return session;
  }

  #subscribe(session: LiveSession): void {
    this.#subscription?.unsubscribe();
    this.#sentSeq = session.eventLog.seq;
    this.#isBehind = false;
    const unsubscribe = this.#sessions.subscribe(session, {
      onEvent: (entry) => this.#onEvent(entry),
      onCleared: () => this.#send({ type: "history_cleared" }),
    });
    this.#subscription = { session, unsubscribe };
    if (this.#isClosed) unsubscribe();
  }

  async #resume({ session_id, last_seq, snapshot }: Extract<ClientFrame, { type: "resume" }>): Promise<void> {
    const session = await this.#sessions.find(session_id, this.#client.caller);
    session.credentials.updateForwarded(this.#client.credentials);
    await session.read({ newest: 0 });
    // What is known elsewhere comes into the story with it.
    if (!snapshot) await session.eventsAfter(last_seq);
    const missed = snapshot ? undefined : session.eventLog.eventsAfter(last_seq);
    // Nothing is awaited between a look at the session and watching it: what happens then is neither missed nor told twice.
    const stored = missed ? undefined : await session.readConsistent(MAX_SNAPSHOT_MESSAGES);
    this.#subscribe(session);
    this.#greet(session.id, session.credentials.all, true);
    if (missed) {
      this.#sentSeq = last_seq;
      return this.#sendFrames(missed.map((entry) => this.#encodeEntry(entry)));
    }
    const state = takeSnapshot(session, stored, this.#context);
    this.#sentSeq = state.seq;
    this.#send(state);
  }

  #greet(id: SessionId, credentials: Credentials, resumed: boolean): void {
    const { modelId, models, apis, config, notice } = this.#app;
    this.#send({
      type: "connection_established",
      session_id: id,
      message: "Connected to AI assistant",
      model: modelId,
      models,
      tools: apis.current.tools.length,
      resumed,
      ...(notice !== undefined && { notice }),
      attachments: { max_files: MAX_ATTACHMENTS, max_bytes: config.maxAttachmentsSize },
      ...conversationStarters(this.#app, credentials),
    });
  }

  readonly #fileUrl = (id: string): string => {
    const { config } = this.#app;
    return relativePath(websocketPath(config), `${filesPath(config)}/${id}`);
  };

  #authenticate(frame: Extract<ClientFrame, { type: "auth" }>): void {
    const apis = this.#app.apis.current.describedApis.map(({ api }) => api);
    const read = readCallerCredential(apis, frame);
    if (read.outcome === "refused") throw new AppError("bad_frame", read.problem);
    const { api, scheme } = frame;
    this.#session().credentials.set(apis.length === 1 ? (apis[0]?.name ?? api) : api, scheme, read.value);
    this.#send({ type: "auth_configured", api, scheme });
  }

  /** An event as it happens. While the client is behind, the story keeps it. */
  #onEvent(entry: LoggedEvent): void {
    const isNotice = entry.event.type === "notice";
    if (this.#isBehind || (!isNotice && entry.seq <= this.#sentSeq)) return;
    if (!isNotice && entry.seq > this.#sentSeq + 1) {
      this.#isBehind = true;
      this.#work = this.#work.then(() => this.#resync());
      return;
    }
    if (!isNotice && this.#socket.bufferedBytes() > HIGH_WATER_MARK) {
      this.#isBehind = true;
      return;
    }
    if (!isNotice) this.#sentSeq = entry.seq;
    this.#send(this.#encodeEntry(entry));
  }

  /** What came between is not known: the state in one piece takes its place. */
  async #resync(): Promise<void> {
    const subscription = this.#subscription;
    if (!subscription) return;
    try {
      const stored = await subscription.session.readConsistent(MAX_SNAPSHOT_MESSAGES);
      if (this.#subscription !== subscription) return;
      const state = takeSnapshot(subscription.session, stored, this.#context);
      this.#sentSeq = state.seq;
      this.#isBehind = false;
      this.#send(state);
    } catch {
      this.#socket.close(CLOSE_TOO_SLOW, "the story was lost; resume");
    }
  }

  #catchUp(): void {
    const missed = this.#subscription?.session.eventLog.eventsAfter(this.#sentSeq);
    if (!missed) {
      this.#socket.close(CLOSE_TOO_SLOW, "reads too slowly; resume");
      return;
    }
    this.#isBehind = false;
    this.#sendFrames(mergeDeltas(missed.map((entry) => this.#encodeEntry(entry))));
  }

  #sendFrames(frames: readonly ServerFrame[]): void {
    for (const frame of frames) {
      if (this.#socket.bufferedBytes() > HIGH_WATER_MARK) {
        this.#isBehind = true;
        return;
      }
      if ("seq" in frame) this.#sentSeq = frame.seq;
      this.#send(frame);
    }
  }

  /** Whoever asks knows the question. */
  #encodeEntry({ event, seq, turnId, requestId }: LoggedEvent): ServerFrame {
    const frame = encodeEvent(event, { seq, turnId }, this.#context);
    if (event.type !== "turn_started" || frame.type !== "typing" || requestId === this) return frame;
    const [question] = encodeHistory([event.question], this.#context);
    return { ...frame, ...(question && { question }) };
  }

  #send(frame: ServerFrame): void {
    if (this.#socket.bufferedBytes() > MAX_BUFFERED_BYTES) {
      this.#socket.close(CLOSE_TOO_SLOW, "reads too slowly; resume");
      return;
    }
    this.#socket.send(serializeFrame(frame));
  }

  #logBug(error: unknown): AppError {
    const session = this.#subscription?.session.id ?? this.#newSessionId;
    this.#app.log.error("frame failed", { session, detail: detailOf(error) });
    return toInternalError(error);
  }
}

/** What a person can begin with: questions to ask, and signing in. */
function conversationStarters({ apis }: App, credentials: Credentials) {
  const { describedApis, toolbox } = apis.current;
  const titles = Object.fromEntries(
    describedApis.map(({ api, description }) => [api.name, description.title]),
  );
  const examples = suggestPrompts(toolbox.tools);
  const signIn = listSignInOptions(toolbox.tools, titles, credentials);
  return { ...(examples.length > 0 && { examples }), ...(signIn.length > 0 && { sign_in: signIn }) };
}

function decodeAttachment({ name, media_type, data }: AttachmentFrame): FileContent {
  return { name, mediaType: media_type, bytes: new Uint8Array(Buffer.from(data, "base64")) };
}
