/**
 * Guards a socket when authentication is configured. The client presents a token with the upgrade or in its first frame. When
 * that is no longer valid, frames are refused until the same user presents another; the socket and its turns go on.
 */
import type { Client } from "../../access/client.ts";
import type { Caller } from "../../access/types.ts";
import type { App } from "../../context.ts";
import { AppError, detailOf, toInternalError } from "../../errors.ts";
import type { Socket, SocketClient } from "../../protocols/shared/socket.ts";
import { MAX_TOKEN_FRAME, type SocketAuthentication } from "../../protocols/shared/socket-authentication.ts";

export interface SocketGateOptions {
  readonly app: Pick<App, "audit" | "authenticator" | "log" | "sleep">;
  readonly authentication: SocketAuthentication;
  /** The client as it was identified by the upgrade. Its caller may have no identity. */
  readonly client: Client;
  /** Why the credentials of the upgrade were refused. */
  readonly refusal?: AppError | undefined;
  /** Checks that a caller may use the protocol, by its current roles. @throws AppError `forbidden` */
  authorize(caller: Caller): void;
  /** Identifies the client by a token. @throws AppError */
  identify(token: string): Promise<Client>;
  /** Creates the protocol's end of the socket. */
  connect(client: Client, socket: Socket): SocketClient;
}

/** Milliseconds in which a client without credentials must present a token. */
const FIRST_FRAME_MS = 10_000;
/** Frames that wait while a token is verified. */
const MAX_WAITING = 50;
/** https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const POLICY_VIOLATION = 1008;

export class SocketGate implements SocketClient {
  readonly #options: SocketGateOptions;
  readonly #socket: Socket;
  #caller: Caller;
  #inner: SocketClient | undefined;
  /** Frames are handled in order; the ones after a token wait until it is verified. */
  #waiting: (string | undefined)[] | undefined;
  #isClosed = false;
  /** Ends the wait for a token. */
  #wait: AbortController | undefined;

  constructor(options: SocketGateOptions, socket: Socket) {
    this.#options = options;
    this.#socket = socket;
    const { client, refusal, authentication } = options;
    this.#caller = client.caller;
    if (client.caller.identity) this.#inner = options.connect(client, socket);
    else if (refusal) this.#refuse(refusal);
    else if (!authentication.acceptsFirstFrame) this.#refuse(noCredentials());
    if (!this.#inner) void this.#awaitToken();
  }

  onMessage(text: string | undefined): void {
    if (!this.#waiting) this.#handle(text);
    else if (this.#waiting.push(text) > MAX_WAITING)
      this.#close("too many frames before the token is verified");
  }

  onDrain(): void {
    this.#inner?.onDrain();
  }

  notify(code: string, message: string): void {
    this.#inner?.notify(code, message);
  }

  onShutdown(): void {
    this.#inner?.onShutdown();
  }

  async whenAnswered(): Promise<void> {
    await this.#inner?.whenAnswered();
  }

  onClose(): void {
    this.#end();
    this.#waiting = undefined;
    this.#inner?.onClose();
  }

  #handle(text: string | undefined): void {
    const { authentication } = this.#options;
    if (this.#isClosed) return;
    if (!this.#inner && (text?.length ?? 0) > MAX_TOKEN_FRAME)
      return void this.#close("the frame is too long before authentication");
    const token = text === undefined ? undefined : authentication.readToken(text);
    if (text !== undefined && token !== undefined) return void this.#authenticate(text, token);
    const refusal = this.#findRefusal();
    if (refusal) this.#refuse(refusal, text);
    else this.#inner?.onMessage(text);
  }

  /** Returns why a frame is refused now: a token has an end, and roles change. */
  #findRefusal(): AppError | undefined {
    const { app, authorize } = this.#options;
    const { identity } = this.#caller;
    if (!this.#inner) return noCredentials();
    if (!identity || !app.authenticator.isCurrent(identity)) return signInEnded();
    try {
      authorize(this.#caller);
      return undefined;
    } catch (error) {
      return error instanceof AppError ? error : this.#logBug(error);
    }
  }

  async #authenticate(text: string, token: string): Promise<void> {
    this.#waiting = [];
    try {
      this.#accept(await this.#options.identify(token), text);
    } catch (error) {
      this.#refuse(error instanceof AppError ? error : this.#logBug(error), text);
    }
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const next of waiting) this.onMessage(next);
  }

  #accept(client: Client, text: string): void {
    if (this.#isClosed) return;
    if (this.#inner && client.caller.id !== this.#caller.id)
      throw new AppError("unauthorized", "This connection belongs to another user. Open a new one.", {
        reason: "other_user",
      });
    this.#caller = client.caller;
    this.#options.app.audit.identify(client.caller);
    this.#socket.send(this.#options.authentication.encodeAccepted(text));
    if (this.#inner) this.#inner.onReauthenticated?.(client);
    else this.#inner = this.#options.connect(client, this.#socket);
  }

  /** A socket without a user is closed after a refusal, unless a token may still come. */
  #refuse(error: AppError, text?: string): void {
    const { app, authentication, refusal } = this.#options;
    // The limit itself is recorded where it is counted.
    if (error.code !== "rate_limited")
      app.audit.record({
        event: "denied",
        reason: error.code === "forbidden" ? "authorization" : "authentication",
        code: error.reason ?? error.code,
        subject: "WebSocket",
      });
    this.#socket.send(authentication.encodeRefusal(error, text));
    if (this.#inner || (error === refusal && authentication.acceptsFirstFrame)) return;
    this.#close("Authentication failed");
  }

  #end(): void {
    this.#isClosed = true;
    this.#wait?.abort();
  }

  #close(reason: string): void {
    this.#end();
    this.#socket.close(POLICY_VIOLATION, reason);
  }

  async #awaitToken(): Promise<void> {
    this.#wait = new AbortController();
    if (this.#isClosed) return;
    await this.#options.app.sleep(FIRST_FRAME_MS, this.#wait.signal);
    if (this.#inner || this.#waiting || this.#isClosed) return;
    this.#refuse(noCredentials());
  }

  #logBug(error: unknown): AppError {
    this.#options.app.log.error("failed to authenticate", { detail: detailOf(error) });
    return toInternalError(error);
  }
}

function signInEnded(): AppError {
  return new AppError("unauthorized", "Your sign-in has ended. Please sign in again.", { reason: "expired" });
}

function noCredentials(): AppError {
  return new AppError("unauthorized", "Authentication is needed.", { reason: "no_credentials" });
}
