/** One client of the native protocol: its frames in, the session's story out. Knows the socket only by {@link Socket}. */
import { randomUUID } from "node:crypto";
import { type Client, limitKey } from "../../access/client.ts";
import type { SessionId } from "../../chat/types.ts";
import { filesPath, relativePath, websocketPath } from "../../config/paths.ts";
import type { App } from "../../context.ts";
import { AppError, bug, detailOf } from "../../errors.ts";
import type { Told } from "../../events/event-log.ts";
import type { LiveSession } from "../../sessions/live-session.ts";
import type { LiveSessions } from "../../sessions/session-registry.ts";
import { readCallerCredential } from "../../tools/auth/caller-credential.ts";
import { exampleQuestions } from "../../tools/catalog/examples.ts";
import type { Credentials, FileContent } from "../../tools/types.ts";
import { MAX_BUFFERED, MUCH_BUFFERED, type Socket, type SocketClient, TOO_SLOW } from "../shared/socket.ts";
import { decode, type EncodeContext, encode, encodeError, mergeDeltas, serialize } from "./codec.ts";
import { nativeContext } from "./encode-context.ts";
import { encodeHistory } from "./history.ts";
import { signInOptions } from "./sign-in.ts";
import { takeSnapshot } from "./snapshot.ts";
import { type AttachmentFrame, type ClientFrame, MAX_ATTACHMENTS, type ServerFrame } from "./types.ts";

/** Messages of a snapshot: the newest. */
const MOST_SHOWN = 1000;

/** The session a connection watches. */
interface Watched {
  readonly session: LiveSession;
  readonly leave: () => void;
}

export class Connection implements SocketClient {
  readonly #app: App;
  readonly #sessions: LiveSessions;
  readonly #client: Client;
  readonly #socket: Socket;
  readonly #context: EncodeContext;
  /** Of the session that a first message would begin. */
  readonly #id = randomUUID() as SessionId;
  #watched: Watched | undefined;
  #canApprove = false;
  /** The newest event that was sent; what comes after it waits in the story while `#isBehind`. */
  #sentSeq = 0;
  #isBehind = false;
  #isClosed = false;
  /** Frames are handled one after the other, in the order they came. */
  #work: Promise<void> = Promise.resolve();

  constructor(app: App, sessions: LiveSessions, client: Client, socket: Socket) {
    this.#app = app;
    this.#sessions = sessions;
    this.#client = client;
    this.#socket = socket;
    this.#context = nativeContext(app, () => this.#session().id, client.caller, this.#fileUrl);
    this.#greet(this.#id, client.credentials, false);
  }

  /** A text frame, or undefined for a binary one. */
  receive(text: string | undefined): void {
    this.#work = this.#work.then(() => this.#handle(text));
  }

  /** Something the person should know that belongs to no turn. */
  notice(code: string, message: string): void {
    this.#send({ type: "notice", code, message });
  }

  /** The server is about to stop: the client should come back. */
  leave(): void {
    this.#send({ type: "reconnect" });
  }

  /** The socket has sent what it had. */
  drained(): void {
    if (this.#isBehind) this.#catchUp();
  }

  /** The socket is gone; its session goes on, and what it had sent before is still carried out. */
  closed(): void {
    this.#isClosed = true;
    this.#watched?.leave();
  }

  async #handle(text: string | undefined): Promise<void> {
    try {
      if (text === undefined) throw new AppError("bad_frame", "Frames are text; this one was binary.");
      await this.#carryOut(decode(text));
    } catch (error) {
      this.#send(encodeError(error instanceof AppError ? error : this.#bug(error)));
    }
  }

