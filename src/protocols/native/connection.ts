/** One client of the native protocol: its frames in, the events of its session out. `src/protocols/native/PROTOCOL.md` */
import { randomUUID } from "node:crypto";
import { type Client, turnKeyOf } from "../../access/client.ts";
import type { LimitState } from "../../access/limits/types.ts";
import type { SessionId } from "../../chat/types.ts";
import { filesPath, relativePath, websocketPath } from "../../config/paths.ts";
import type { App } from "../../context.ts";
import { AppError, detailOf, toInternalError } from "../../errors.ts";
import type { LiveSession } from "../../sessions/live-session.ts";
import type { SessionRegistry } from "../../sessions/session-registry.ts";
import { readCallerCredential } from "../../tools/auth/caller-credential.ts";
import { decodeFiles } from "../../turns/decode-file.ts";
import type { EncodedFile } from "../../turns/stateless-request.ts";
import { beginWork } from "../../turns/work-slices.ts";
import { readFrame } from "../shared/long-json.ts";
import type { Socket, SocketClient } from "../shared/socket.ts";
import { decodeFrame, type EncodeContext, encodeError } from "./codec.ts";
import { createEncodeContext } from "./encode-context.ts";
import { EventSender } from "./event-sender.ts";
import { FrameSocket } from "./frame-socket.ts";
import { encodeGreeting, type GreetedSession } from "./greeting.ts";
import { encodeHistory } from "./history.ts";
import { encodePosition, readHistoryPage } from "./history-page.ts";
import { encodeLimits } from "./limits.ts";
import type { AttachmentFrame, ClientFrame, ServerFrame } from "./types.ts";

export type NativeApp = Pick<
  App,
  "apis" | "authorizer" | "config" | "log" | "model" | "modelId" | "models" | "notice" | "telemetry"
>;

const ALL_MESSAGES = 1_000_000_000;

export class NativeConnection implements SocketClient {
  readonly #app: NativeApp;
  readonly #sessions: SessionRegistry;
  #client: Client;
  readonly #socket: FrameSocket;
  readonly #context: EncodeContext;
  readonly #events: EventSender;
  /** Identifies requests of this connection. Events keep it, and would keep a closed connection too. */
  readonly #requestId = Symbol("connection");
  /** The id of the session that a first message creates. */
  readonly #newSessionId = randomUUID() as SessionId;
  #canApprove = false;
  #readsLimits = false;
  /** Frames are handled one after the other, in their order. */
  #work: Promise<void> = Promise.resolve();

