/** One client of contract 003: several requests at once over one socket, each answered under its own `id`. */
import { randomUUID } from "node:crypto";
import type { App } from "../../context.ts";
import { AppError, detailOf, toInternalError } from "../../errors.ts";
import { isObject } from "../../json.ts";
import type { SessionRegistry } from "../../sessions/session-registry.ts";
import { costOfTurn } from "../../telemetry/cost.ts";
import { createToolRunner } from "../../turns/run-tool.ts";
import { BackpressureSocket } from "../shared/backpressure-socket.ts";
import { toDialogue } from "../shared/dialogue.ts";
import type { Socket, SocketClient } from "../shared/socket.ts";
import {
  type AcceptedMessage,
  acceptMessage,
  createChat,
  type DashboardUser,
  DEFAULT_CHAT_TITLE,
  failureText,
  findChat,
  streamReply,
} from "./chat.ts";
import {
  chatIdOf,
  type DashboardRequest,
  decodeRequest,
  encodeHistory,
  encodeSession,
  errorReply,
  internalError,
  toolContext,
  unknownType,
  usageOf,
} from "./codec.ts";
import type { DashboardEventBroker, PublishedEvent } from "./event-broker.ts";

/** Questions of one socket that may be answered at once. */
const MAX_CONCURRENT_MESSAGES = 50;
/** Sessions of a list. */
const MAX_LISTED_SESSIONS = 100;
/** Messages of each: the newest. */
const MAX_LISTED_MESSAGES = 200;

type Reply = (frame: object) => Promise<void>;

export class DashboardConnection implements SocketClient {
  readonly #app: App;
  readonly #sessions: SessionRegistry;
  readonly #events: DashboardEventBroker;
  readonly #user: DashboardUser;
  readonly #out: BackpressureSocket;
  readonly #abort = new AbortController();
  /** What a message is said in is settled one message after the other. */
  #accepting: Promise<unknown> = Promise.resolve();
  #inFlight = 0;
  #unsubscribe = () => {};

  constructor(
    app: App,
    sessions: SessionRegistry,
    events: DashboardEventBroker,
    user: DashboardUser,
    socket: Socket,
  ) {
    this.#app = app;
    this.#sessions = sessions;
    this.#events = events;
    this.#user = user;
    this.#out = new BackpressureSocket(socket);
    void this.#out.send({ type: "initial_data", data: { metrics: {}, activity: [] } });
  }

  onMessage(text: string | undefined): void {
    const request = decodeRequest(text);
    if (!request) return void this.#out.send({ type: "error", error: "Invalid message format" });
    const reply: Reply = (frame) => this.#out.send({ ...request.id, ...frame });
    void this.#dispatch(request, reply).catch((error: unknown) => this.#sendError(request, error));
  }

  onDrain(): void {
    this.#out.onDrain();
  }

  /** The contract knows no such frames. */
  notify(): void {}
  onShutdown(): void {}

  /** What it asked ends; its sessions stay. */
  onClose(): void {
    this.#out.onClose();
    this.#abort.abort();
    this.#unsubscribe();
  }

