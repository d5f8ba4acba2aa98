/** One client of contract 003: several requests at once over one socket, each answered under its own `id`. */
import { randomUUID } from "node:crypto";
import type { App } from "../../context.ts";
import { AppError, bug, detailOf } from "../../errors.ts";
import { isObject } from "../../json.ts";
import type { LiveSessions } from "../../sessions/session-registry.ts";
import { costOfTurn } from "../../telemetry/cost.ts";
import { toolRunner } from "../../turns/run-tool.ts";
import { PacedSocket } from "../shared/backpressure-socket.ts";
import { dialogue } from "../shared/dialogue.ts";
import type { Socket, SocketClient } from "../shared/socket.ts";
import {
  createChat,
  type DashboardUser,
  failureText,
  findChat,
  NEW_CHAT,
  replies,
  type Sent,
  takeMessage,
} from "./chat.ts";
import {
  chatIdOf,
  decodeRequest,
  encodeHistory,
  encodeSession,
  errorReply,
  internalError,
  type Request,
  toolContext,
  unknownType,
  usageOf,
} from "./codec.ts";
import type { DashboardEvents, PublishedEvent } from "./event-broker.ts";

/** Questions of one socket that may be answered at once. */
const MOST_ASKED = 50;
/** Sessions of a list. */
const MOST_LISTED = 100;
/** Messages of each: the newest. */
const MOST_SHOWN = 200;

type Reply = (frame: object) => Promise<void>;

export class DashboardConnection implements SocketClient {
  readonly #app: App;
  readonly #sessions: LiveSessions;
  readonly #events: DashboardEvents;
  readonly #user: DashboardUser;
  readonly #out: PacedSocket;
  readonly #gone = new AbortController();
  /** What a message is said in is settled one message after the other. */
  #taken: Promise<unknown> = Promise.resolve();
  #asked = 0;
  #unsubscribe = () => {};

  constructor(
    app: App,
    sessions: LiveSessions,
    events: DashboardEvents,
    user: DashboardUser,
    socket: Socket,
  ) {
    this.#app = app;
    this.#sessions = sessions;
    this.#events = events;
    this.#user = user;
    this.#out = new PacedSocket(socket);
    void this.#out.send({ type: "initial_data", data: { metrics: {}, activity: [] } });
  }

  receive(text: string | undefined): void {
    const request = decodeRequest(text);
    if (!request) return void this.#out.send({ type: "error", error: "Invalid message format" });
    const reply: Reply = (frame) => this.#out.send({ ...request.id, ...frame });
    void this.#carryOut(request, reply).catch((error: unknown) => this.#fail(request, error));
  }

  drained(): void {
    this.#out.drained();
  }

  /** The contract knows no such frames. */
  notice(): void {}
  leave(): void {}

  /** What it asked ends; its sessions stay. */
  closed(): void {
    this.#out.closed();
    this.#gone.abort();
    this.#unsubscribe();
  }

