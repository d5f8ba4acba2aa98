/** One dashboard client: a WebSocket with concurrent requests, each answered under its own `id`. */
import type { Client } from "../../access/client.ts";
import type { App } from "../../context.ts";
import { AppError, detailOf, toInternalError } from "../../errors.ts";
import type { SessionRegistry } from "../../sessions/session-registry.ts";
import { BackpressureSocket } from "../shared/backpressure-socket.ts";
import { readFrame } from "../shared/long-json.ts";
import type { Socket, SocketClient } from "../shared/socket.ts";
import { createDashboardUser, type DashboardUser } from "./chat.ts";
import { createChatHandlers } from "./chat-requests.ts";
import { type DashboardRequest, decodeRequest, errorReply, internalError, unknownType } from "./codec.ts";
import type { DashboardEventBroker } from "./event-broker.ts";
import { EventSubscription } from "./event-requests.ts";
import { createInfoHandlers } from "./info-requests.ts";
import type { Reply, RequestHandlers } from "./request-handler.ts";
import { createToolHandlers, type ToolApp } from "./tool-requests.ts";

export type DashboardApp = ToolApp & Pick<App, "now" | "store" | "version">;

export interface DashboardServices {
  readonly app: DashboardApp;
  readonly sessions: SessionRegistry;
  readonly events: DashboardEventBroker;
  readonly client: Client;
  /** The address of the upgrade, which may name a user. */
  readonly url: URL;
}

export class DashboardConnection implements SocketClient {
  readonly #log: App["log"];
  readonly #out: BackpressureSocket;
  readonly #abort = new AbortController();
  readonly #subscription: EventSubscription;
  readonly #handlers: RequestHandlers;
  #user: DashboardUser;
  readonly #url: URL;
  /** Requests that are not answered yet. */
  readonly #answering = new Set<Promise<void>>();

  constructor({ app, sessions, events, client, url }: DashboardServices, socket: Socket) {
    this.#log = app.log;
    this.#out = new BackpressureSocket(socket);
    this.#url = url;
    this.#user = createDashboardUser(client, url);
    const user = this.#currentUser();
    this.#subscription = new EventSubscription(app, events, user.owner.caller.id, this.#out);
    const { signal } = this.#abort;
    this.#handlers = {
      ...createChatHandlers(app, sessions, user, signal),
      ...createInfoHandlers(app, () => Object.keys(this.#handlers)),
      ...createToolHandlers(app, sessions, user, signal),
      ...this.#subscription.handlers,
    };
    void this.#out.send({ type: "initial_data", data: { metrics: {}, activity: [] } });
  }

  onMessage(text: string | undefined): void {
    const answer = this.#answer(text);
    this.#answering.add(answer);
    void answer.finally(() => this.#answering.delete(answer));
  }

  onReauthenticated(client: Client): void {
    this.#user = createDashboardUser(client, this.#url);
  }

  /** Returns the user as of the last token, for handlers that are created once. */
  #currentUser(): DashboardUser {
    const read = () => this.#user;
    return {
      get client() {
        return read().client;
      },
      get owner() {
        return read().owner;
      },
    };
  }

  /** Never rejects. */
  async #answer(text: string | undefined): Promise<void> {
    const request = await this.#decode(text);
    if (request) await this.#handle(request).catch((error: unknown) => this.#sendError(request, error));
  }

  /** Returns undefined after reporting that the frame is no request. */
  async #decode(text: string | undefined): Promise<DashboardRequest | undefined> {
    try {
      const request = decodeRequest(await readFrame(text, this.#user.client));
      if (!request) void this.#out.send({ type: "error", error: "Invalid message format" });
      return request;
    } catch (error) {
      this.#sendError({ id: {} }, error);
      return undefined;
    }
  }

  onDrain(): void {
    this.#out.onDrain();
  }

  /** The protocol has no such frames. */
  notify(): void {}
  onShutdown(): void {}

  async whenAnswered(): Promise<void> {
    await Promise.all(this.#answering);
  }

  /** Stops the turns that the socket started. Its sessions stay. */
  onClose(): void {
    this.#out.onClose();
    this.#abort.abort();
    this.#subscription.end();
  }

  async #handle(request: DashboardRequest): Promise<void> {
    const { type } = request;
    const handler =
      typeof type === "string" && Object.hasOwn(this.#handlers, type) ? this.#handlers[type] : undefined;
    if (!handler) return await this.#out.send(unknownType(request));
    const reply: Reply = (frame) => this.#out.send({ ...request.id, ...frame });
    await handler(request, reply);
  }

  #sendError({ id }: Pick<DashboardRequest, "id">, error: unknown): void {
    if (error instanceof AppError) return void this.#out.send(errorReply(id, error.message));
    this.#log.error("failed to handle frame", { detail: detailOf(error) });
    void this.#out.send(internalError(id, toInternalError(error).message));
  }
}