  async #carryOut(frame: ClientFrame): Promise<void> {
    switch (frame.type) {
      case "hello":
        this.#canApprove = frame.capabilities.includes("approval");
        return;
      case "message":
        return await this.#ask(frame);
      case "stop":
        return await this.#session().stop();
      case "approve":
        return await this.#session().approve({
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
          messages: encodeHistory(await this.#session().history(), this.#context),
        });
      case "clear":
        return await this.#session().clear();
      case "auth":
        return this.#authenticate(frame);
      case "logout":
        this.#session().credentials.forget();
        return this.notice("logged_out", "Your credentials are forgotten.");
      case "ping":
        return this.#send({ type: "pong" });
    }
  }

  async #ask(frame: Extract<ClientFrame, { type: "message" }>): Promise<void> {
    if (frame.message.trim() === "") return;
    await this.#sessions.admit(limitKey(this.#client));
    const attachments = frame.attachments?.map(attachedFile);
    this.#session().ask({ ...frame, attachments, canAsk: this.#canApprove, asker: this });
  }

  /** What is watched; a session of one's own where nothing was said yet. */
  #session(): LiveSession {
    if (this.#watched) return this.#watched.session;
    const { caller, credentials } = this.#client;
    const session = this.#sessions.open(caller, credentials, this.#id);
    this.#watch(session);
    return session;
  }

  #watch(session: LiveSession): void {
    this.#watched?.leave();
    this.#sentSeq = session.story.seq;
    this.#isBehind = false;
    const leave = this.#sessions.watch(session, {
      told: (entry) => this.#tell(entry),
      cleared: () => this.#send({ type: "history_cleared" }),
    });
    this.#watched = { session, leave };
    if (this.#isClosed) leave();
  }

  async #resume({ session_id, last_seq, snapshot }: Extract<ClientFrame, { type: "resume" }>): Promise<void> {
    const session = await this.#sessions.find(session_id, this.#client.caller);
    session.credentials.forward(this.#client.credentials);
    await session.read({ newest: 0 });
    // What is known elsewhere comes into the story with it.
    if (!snapshot) await session.since(last_seq);
    const missed = snapshot ? undefined : session.story.since(last_seq);
    // Nothing is awaited between a look at the session and watching it: what happens then is neither missed nor told twice.
    const stored = missed ? undefined : await session.readState(MOST_SHOWN);
    this.#watch(session);
    this.#greet(session.id, session.credentials.all, true);
    if (missed) {
      this.#sentSeq = last_seq;
      return this.#sendStory(missed.map((entry) => this.#frameOf(entry)));
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
      ...beginning(this.#app, credentials),
    });
  }

  readonly #fileUrl = (id: string): string => {
    const { config } = this.#app;
    return relativePath(websocketPath(config), `${filesPath(config)}/${id}`);
  };

  #authenticate(frame: Extract<ClientFrame, { type: "auth" }>): void {
    const apis = this.#app.apis.current.described.map(({ api }) => api);
    const read = readCallerCredential(apis, frame);
    if (read.outcome === "refused") throw new AppError("bad_frame", read.problem);
    const { api, scheme } = frame;
    this.#session().credentials.bring(apis.length === 1 ? (apis[0]?.name ?? api) : api, scheme, read.value);
    this.#send({ type: "auth_configured", api, scheme });
  }

  /** An event as it happens. While the client is behind, the story keeps it. */
  #tell(entry: Told): void {
    const isNotice = entry.event.type === "notice";
    if (this.#isBehind || (!isNotice && entry.seq <= this.#sentSeq)) return;
    if (!isNotice && entry.seq > this.#sentSeq + 1) {
      this.#isBehind = true;
      this.#work = this.#work.then(() => this.#startOver());
      return;
    }
    if (!isNotice && this.#socket.buffered() > MUCH_BUFFERED) {
      this.#isBehind = true;
      return;
    }
    if (!isNotice) this.#sentSeq = entry.seq;
    this.#send(this.#frameOf(entry));
  }

  /** What came between is not known: the state in one piece takes its place. */
  async #startOver(): Promise<void> {
    const watched = this.#watched;
    if (!watched) return;
    try {
      const stored = await watched.session.readState(MOST_SHOWN);
      if (this.#watched !== watched) return;
      const state = takeSnapshot(watched.session, stored, this.#context);
      this.#sentSeq = state.seq;
      this.#isBehind = false;
      this.#send(state);
    } catch {
      this.#socket.close(TOO_SLOW, "the story was lost; resume");
    }
  }

  #catchUp(): void {
    const missed = this.#watched?.session.story.since(this.#sentSeq);
    if (!missed) {
      this.#socket.close(TOO_SLOW, "reads too slowly; resume");
      return;
    }
    this.#isBehind = false;
    this.#sendStory(mergeDeltas(missed.map((entry) => this.#frameOf(entry))));
  }

  #sendStory(frames: readonly ServerFrame[]): void {
    for (const frame of frames) {
      if (this.#socket.buffered() > MUCH_BUFFERED) {
        this.#isBehind = true;
        return;
      }
      if ("seq" in frame) this.#sentSeq = frame.seq;
      this.#send(frame);
    }
  }

  /** Whoever asks knows the question. */
  #frameOf({ event, seq, turnId, asker }: Told): ServerFrame {
    const frame = encode(event, { seq, turnId }, this.#context);
    if (event.type !== "turn_started" || frame.type !== "typing" || asker === this) return frame;
    const [question] = encodeHistory([event.question], this.#context);
    return { ...frame, ...(question && { question }) };
  }

  #send(frame: ServerFrame): void {
    if (this.#socket.buffered() > MAX_BUFFERED) {
      this.#socket.close(TOO_SLOW, "reads too slowly; resume");
      return;
    }
    this.#socket.send(serialize(frame));
  }

  #bug(error: unknown): AppError {
    const session = this.#watched?.session.id ?? this.#id;
    this.#app.log.error("frame failed", { session, detail: detailOf(error) });
    return bug(error);
  }
}

/** What a person can begin with: questions to ask, and signing in. */
function beginning({ apis }: App, credentials: Credentials) {
  const { described, toolbox } = apis.current;
  const titles = Object.fromEntries(described.map(({ api, description }) => [api.name, description.title]));
  const examples = exampleQuestions(toolbox.tools);
  const signIn = signInOptions(toolbox.tools, titles, credentials);
  return { ...(examples.length > 0 && { examples }), ...(signIn.length > 0 && { sign_in: signIn }) };
}

function attachedFile({ name, media_type, data }: AttachmentFrame): FileContent {
  return { name, mediaType: media_type, bytes: new Uint8Array(Buffer.from(data, "base64")) };
}
