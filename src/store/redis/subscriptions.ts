/** What others publish of sessions while it happens: one connection that listens, for all watchers of this process. */
import type { RedisClient } from "bun";
import type { SessionId } from "../../chat/types.ts";
import { messageOf, unavailable } from "../errors.ts";
import type { Watcher } from "../types.ts";
import { inTime, openRedisClient, withoutSecrets } from "./connection.ts";

export type MessageKind = "entry" | "command" | "lost";

export interface RedisWatch {
  /** From when this resolves on. @throws AppError `store_unavailable` */
  add(session: SessionId, watcher: Watcher): Promise<() => void>;
  /** A message as those who listen elsewhere read it: of an entry its number, a space, its event. */
  message(kind: MessageKind, text: string): string;
  close(): Promise<void>;
}

const ANSWER_MS = 4000;
const PAUSE_MS = 250;
/** How often it is asked whether anybody is still at the other end. */
const PING_MS = 10_000;

export function createRedisWatch(
  address: string,
  name: string,
  channelOf: (session: SessionId) => string,
): RedisWatch {
  const watchers = new Map<string, Set<Watcher>>();
  let client: RedisClient | undefined;
  let subscribed = new Set<string>();
  let isClosed = false;
  let isRecovering = false;
  let last: Promise<unknown> = Promise.resolve();
  const ping = setInterval(() => void examine(), PING_MS);
  ping.unref();

  /** One after the other: what is subscribed and what is not would get out of step otherwise. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  }

  async function connected(): Promise<RedisClient> {
    if (client) return client;
    let opened: RedisClient | undefined;
    opened = await openRedisClient(address, () => {
      if (opened === undefined || client !== opened) return;
      client = undefined;
      void recover();
    });
    if (isClosed) opened.close();
    client = opened;
    subscribed = new Set();
    return opened;
  }

  async function recover(): Promise<void> {
    if (isRecovering) return;
    isRecovering = true;
    while (!isClosed && watchers.size > 0 && !(await recovered())) await Bun.sleep(PAUSE_MS);
    isRecovering = false;
  }

  /** Listens again to all there is, and says that something may have been missed. */
  async function recovered(): Promise<boolean> {
    try {
      await inTurn(() => listen([...watchers.keys()]));
    } catch {
      return false;
    }
    for (const one of [...watchers.values()].flatMap((some) => [...some])) one.lost();
    return true;
  }

  async function listen(channels: readonly string[]): Promise<void> {
    const current = await connected();
    const added = channels.filter((channel) => !subscribed.has(channel));
    if (added.length === 0) return;
    try {
      await inTime(current.subscribe([...added], receive), ANSWER_MS);
    } catch (error) {
      current.close();
      throw error;
    }
    for (const channel of added) subscribed.add(channel);
  }

  async function stopListening(channel: string): Promise<void> {
    if (watchers.has(channel) || !subscribed.delete(channel)) return;
    await client?.unsubscribe(channel);
  }

  function receive(message: string, channel: string): void {
    const [, from, kind, text = ""] = /^(\S*) (\S*) (.*)$/s.exec(message) ?? [];
    if (from === name) return;
    for (const watcher of watchers.get(channel) ?? []) {
      if (kind === "command") watcher.command(text);
      else if (kind === "lost") watcher.lost();
      else if (kind === "entry") {
        const space = text.indexOf(" ");
        watcher.entry({ seq: Number(text.slice(0, space)), event: text.slice(space + 1) });
      }
    }
  }

  async function examine(): Promise<void> {
    const current = client;
    await inTime(current?.ping() ?? Promise.resolve(""), ANSWER_MS).catch(() => current?.close());
  }

  return {
    async add(session, watcher) {
      const channel = channelOf(session);
      const some = watchers.get(channel) ?? new Set();
      watchers.set(channel, some.add(watcher));
      const remove = () => {
        some.delete(watcher);
        if (some.size > 0 || watchers.get(channel) !== some) return;
        watchers.delete(channel);
        inTurn(() => stopListening(channel)).catch(() => undefined);
      };
      try {
        await inTurn(() => listen([channel]));
      } catch (error) {
        remove();
        throw unavailable(`${withoutSecrets(address)}: ${messageOf(error)}`, error);
      }
      return remove;
    },
    message: (kind, text) => `${name} ${kind} ${text}`,
    async close() {
      isClosed = true;
      clearInterval(ping);
      watchers.clear();
      client?.close();
    },
  };
}