  async #carryOut(request: Request, reply: Reply): Promise<void> {
    const { fields, envelope } = request;
    switch (request.type) {
      case "chat.create_session":
        return await this.#create(fields, reply);
      case "chat.send_message":
        return await this.#send(fields, reply);
      case "chat.get_history":
        return await this.#history(fields, reply);
      case "chat.list_sessions":
        return await reply({ type: "chat.sessions_listed", data: { sessions: await this.#list() } });
      case "ping":
        return await reply({ type: "pong", timestamp: this.#now() });
      case "health_check":
        return await reply({ result: await this.#health() });
      case "server_info":
        return await reply({ result: { name: "specchat", version: this.#app.version, requests: REQUESTS } });
      case "list_tools":
        return await reply({ result: { tools: this.#tools() } });
      case "mcp_call":
        return await reply({ result: await this.#call(envelope) });
      case "subscribe_events":
        return await this.#subscribe(fields, reply);
      case "publish_event":
        return await this.#publish(fields, reply);
      default:
        return await this.#out.send(unknownType(request));
    }
  }

  async #create({ title }: Request["fields"], reply: Reply): Promise<void> {
    const name = typeof title === "string" && title.trim() !== "" ? title.slice(0, 200) : NEW_CHAT;
    const session = await createChat(this.#app, this.#sessions, this.#user, name);
    const stored = await session.read({ newest: 0 });
    if (!stored) throw new Error("what was created is gone");
    await reply({ type: "chat.session_created", data: encodeSession(stored.session, this.#app.modelId) });
  }

  async #send(fields: Request["fields"], reply: Reply): Promise<void> {
    if (this.#asked >= MOST_ASKED)
      throw new AppError("queue_full", `${MOST_ASKED} messages are being answered already.`);
    this.#asked += 1;
    try {
      const taking = this.#taken.then(() => takeMessage(this.#app, this.#sessions, this.#user, fields));
      this.#taken = taking.catch(() => undefined);
      await this.#answer(await taking, fields.streaming === true, reply);
    } finally {
      this.#asked -= 1;
    }
  }

  async #answer(sent: Sent, streaming: boolean, reply: Reply): Promise<void> {
    const { chatId: sessionId } = sent;
    for await (const event of replies(this.#sessions, sent, this.#gone.signal)) {
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

  async #history({ sessionId }: Request["fields"], reply: Reply): Promise<void> {
    const session = await findChat(this.#sessions, this.#user, sessionId);
    const stored = await session?.read();
    await reply({
      type: "chat.history_response",
      data: stored
        ? {
            messages: encodeHistory(chatIdOf(stored.session.id), dialogue(stored.messages), this.#cost),
            session: encodeSession(stored.session, this.#app.modelId),
          }
        : { messages: [], session: null },
    });
  }

  /** Also those of a client that is known by nothing: what it began over this socket. */
  async #list(): Promise<readonly object[]> {
    const { store, modelId } = this.#app;
    const { id } = this.#user.owner.caller;
    const listed = await store.list(id, { limit: MOST_LISTED });
    const read = await Promise.all(listed.map(({ id }) => store.read(id, { newest: MOST_SHOWN })));
    return read.flatMap((stored) => {
      if (!stored) return [];
      const { session } = stored;
      const messages = encodeHistory(chatIdOf(session.id), dialogue(stored.messages), this.#cost);
      const { createdAt, updatedAt } = session;
      return [{ ...encodeSession(session, modelId), messages, createdAt, updatedAt }];
    });
  }

  async #health() {
    const { status } = await this.#app.model.health();
    return {
      status: status === "ready" ? "healthy" : "unhealthy",
      timestamp: this.#now(),
      version: this.#app.version,
      service: "specchat",
    };
  }

  #tools() {
    const offered = new Map(this.#app.apis.current.offered.map((tool) => [tool.name, tool]));
    return this.#app.apis.current.tools.flatMap(({ name }) => {
      const tool = offered.get(name);
      return tool ? [{ name, description: tool.description, inputSchema: tool.inputSchema }] : [];
    });
  }

  async #call({ tool, arguments: given }: Request["envelope"]) {
    const values = isObject(given) ? given : {};
    const known = this.#app.apis.current.tools.find(({ name }) => name === tool);
    if (!known)
      return {
        success: false,
        error: `Tool ${String(tool)} not available via dashboard-server WebSocket. Available are those of list_tools.`,
        tool,
        arguments: values,
      };
    const call = { id: randomUUID(), name: known.name, arguments: values };
    const run = toolRunner(this.#app, this.#user.owner);
    const { status, content } = await run(call, this.#gone.signal);
    return status === "ok"
      ? { success: true, tool, result: content }
      : { success: false, error: content, tool, arguments: values };
  }

  async #subscribe({ eventTypes, filters }: Request["fields"], reply: Reply): Promise<void> {
    const types = Array.isArray(eventTypes) ? eventTypes : ["*"];
    this.#unsubscribe();
    this.#unsubscribe = this.#events.subscribe({
      owner: this.#user.owner.caller.id,
      wants: ({ detailType }) => types.includes("*") || types.includes(detailType),
      told: (event) => {
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

  async #publish({ event }: Request["fields"], reply: Reply): Promise<void> {
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

  #fail({ id }: Request, error: unknown): void {
    if (error instanceof AppError) return void this.#out.send(errorReply(id, error.message));
    this.#app.log.error("frame failed", { detail: detailOf(error) });
    void this.#out.send(internalError(id, bug(error).message));
  }
}

const REQUESTS = [
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
