/**
 * One client of the completions protocol. Turns of different sessions run at once, but replies are sent in the order of their
 * messages, since only the first and the last frame of a reply name its session.
 */
import { randomUUID } from "node:crypto";
import { type Client, scopeClient } from "../../access/client.ts";
import type { SessionId } from "../../chat/types.ts";
import type { App } from "../../context.ts";
import { AppError, detailOf, toInternalError } from "../../errors.ts";
import type { LoggedEvent } from "../../events/event-log.ts";
import type { LiveSession } from "../../sessions/live-session.ts";
import { RetainedSessions } from "../../sessions/retained-sessions.ts";
import type { SessionRegistry } from "../../sessions/session-registry.ts";
import { streamTurn } from "../../sessions/stream-turn.ts";
import { BackpressureSocket } from "../shared/backpressure-socket.ts";
import { readFrame } from "../shared/long-json.ts";
import type { Socket, SocketClient } from "../shared/socket.ts";
import {
  type CompletionsMessage,
  type CompletionsSessionIds,
  decodeMessage,
  encodeEndFrame,
  encodeErrorFrame,
  encodeStartFrame,
  encodeTokenFrame,
} from "./codec.ts";

const PROTOCOL = "completions";
const PING_MS = 20_000;
/** Milliseconds without an event after which a reply fails. The original system has the same limit. */
const REPLY_TIMEOUT_MS = 60_000;
/** Messages of one socket that may be in progress. */
const MAX_QUEUED = 20;
/** Refusals of one socket that may wait for their place in the order. Beyond, the socket is closed. */
const MAX_REFUSED = 100;
/** Policy violation: https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const POLICY_VIOLATION = 1008;
/** Limit of sessions that one socket remembers; the least recently used is dropped first. */
const MAX_SESSIONS = 1000;

/** A reply whose turn has started. */
interface PendingReply {
  readonly ids: CompletionsSessionIds;
  readonly events: AsyncGenerator<LoggedEvent, void>;
  readonly first: Promise<IteratorResult<LoggedEvent, void>>;
  readonly stop: AbortController;
}

export type CompletionsApp = Pick<App, "config" | "log" | "sleep">;

export class CompletionsConnection implements SocketClient {
  readonly #app: CompletionsApp;
  readonly #sessions: SessionRegistry;
  #client: Client;
  readonly #socket: Socket;
  readonly #out: BackpressureSocket;
  readonly #abort = new AbortController();
  readonly #retained: RetainedSessions;
  /** Ids of the sessions that end with the socket, by the client's name. */
  readonly #sessionIds = new Map<string, SessionId>();
  #queued = 0;
  /** Messages start one after the other, and replies are sent one after the other. */
  #receiving: Promise<void> = Promise.resolve();
  #replying: Promise<void> = Promise.resolve();

  constructor(app: CompletionsApp, sessions: SessionRegistry, client: Client, socket: Socket) {
    this.#app = app;
    this.#sessions = sessions;
    this.#client = client;
    this.#retained = new RetainedSessions(sessions, this.#abort.signal);
    this.#socket = socket;
    this.#out = new BackpressureSocket(socket);
    void this.#keepAlive();
  }

