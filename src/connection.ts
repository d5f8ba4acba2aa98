/** One client of the native protocol: its frames in, the session's story out. Knows the socket only by {@link Socket}. */
import type { Caller } from "./access/types.ts";
import type { App } from "./app.ts";
import { filesPath, relativePath, websocketPath } from "./config/paths.ts";
import { AppError } from "./errors.ts";
import type { LiveSession } from "./session.ts";
import type { Credentials } from "./session-credentials.ts";
import type { LiveSessions } from "./sessions.ts";
import { costOfTurn } from "./telemetry/cost.ts";
import { readCallerCredential } from "./tools/caller-credential.ts";
import { exampleQuestions } from "./tools/examples.ts";
import { signInOptions } from "./tools/sign-in.ts";
import type { FileContent } from "./tools/types.ts";
import { decode, type EncodeContext, encode, encodeError, encodeHistory, serialize } from "./wire/native.ts";
import { type AttachmentFrame, type ClientFrame, MAX_ATTACHMENTS, type ServerFrame } from "./wire/types.ts";

export interface Socket {
  send(text: string): void;
  close(code: number, reason: string): void;
  /** Bytes that are not on their way yet. */
  buffered(): number;
}

/** Who is on the other side, and what their own request brought for the APIs. */
export interface Client {
  readonly caller: Caller;
  /** Where the request came from. */
  readonly address: string;
  readonly credentials: Credentials;
}

/** What a person can begin with: questions to ask, and signing in. */
function beginning({ apis }: App, credentials: Credentials) {
  const { described, toolbox } = apis.current;
  const titles = Object.fromEntries(described.map(({ api, description }) => [api.name, description.title]));
  const examples = exampleQuestions(toolbox.tools);
  const signIn = signInOptions(toolbox.tools, titles, credentials);
  return { ...(examples.length > 0 && { examples }), ...(signIn.length > 0 && { sign_in: signIn }) };
}

/** Bytes a client may be behind before it is closed with 4008: it reads too slowly to ever catch up. */
const MAX_BUFFERED = 16_000_000;
const TOO_SLOW = 4008;

export class Connection {
  readonly #app: App;
  readonly #sessions: LiveSessions;
  readonly #socket: Socket;
  readonly #session: LiveSession;
  /** Who it is, for limits. */
  readonly #key: string;
  /** Frames are handled one after the other, in the order they came. */
  #work: Promise<void> = Promise.resolve();

  constructor(app: App, sessions: LiveSessions, client: Client, socket: Socket) {
    const { caller, credentials, address } = client;
    // Whoever brings no cookie is somebody new each time, but not from somewhere new.
    this.#key = caller.kind === "browser" ? caller.id : address;
    this.#app = app;
    this.#sessions = sessions;
    this.#socket = socket;
    const { model, apis, telemetry } = app;
    const context: EncodeContext = {
      now: () => app.now().toISOString(),
      operation: (name) => {
        const operation = apis.current.toolbox.find(name)?.operation;
        return operation && { method: operation.method, path: operation.path };
      },
      cost: (spent) => costOfTurn(spent, model.cost),
      sessionCost: () => telemetry.costs(this.#session.id, caller.id).session,
      fileUrl: this.#fileUrl,
    };
    this.#session = sessions.open(caller, credentials, (event, turnId, seq) =>
      this.#send(encode(event, { seq, turnId }, context)),
    );
    this.#send({
      type: "connection_established",
      session_id: this.#session.id,
      message: "Connected to AI assistant",
      model: app.modelId,
      models: app.models,
      tools: apis.current.toolbox.tools.length,
      resumed: false,
      ...(app.notice !== undefined && { notice: app.notice }),
      attachments: { max_files: MAX_ATTACHMENTS, max_bytes: app.config.maxAttachmentsSize },
      ...beginning(app, credentials),
    });
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

  /** The socket is gone. */
  async closed(): Promise<void> {
    await this.#sessions.close(this.#session);
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
      case "message":
        if (frame.message.trim() === "") return;
        this.#sessions.admit(this.#key);
        return this.#session.ask({ ...frame, attachments: frame.attachments?.map(attachedFile) });
      case "stop":
        return this.#session.stop();
      case "history":
        return this.#send({
          type: "history",
          messages: encodeHistory(await this.#session.history(), this.#fileUrl),
        });
      case "clear":
        await this.#session.clear();
        return this.#send({ type: "history_cleared" });
      case "auth":
        return this.#authenticate(frame);
      case "logout":
        this.#session.credentials.forget();
        return this.notice("logged_out", "Your credentials are forgotten.");
      case "ping":
        return this.#send({ type: "pong" });
      case "hello":
        return;
    }
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
    this.#session.credentials.bring(apis.length === 1 ? (apis[0]?.name ?? api) : api, scheme, read.value);
    this.#send({ type: "auth_configured", api, scheme });
  }

  #send(frame: ServerFrame): void {
    if (this.#socket.buffered() > MAX_BUFFERED) {
      this.#socket.close(TOO_SLOW, "reads too slowly");
      return;
    }
    this.#socket.send(serialize(frame));
  }

  #bug(error: unknown): AppError {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#app.log.error("frame failed", { session: this.#session.id, detail });
    return new AppError("internal", "Something went wrong on our side. Please try again.");
  }
}

function attachedFile({ name, media_type, data }: AttachmentFrame): FileContent {
  return { name, mediaType: media_type, bytes: new Uint8Array(Buffer.from(data, "base64")) };
}