  async #dispatch(request: DashboardRequest, reply: Reply): Promise<void> {
    const { fields, envelope } = request;
    switch (request.type) {
      case "chat.create_session":
        return await this.#createSession(fields, reply);
      case "chat.send_message":
        return await this.#sendMessage(fields, reply);
      case "chat.get_history":
        return await this.#sendHistory(fields, reply);
      case "chat.list_sessions":
        return await reply({ type: "chat.sessions_listed", data: { sessions: await this.#listSessions() } });
      case "ping":
        return await reply({ type: "pong", timestamp: this.#now() });
      case "health_check":
        return await reply({ result: await this.#readHealth() });
      case "server_info":
        return await reply({
          result: { name: "specchat", version: this.#app.version, requests: REQUEST_TYPES },
        });
      case "list_tools":
        return await reply({ result: { tools: this.#listTools() } });
      case "mcp_call":
        return await reply({ result: await this.#callTool(envelope) });
      case "subscribe_events":
        return await this.#subscribe(fields, reply);
      case "publish_event":
        return await this.#publish(fields, reply);
      default:
        return await this.#out.send(unknownType(request));
    }
  }

  async #createSession({ title }: DashboardRequest["fields"], reply: Reply): Promise<void> {
    const name = typeof title === "string" && title.trim() !== "" ? title.slice(0, 200) : DEFAULT_CHAT_TITLE;
    const session = await createChat(this.#app, this.#sessions, this.#user, name);
    const stored = await session.read({ newest: 0 });
    if (!stored) throw new Error("what was created is gone");
    await reply({ type: "chat.session_created", data: encodeSession(stored.session, this.#app.modelId) });
  }

  async #sendMessage(fields: DashboardRequest["fields"], reply: Reply): Promise<void> {
    if (this.#inFlight >= MAX_CONCURRENT_MESSAGES)
      throw new AppError("queue_full", `${MAX_CONCURRENT_MESSAGES} messages are being answered already.`);
    this.#inFlight += 1;
    try {
      const accepted = this.#accepting.then(() =>
        acceptMessage(this.#app, this.#sessions, this.#user, fields),
      );
      this.#accepting = accepted.catch(() => undefined);
      await this.#sendReply(await accepted, fields.streaming === true, reply);
    } finally {
      this.#inFlight -= 1;
    }
  }

  async #sendReply(accepted: AcceptedMessage, streaming: boolean, reply: Reply): Promise<void> {
    const { chatId: sessionId } = accepted;
    for await (const event of streamReply(this.#sessions, accepted, this.#abort.signal)) {
      if (event.type === "text") {
        if (streaming) await reply({ type: "chat.message_stream", data: { sessionId, content: event.text } });
        continue;
      }
      const { end, messageId } = event;
      if (end.outcome === "failed") {
        await reply({ type: "error", error: failureText(end.error, streaming) });
        continue;
      }
      const usage = usageOf([end.usage]);
      if (streaming) {
        await reply({ type: "chat.message_complete", data: { sessionId, messageId, usage } });
        continue;
      }
      const message = {
        messageId,
        content: end.text,
        role: "assistant",
        timestamp: end.endedAt,
        context: toolContext(end.calls, end.results),
        usage,
      };
      await reply({ type: "chat.message_response", data: { sessionId, message } });
    }
  }

  async #sendHistory({ sessionId }: DashboardRequest["fields"], reply: Reply): Promise<void> {
    const session = await findChat(this.#sessions, this.#user, sessionId);
    const stored = await session?.read();
    await reply({
      type: "chat.history_response",
      data: stored
        ? {
            messages: encodeHistory(chatIdOf(stored.session.id), toDialogue(stored.messages), this.#cost),
            session: encodeSession(stored.session, this.#app.modelId),
          }
        : { messages: [], session: null },
    });
  }

  /** Also those of a client that is known by nothing: what it began over this socket. */
  async #listSessions(): Promise<readonly object[]> {
    const { store, modelId } = this.#app;
    const { id } = this.#user.owner.caller;
    const listed = await store.list(id, { limit: MAX_LISTED_SESSIONS });
    const read = await Promise.all(listed.map(({ id }) => store.read(id, { newest: MAX_LISTED_MESSAGES })));
    return read.flatMap((stored) => {
      if (!stored) return [];
      const { session } = stored;
      const messages = encodeHistory(chatIdOf(session.id), toDialogue(stored.messages), this.#cost);
      const { createdAt, updatedAt } = session;
      return [{ ...encodeSession(session, modelId), messages, createdAt, updatedAt }];
    });
  }

  async #readHealth() {
    const { status } = await this.#app.model.health();
    return {
      status: status === "ready" ? "healthy" : "unhealthy",
      timestamp: this.#now(),
      version: this.#app.version,
      service: "specchat",
    };
  }

  #listTools() {
    const advertised = new Map(this.#app.apis.current.advertised.map((tool) => [tool.name, tool]));
    return this.#app.apis.current.tools.flatMap(({ name }) => {
      const tool = advertised.get(name);
      return tool ? [{ name, description: tool.description, inputSchema: tool.inputSchema }] : [];
    });
  }

  async #callTool({ tool, arguments: args }: DashboardRequest["envelope"]) {
    const values = isObject(args) ? args : {};
    const known = this.#app.apis.current.tools.find(({ name }) => name === tool);
    if (!known)
      return {
        success: false,
        error: `Tool ${String(tool)} not available via dashboard-server WebSocket. Available are those of list_tools.`,
        tool,
        arguments: values,
      };
    const call = { id: randomUUID(), name: known.name, arguments: values };
    const run = createToolRunner(this.#app, this.#user.owner);
    const { status, content } = await run(call, this.#abort.signal);
    return status === "ok"
      ? { success: true, tool, result: content }
      : { success: false, error: content, tool, arguments: values };
  }

  async #subscribe({ eventTypes, filters }: DashboardRequest["fields"], reply: Reply): Promise<void> {
    const types = Array.isArray(eventTypes) ? eventTypes : ["*"];
    this.#unsubscribe();
    this.#unsubscribe = this.#events.subscribe({
      owner: this.#user.owner.caller.id,
      wants: ({ detailType }) => types.includes("*") || types.includes(detailType),
      onEvent: (event) => {
        if (!this.#out.isFull) void this.#out.send({ type: "event_stream", event });
      },
    });
    await reply({
      type: "subscription_confirmed",
      clientId: randomUUID(),
      eventTypes: types,
      ...(filters !== undefined && { filters }),
    });
  }

  async #publish({ event }: DashboardRequest["fields"], reply: Reply): Promise<void> {
    if (!isObject(event)) throw new AppError("bad_request", "Event is required");
    const published: PublishedEvent = event;
    const eventId = randomUUID();
    await reply({ type: "event_published", eventId, success: true, timestamp: this.#now() });
    this.#events.publish(this.#user.owner.caller.id, published);
  }

  readonly #cost = (spent: Parameters<typeof costOfTurn>[0]) => costOfTurn(spent, this.#app.model.cost);

  #now(): string {
    return this.#app.now().toISOString();
  }

  #sendError({ id }: DashboardRequest, error: unknown): void {
    if (error instanceof AppError) return void this.#out.send(errorReply(id, error.message));
    this.#app.log.error("frame failed", { detail: detailOf(error) });
    void this.#out.send(internalError(id, toInternalError(error).message));
  }
}

const REQUEST_TYPES = [
  "chat.create_session",
  "chat.send_message",
  "chat.get_history",
  "chat.list_sessions",
  "ping",
  "health_check",
  "server_info",
  "list_tools",
  "mcp_call",
  "subscribe_events",
  "publish_event",
];
