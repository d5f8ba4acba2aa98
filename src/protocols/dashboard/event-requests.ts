/** Handlers of `subscribe_events` and `publish_event`, and the one subscription that a socket may have. */
import { randomUUID } from "node:crypto";
import type { CallerId } from "../../access/types.ts";
import type { App } from "../../context.ts";
import { AppError } from "../../errors.ts";
import { isObject } from "../../json.ts";
import type { BackpressureSocket } from "../shared/backpressure-socket.ts";
import { readObject } from "./codec.ts";
import type { DashboardEventBroker } from "./event-broker.ts";
import type { RequestHandler, RequestHandlers } from "./request-handler.ts";

/** Event types of a subscription. */
const MAX_EVENT_TYPES = 100;

export class EventSubscription {
  readonly handlers: RequestHandlers;
  readonly #now: App["now"];
  readonly #events: DashboardEventBroker;
  readonly #owner: CallerId;
  readonly #out: BackpressureSocket;
  #unsubscribe = () => {};

  constructor(
    { now }: Pick<App, "now">,
    events: DashboardEventBroker,
    owner: CallerId,
    out: BackpressureSocket,
  ) {
    this.#now = now;
    this.#events = events;
    this.#owner = owner;
    this.#out = out;
    this.handlers = { subscribe_events: this.#subscribe, publish_event: this.#publish };
  }

  end(): void {
    this.#unsubscribe();
  }

  /** Replaces the previous subscription. A client that reads too slowly misses events. */
  readonly #subscribe: RequestHandler = async ({ fields }, reply) => {
    const types = readEventTypes(fields.eventTypes ?? ["*"]);
    const filters = readObject(fields, "filters");
    this.#unsubscribe();
    this.#unsubscribe = this.#events.subscribe({
      owner: this.#owner,
      wants: ({ detailType }) =>
        types.includes("*") || (typeof detailType === "string" && types.includes(detailType)),
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
  };

  readonly #publish: RequestHandler = async ({ fields: { event } }, reply) => {
    if (!isObject(event)) throw new AppError("bad_request", "Event is required");
    const timestamp = this.#now().toISOString();
    await reply({ type: "event_published", eventId: randomUUID(), success: true, timestamp });
    this.#events.publish(this.#owner, event);
  };
}

/** @throws AppError `bad_request` */
function readEventTypes(value: unknown): readonly string[] {
  if (
    Array.isArray(value) &&
    value.length <= MAX_EVENT_TYPES &&
    value.every((type) => typeof type === "string")
  )
    return value;
  throw new AppError("bad_request", `eventTypes: a list of at most ${MAX_EVENT_TYPES} strings`);
}
