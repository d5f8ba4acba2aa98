/**
 * The event bus over Redis: a stream per session for events that are read later, and a channel per session for live
 * subscribers.
 */
import type { EventBus } from "../types.ts";
import type { RedisConnection } from "./connection.ts";
import { readEventsAfter } from "./event-stream.ts";
import { channelName } from "./keys.ts";
import { encodeCommand } from "./live-message.ts";
import { PublishQueue } from "./publish-queue.ts";
import { RedisSubscriptions } from "./subscriptions.ts";

export interface RedisBusOptions {
  readonly address: string;
  readonly connection: RedisConnection;
  /** A name that is unique among all processes. A process ignores its own live messages. */
  readonly name: string;
}

export function createRedisBus({ address, connection, name }: RedisBusOptions): EventBus {
  const subscriptions = new RedisSubscriptions(address, name);
  const queue = new PublishQueue(connection, name);
  return {
    publish: (session, entry) => queue.publish(session, entry),
    command(session, command) {
      // Not repeated: a command that arrives after an outage could hit a later turn.
      connection.send("PUBLISH", channelName(session), encodeCommand(name, command)).catch(() => undefined);
    },
    subscribe: (session, subscriber) => subscriptions.subscribe(session, subscriber),
    eventsAfter: (session, seq) => readEventsAfter(connection, session, seq),
    async close() {
      await queue.close();
      await subscriptions.close();
    },
  };
}