  constructor(app: NativeApp, sessions: SessionRegistry, client: Client, socket: Socket) {
    this.#app = app;
    this.#sessions = sessions;
    this.#client = client;
    this.#socket = new FrameSocket(socket);
    this.#context = createEncodeContext(app, () => this.#session().id, client.caller, this.#fileUrl);
    this.#events = new EventSender({
      sessions,
      socket: this.#socket,
      context: this.#context,
      requestId: this.#requestId,
      enqueue: (work) => this.#enqueue(work),
    });
    this.#greet({ id: this.#newSessionId, credentials: client.credentials, resumed: false });
  }

  onMessage(text: string | undefined): void {
    this.#enqueue(() => this.#handle(text));
  }

  onReauthenticated(client: Client): void {
    this.#client = client;
    this.#events.session?.credentials.updateForwarded(client.credentials);
  }

  notify(code: string, message: string): void {
    this.#socket.send({ type: "notice", code, message });
  }

  /** Asks the client to reconnect. */
  onShutdown(): void {
    this.#socket.send({ type: "reconnect" });
  }

  whenAnswered(): Promise<void> {
    return this.#work;
  }

  onDrain(): void {
    this.#events.onDrain();
  }

  /** Ends the subscription. The session goes on, and frames that have arrived are still handled. */
  onClose(): void {
    this.#events.close();
  }

  #enqueue(work: () => Promise<void>): void {
    this.#work = this.#work.then(work);
  }

  async #handle(text: string | undefined): Promise<void> {
    try {
      await this.#dispatch(decodeFrame(await readFrame(text, this.#client)));
    } catch (error) {
      this.#socket.send(encodeError(error instanceof AppError ? error : this.#logBug(error)));
    }
  }

  async #dispatch(frame: ClientFrame): Promise<void> {
    switch (frame.type) {
      case "hello":
        this.#canApprove = frame.capabilities.includes("approval");
        this.#readsLimits = frame.capabilities.includes("limits");
        return;
      case "message":
        return await this.#submit(frame);
      case "stop":
        return await this.#session().stop();
      case "approve":
        return await this.#decide({
          caller: this.#client.caller,
          approvalId: frame.approval_id,
          approved: frame.approved,
          forSession: frame.scope === "session",
          callIds: frame.tool_call_ids,
          reason: frame.reason,
        });
      case "edit":
        return await this.#decide({
          caller: this.#client.caller,
          approvalId: frame.approval_id,
          callId: frame.tool_call_id,
          arguments: frame.arguments,
        });
      case "resume":
        return await this.#resume(frame);
      case "history":
        return this.#socket.send(await this.#readHistory(frame));
      case "clear":
        return await this.#session().clear();
      case "auth":
        return this.#authenticate(frame);
      case "logout":
        this.#session().credentials.clear();
        return this.notify("logged_out", "Your credentials were removed from this session.");
      case "ping":
        return this.#socket.send({ type: "pong" });
    }
  }

  async #submit(frame: Extract<ClientFrame, { type: "message" }>): Promise<void> {
    if (frame.message.trim() === "") return;
    const { id, ...request } = frame;
    await this.#sessions.admit({ ...this.#client, onLimits: this.#onLimits });
    const attachments = await decodeFiles(frame.attachments?.map(readAttachment) ?? []);
    const { caller, spender } = this.#client;
    const asked = { caller, attachments, canApprove: this.#canApprove, spender, requestId: this.#requestId };
    const turnRequest = { ...request, ...asked };
    const session = this.#session();
    if (id === undefined) return session.submit(turnRequest);
    const known = await session.takenRequests.findAnywhere(id, frame.message);
    const taken = known ? { ...known, isRepeated: true } : session.submitOnce(id, turnRequest);
    // The events of a turn that runs arrive anyhow.
    const end = taken.isRepeated ? session.takenRequests.findEnd(taken) : undefined;
    if (end) this.#events.sendAgain(end);
  }

  async #decide(decision: Parameters<LiveSession["decideApproval"]>[0]): Promise<void> {
    try {
      await this.#session().decideApproval(decision);
    } catch (error) {
      if (error instanceof AppError && error.code === "approval_not_found")
        this.#sessions.auditUnknownApproval(decision.approvalId, decision.caller);
      throw error;
    }
  }

  readonly #onLimits = (states: readonly LimitState[]): void => {
    if (this.#readsLimits) this.#socket.send(encodeLimits(states));
  };

  /** Returns the subscribed session, or creates one. */
  #session(): LiveSession {
    const subscribed = this.#events.session;
    if (subscribed) return subscribed;
    const { caller, credentials } = this.#client;
    const session = this.#sessions.create(caller, credentials, this.#newSessionId);
    this.#events.subscribe(session);
    return session;
  }

  async #readHistory({
    before,
    limit = ALL_MESSAGES,
  }: Extract<ClientFrame, { type: "history" }>): Promise<ServerFrame> {
    const session = this.#session();
    const found = await readHistoryPage((range) => session.read(range), { before, limit });
    const messages = encodeHistory(found?.page.messages ?? [], this.#context, found?.stored.session.feedback);
    const place = { ...(found && encodePosition(found.page)), ...(before !== undefined && { before }) };
    return { type: "history", messages, ...place };
  }

  async #resume(frame: Extract<ClientFrame, { type: "resume" }>): Promise<void> {
    const { session_id, last_seq, snapshot, limit } = frame;
    await beginWork(turnKeyOf(this.#client.caller, this.#client.address));
    const session = await this.#sessions.find(session_id, this.#client.caller);
    session.credentials.updateForwarded(this.#client.credentials);
    // Closes an interrupted turn, so that its end is in the log.
    await session.read({ newest: 0 });
    // This also loads events of other processes into the event log.
    if (!snapshot) await session.eventsAfter(last_seq);
    const missed = snapshot ? undefined : session.eventLog.eventsAfter(last_seq);
    const found = missed ? undefined : await this.#events.readSnapshot(session, limit);
    // Nothing is awaited between reading the state and subscribing, so that no event is missed or sent twice.
    this.#events.subscribe(session);
    this.#greet({ id: session.id, credentials: session.credentials.all, resumed: true });
    this.#app.telemetry.count("resumes", { outcome: missed ? "replayed" : "snapshot" });
    if (missed) this.#app.telemetry.count("replayedEvents", {}, missed.length);
    if (missed) this.#events.replay(last_seq, missed);
    else this.#events.sendSnapshot(session, found);
  }

  #greet(session: GreetedSession): void {
    this.#socket.send(encodeGreeting(this.#app, this.#client.caller, session));
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
    this.#socket.send({ type: "auth_configured", api, scheme });
  }

  #logBug(error: unknown): AppError {
    const session = this.#events.session?.id ?? this.#newSessionId;
    this.#app.log.error("failed to handle frame", { session, detail: detailOf(error) });
    return toInternalError(error);
  }
}

function readAttachment({ name, media_type, data }: AttachmentFrame): EncodedFile {
  return { name, mediaType: media_type, base64: data, label: name };
}
