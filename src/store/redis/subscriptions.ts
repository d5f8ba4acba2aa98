/** What others publish of sessions while it happens: one connection that listens, for all watchers of this process. */
import type { RedisClient } from "bun";
import type { SessionId } from "../../chat/types.ts";
import { messageOf, storeUnavailable } from "../errors.ts";
import type { BusSubscriber } from "../types.ts";
import { openRedisClient, redactAddress, withTimeout } from "./connection.ts";

export type MessageKind = "entry" | "command" | "lost";

export interface RedisSubscriptions {
  /** From when this resolves on. @throws AppError `store_unavailable` */
  subscribe(session: SessionId, watcher: BusSubscriber): Promise<() => void>;
  /** A message as those who listen elsewhere read it: of an entry its number, a space, its event. */
  encodeMessage(kind: MessageKind, text: string): string;
  close(): Promise<void>;
}

const RESPONSE_TIMEOUT_MS = 4000;
const RETRY_INTERVAL_MS = 250;
/** How often it is asked whether anybody is still at the other end. */
const PING_INTERVAL_MS = 10_000;

export function createRedisSubscriptions(
  address: string,
  name: string,
  channelName: (session: SessionId) => string,
): RedisSubscriptions {
  const subscribers = new Map<string, Set<BusSubscriber>>();
  let client: RedisClient | undefined;
  let subscribedChannels = new Set<string>();
  let isClosed = false;
  let isRecovering = false;
  let queue: Promise<unknown> = Promise.resolve();
  const pingTimer = setInterval(() => void checkConnection(), PING_INTERVAL_MS);
  pingTimer.unref();

  /** One after the other: what is subscribed and what is not would get out of step otherwise. */
  function runExclusive<T>(work: () => Promise<T>): Promise<T> {
    const done = queue.then(work);
    queue = done.catch(() => undefined);
    return done;
  }

  async function getClient(): Promise<RedisClient> {
    if (client) return client;
    let opened: RedisClient | undefined;
    opened = await openRedisClient(address, () => {
      if (opened === undefined || client !== opened) return;
      client = undefined;
      void recover();
    });
    if (isClosed) opened.close();
    client = opened;
    subscribedChannels = new Set();
    return opened;
  }

  async function recover(): Promise<void> {
    if (isRecovering) return;
    isRecovering = true;
    while (!isClosed && subscribers.size > 0 && !(await tryRecover())) await Bun.sleep(RETRY_INTERVAL_MS);
    isRecovering = false;
  }

  /** Listens again to all there is, and says that something may have been missed. */
  async function tryRecover(): Promise<boolean> {
    try {
      await runExclusive(() => listen([...subscribers.keys()]));
    } catch {
      return false;
    }
    for (const one of [...subscribers.values()].flatMap((channelSubscribers) => [...channelSubscribers]))
      one.onGap();
    return true;
  }

  async function listen(channels: readonly string[]): Promise<void> {
    const current = await getClient();
    const added = channels.filter((channel) => !subscribedChannels.has(channel));
    if (added.length === 0) return;
    try {
      await withTimeout(current.subscribe([...added], receive), RESPONSE_TIMEOUT_MS);
    } catch (error) {
      current.close();
      throw error;
    }
    for (const channel of added) subscribedChannels.add(channel);
  }

  async function stopListening(channel: string): Promise<void> {
    if (subscribers.has(channel) || !subscribedChannels.delete(channel)) return;
    await client?.unsubscribe(channel);
  }

  function receive(message: string, channel: string): void {
    const [, from, kind, text = ""] = /^(\S*) (\S*) (.*)$/s.exec(message) ?? [];
    if (from === name) return;
    for (const watcher of subscribers.get(channel) ?? []) {
      if (kind === "command") watcher.onCommand(text);
      else if (kind === "lost") watcher.onGap();
      else if (kind === "entry") {
        const space = text.indexOf(" ");
        watcher.onEvent({ seq: Number(text.slice(0, space)), event: text.slice(space + 1) });
      }
    }
  }

  async function checkConnection(): Promise<void> {
    const current = client;
    await withTimeout(current?.ping() ?? Promise.resolve(""), RESPONSE_TIMEOUT_MS).catch(() =>
      current?.close(),
    );
  }

  return {
    async subscribe(session, watcher) {
      const channel = channelName(session);
      const some = subscribers.get(channel) ?? new Set();
      subscribers.set(channel, some.add(watcher));
      const remove = () => {
        some.delete(watcher);
        if (some.size > 0 || subscribers.get(channel) !== some) return;
        subscribers.delete(channel);
        runExclusive(() => stopListening(channel)).catch(() => undefined);
      };
      try {
        await runExclusive(() => listen([channel]));
      } catch (error) {
        remove();
        throw storeUnavailable(`${redactAddress(address)}: ${messageOf(error)}`, error);
      }
      return remove;
    },
    encodeMessage: (kind, text) => `${name} ${kind} ${text}`,
    async close() {
      isClosed = true;
      clearInterval(pingTimer);
      subscribers.clear();
      client?.close();
    },
  };
}
