/**
 * One client of contract 004. Its questions are answered in the order they came, since no frame but the first and the last says
 * which answer it belongs to; those of different sessions are asked at once all the same.
 */
import { randomUUID } from "node:crypto";
import { type Client, dividedBy, limitKey } from "../../access/client.ts";
import type { SessionId } from "../../chat/types.ts";
import type { App } from "../../context.ts";
import { AppError, bug, detailOf } from "../../errors.ts";
import type { Told } from "../../events/event-log.ts";
import type { LiveSession } from "../../sessions/live-session.ts";
import type { LiveSessions } from "../../sessions/session-registry.ts";
import { askOnce } from "../../sessions/stream-turn.ts";
import { PacedSocket } from "../shared/backpressure-socket.ts";
import type { Socket, SocketClient } from "../shared/socket.ts";
import {
  type CompletionPlace,
  type CompletionQuestion,
  decodeQuestion,
  endFrame,
  errorFrame,
  startFrame,
  tokenFrame,
} from "./codec.ts";

const DIALECT = "completions";
const PING_MS = 20_000;
/** The contract's: so long after the last event an answer is given up. */
const SILENCE_MS = 60_000;
/** Questions of one socket that may wait. */
const MOST_WAITING = 20;
/** Refusals of one socket that may wait for their place; whoever asks on is closed. */
const MOST_REFUSED = 100;
/** Policy violation: https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const TOO_MANY = 1008;
/** Sessions of one socket that are remembered. */
const MOST_SESSIONS = 1000;

/** A question that is being answered. */
interface Asking {
  readonly place: CompletionPlace;
  readonly told: AsyncGenerator<Told, void>;
  readonly first: Promise<IteratorResult<Told, void>>;
  readonly stop: AbortController;
}

export class CompletionsConnection implements SocketClient {
  readonly #app: App;
  readonly #sessions: LiveSessions;
  readonly #client: Client;
  readonly #socket: Socket;
  readonly #out: PacedSocket;
  readonly #gone = new AbortController();
  /** Of the sessions that end with the socket: what the client calls them. */
  readonly #own = new Map<string, SessionId>();
  #waiting = 0;
  /** Frames are taken one after the other, and so are answers given. */
  #taken: Promise<void> = Promise.resolve();
  #answered: Promise<void> = Promise.resolve();

  constructor(app: App, sessions: LiveSessions, client: Client, socket: Socket) {
    this.#app = app;
    this.#sessions = sessions;
    this.#client = client;
    this.#socket = socket;
    this.#out = new PacedSocket(socket);
    void this.#keepAlive();
  }

  receive(text: string | undefined): void {
    this.#waiting += 1;
    if (this.#waiting > MOST_WAITING + MOST_REFUSED)
      return void this.#socket.close(TOO_MANY, "too many questions");
    this.#answerInTurn(this.#waiting > MOST_WAITING ? this.#refuse() : this.#askInTurn(text));
  }

  drained(): void {
    this.#out.drained();
  }

  /** The contract knows no such frames. */
  notice(): void {}
  leave(): void {}

  /** The turns end, and with them what the sessions of this socket were called. */
  closed(): void {
    this.#out.closed();
    this.#gone.abort();
    if (this.#own.size > 0) this.#app.log.info("sessions ended", { sessions: this.#own.size });
    this.#own.clear();
  }

  #askInTurn(text: string | undefined): Promise<Asking | AppError> {
    const asking = this.#taken.then(() => this.#ask(text)).catch((error: unknown) => this.#problem(error));
    this.#taken = asking.then(() => undefined);
    return asking;
  }

  async #refuse(): Promise<AppError> {
    return new AppError("queue_full", `${MOST_WAITING} questions are waiting already.`);
  }

  /** Apart from what reads the frame, so that no frame is kept until its answer: it may be long, and the answer far off. */
  #answerInTurn(asking: Promise<Asking | AppError>): void {
    this.#answered = this.#answered.then(async () => {
      await this.#answer(await asking).catch((error: unknown) => this.#fail(this.#problem(error)));
      this.#waiting -= 1;
    });
  }

  async #ask(text: string | undefined): Promise<Asking> {
    const asked = decodeQuestion(text);
    this.#gone.signal.throwIfAborted();
    await this.#sessions.admit(limitKey(this.#client));
    const { place, session } = await this.#open(asked);
    const stop = new AbortController();
    const signal = AbortSignal.any([this.#gone.signal, stop.signal]);
    const told = askOnce(this.#sessions, session, { message: asked.question }, signal);
    const first = told.next();
    // It may fail before it is this question's turn to be answered.
    first.catch(() => undefined);
    return { place, told, first, stop };
  }

  /** @throws AppError `session_not_found`: the chat is somebody else's. */
  async #open({
    sessionId = randomUUID(),
    userId,
    chatId,
  }: CompletionQuestion): Promise<{ place: CompletionPlace; session: LiveSession }> {
    const client = dividedBy(this.#client, DIALECT, userId);
    if (userId !== undefined || chatId !== undefined) {
      const chat = chatId ?? randomUUID();
      const session = await this.#sessions.named(chat, client, [DIALECT]);
      return { place: { sessionId, chatId: chat }, session };
    }
    const id = this.#own.get(sessionId) ?? (randomUUID() as SessionId);
    this.#own.delete(sessionId);
    this.#own.set(sessionId, id);
    const [oldest] = this.#own.keys();
    if (this.#own.size > MOST_SESSIONS && oldest !== undefined) this.#own.delete(oldest);
    return { place: { sessionId }, session: await this.#sessions.named(id, client, [DIALECT]) };
  }

  async #answer(asking: Asking | AppError): Promise<void> {
    if (asking instanceof AppError) return await this.#fail(asking);
    const { place, told, first, stop } = asking;
    try {
      await this.#out.send(startFrame(place));
      for (let next = await this.#inTime(first); !next.done; next = await this.#inTime(told.next())) {
        const { event } = next.value;
        if (event.type === "text_delta") await this.#out.send(tokenFrame(event.text));
        if (event.type !== "turn_ended") continue;
        const { end } = event;
        if (end.outcome === "failed") await this.#fail(end.error);
        else await this.#out.send(endFrame(place, end.text, end.usage));
      }
    } finally {
      stop.abort();
    }
  }

  async #inTime(next: Promise<IteratorResult<Told, void>>): Promise<IteratorResult<Told, void>> {
    const heard = new AbortController();
    const silence = this.#app.sleep(SILENCE_MS, heard.signal).then(() => undefined);
    const first = await Promise.race([next, silence]).finally(() => heard.abort());
    if (first) return first;
    next.catch(() => undefined);
    throw new AppError("model_timeout", `Timeout: there was no answer for ${SILENCE_MS / 1000} s.`);
  }

  async #fail({ message }: AppError): Promise<void> {
    await this.#out.send(errorFrame(message));
    if (this.#app.config.completionsStrict) this.#socket.close(1000, "");
  }

  #problem(error: unknown): AppError {
    if (error instanceof AppError) return error;
    if (!this.#gone.signal.aborted) this.#app.log.error("frame failed", { detail: detailOf(error) });
    return bug(error);
  }

  async #keepAlive(): Promise<void> {
    const { signal } = this.#gone;
    for (;;) {
      await this.#app.sleep(PING_MS, signal);
      if (signal.aborted) return;
      this.#socket.ping();
    }
  }
}