  onMessage(text: string | undefined): void {
    this.#queued += 1;
    if (this.#queued > MAX_QUEUED + MAX_REFUSED)
      return void this.#socket.close(POLICY_VIOLATION, "too many questions");
    this.#replyInOrder(this.#queued > MAX_QUEUED ? this.#refuse() : this.#startInOrder(text));
  }

  onReauthenticated(client: Client): void {
    this.#client = client;
  }

  onDrain(): void {
    this.#out.onDrain();
  }

  /** The protocol has no such frames. */
  notify(): void {}
  onShutdown(): void {}

  whenAnswered(): Promise<void> {
    return this.#replying;
  }

  /** Stops the turns and drops the names of sessions. */
  onClose(): void {
    this.#out.onClose();
    this.#abort.abort();
    if (this.#sessionIds.size > 0) this.#app.log.info("sessions ended", { sessions: this.#sessionIds.size });
    this.#sessionIds.clear();
  }

  #startInOrder(text: string | undefined): Promise<PendingReply | AppError> {
    const pending = this.#receiving
      .then(() => this.#startTurn(text))
      .catch((error: unknown) => this.#toAppError(error));
    this.#receiving = pending.then(() => undefined);
    return pending;
  }

  async #refuse(): Promise<AppError> {
    return new AppError("queue_full", `${MAX_QUEUED} questions are waiting already.`);
  }

  /** Takes only the pending reply, so that a long frame is not kept in memory until its reply is sent. */
  #replyInOrder(pending: Promise<PendingReply | AppError>): void {
    this.#replying = this.#replying.then(async () => {
      await this.#sendReply(await pending).catch((error: unknown) =>
        this.#sendError(this.#toAppError(error)),
      );
      this.#queued -= 1;
    });
  }

  async #startTurn(text: string | undefined): Promise<PendingReply> {
    const message = decodeMessage(await readFrame(text, this.#client));
    this.#abort.signal.throwIfAborted();
    await this.#sessions.admit(this.#client);
    const { ids, session } = await this.#openSession(message);
    this.#retained.add(session);
    const stop = new AbortController();
    const signal = AbortSignal.any([this.#abort.signal, stop.signal]);
    const { caller, spender } = this.#client;
    const request = { caller, message: message.text, spender };
    const events = streamTurn(this.#sessions, session, request, signal);
    const first = events.next();
    // It may fail before its reply is due; the rejection is handled then.
    first.catch(() => undefined);
    return { ids, events, first, stop };
  }

  /** @throws AppError `session_not_found` when the chat belongs to another caller. */
  async #openSession({
    sessionId = randomUUID(),
    userId,
    chatId,
  }: CompletionsMessage): Promise<{ ids: CompletionsSessionIds; session: LiveSession }> {
    const client = scopeClient(this.#client, PROTOCOL, userId);
    if (userId !== undefined || chatId !== undefined) {
      const chat = chatId ?? randomUUID();
      const session = await this.#sessions.openNamed(chat, client, [PROTOCOL]);
      return { ids: { sessionId, chatId: chat }, session };
    }
    const id = this.#sessionIds.get(sessionId) ?? (randomUUID() as SessionId);
    this.#sessionIds.delete(sessionId);
    this.#sessionIds.set(sessionId, id);
    const [oldest] = this.#sessionIds.keys();
    if (this.#sessionIds.size > MAX_SESSIONS && oldest !== undefined) this.#sessionIds.delete(oldest);
    return { ids: { sessionId }, session: await this.#sessions.openNamed(id, client, [PROTOCOL]) };
  }

  async #sendReply(pending: PendingReply | AppError): Promise<void> {
    if (pending instanceof AppError) return await this.#sendError(pending);
    const { ids, events, first, stop } = pending;
    try {
      await this.#out.send(encodeStartFrame(ids));
      for (
        let next = await this.#withTimeout(first);
        !next.done;
        next = await this.#withTimeout(events.next())
      ) {
        const { event } = next.value;
        if (event.type === "text_delta") await this.#out.send(encodeTokenFrame(event.text));
        if (event.type !== "turn_ended") continue;
        const { end } = event;
        if (end.outcome === "failed") await this.#sendError(end.error);
        else await this.#out.send(encodeEndFrame(ids, end.text, end.usage));
      }
    } finally {
      stop.abort();
    }
  }

  async #withTimeout(
    next: Promise<IteratorResult<LoggedEvent, void>>,
  ): Promise<IteratorResult<LoggedEvent, void>> {
    const settled = new AbortController();
    const timeout = this.#app.sleep(REPLY_TIMEOUT_MS, settled.signal).then(() => undefined);
    const first = await Promise.race([next, timeout]).finally(() => settled.abort());
    if (first) return first;
    next.catch(() => undefined);
    throw new AppError("model_timeout", `Timeout: there was no answer for ${REPLY_TIMEOUT_MS / 1000} s.`);
  }

  async #sendError({ message }: AppError): Promise<void> {
    await this.#out.send(encodeErrorFrame(message));
    if (this.#app.config.completionsStrict) this.#socket.close(1000, "");
  }

  #toAppError(error: unknown): AppError {
    if (error instanceof AppError) return error;
    if (!this.#abort.signal.aborted)
      this.#app.log.error("failed to handle frame", { detail: detailOf(error) });
    return toInternalError(error);
  }

  async #keepAlive(): Promise<void> {
    const { signal } = this.#abort;
    for (;;) {
      await this.#app.sleep(PING_MS, signal);
      if (signal.aborted) return;
      this.#socket.ping();
    }
  }
}
