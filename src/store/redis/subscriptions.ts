/** Receives live messages of other processes, over one connection for all subscribers of this process. */
import type { RedisClient } from "bun";
import type { SessionId } from "../../chat/types.ts";
import { messageOf, storeUnavailable } from "../errors.ts";
import type { BusSubscriber } from "../types.ts";
import { openRedisClient, redactAddress, withTimeout } from "./connection.ts";
import { channelName } from "./keys.ts";
import { dispatchMessage } from "./live-message.ts";

const RESPONSE_TIMEOUT_MS = 4000;
const RETRY_INTERVAL_MS = 250;
/** The interval between two checks of the connection. */
const PING_INTERVAL_MS = 10_000;

export class RedisSubscriptions {
  readonly #address: string;
  readonly #name: string;
  readonly #subscribers = new Map<string, Set<BusSubscriber>>();
  readonly #pingTimer: Timer;
  #client: RedisClient | undefined;
  /** The channels that the current connection is subscribed to. */
  #channels = new Set<string>();
  #isClosed = false;
  #isRecovering = false;
  #queue: Promise<unknown> = Promise.resolve();

  /** @param name the name of this process. Messages from it are ignored. */
  constructor(address: string, name: string) {
    this.#address = address;
    this.#name = name;
    this.#pingTimer = setInterval(() => void this.#checkConnection(), PING_INTERVAL_MS);
    this.#pingTimer.unref();
  }

  /**
   * Delivers messages once the promise resolves. Returns a function that unsubscribes.
   * @throws AppError `store_unavailable`
   */
  async subscribe(session: SessionId, subscriber: BusSubscriber): Promise<() => void> {
    const channel = channelName(session);
    const group = this.#subscribers.get(channel) ?? new Set();
    this.#subscribers.set(channel, group.add(subscriber));
    const unsubscribe = () => {
      group.delete(subscriber);
      if (group.size > 0 || this.#subscribers.get(channel) !== group) return;
      this.#subscribers.delete(channel);
      this.#runExclusive(() => this.#stopListening(channel)).catch(() => undefined);
    };
    try {
      await this.#runExclusive(() => this.#listen([channel]));
    } catch (error) {
      unsubscribe();
      throw storeUnavailable(`${redactAddress(this.#address)}: ${messageOf(error)}`, error);
    }
    return unsubscribe;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#pingTimer);
    this.#subscribers.clear();
    this.#client?.close();
  }

  /** Runs one change at a time, so that the subscribed channels stay in step with the server. */
  #runExclusive<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #getClient(): Promise<RedisClient> {
    if (this.#client) return this.#client;
    let opened: RedisClient | undefined;
    opened = await openRedisClient(this.#address, () => {
      if (opened === undefined || this.#client !== opened) return;
      this.#client = undefined;
      void this.#recover();
    });
    if (this.#isClosed) opened.close();
    this.#client = opened;
    this.#channels = new Set();
    return opened;
  }

  async #recover(): Promise<void> {
    if (this.#isRecovering) return;
    this.#isRecovering = true;
    while (!this.#isClosed && this.#subscribers.size > 0 && !(await this.#tryRecover()))
      await Bun.sleep(RETRY_INTERVAL_MS);
    this.#isRecovering = false;
  }

  /** Subscribes to all channels again and reports a gap to every subscriber. Returns false when that fails. */
  async #tryRecover(): Promise<boolean> {
    try {
      await this.#runExclusive(() => this.#listen([...this.#subscribers.keys()]));
    } catch {
      return false;
    }
    for (const subscriber of [...this.#subscribers.values()].flatMap((group) => [...group]))
      subscriber.onGap();
    return true;
  }

  async #listen(channels: readonly string[]): Promise<void> {
    const client = await this.#getClient();
    const added = channels.filter((channel) => !this.#channels.has(channel));
    if (added.length === 0) return;
    try {
      const receive = (message: string, channel: string) =>
        dispatchMessage(message, this.#name, this.#subscribers.get(channel));
      await withTimeout(client.subscribe([...added], receive), RESPONSE_TIMEOUT_MS);
    } catch (error) {
      client.close();
      throw error;
    }
    for (const channel of added) this.#channels.add(channel);
  }

  async #stopListening(channel: string): Promise<void> {
    if (this.#subscribers.has(channel) || !this.#channels.delete(channel)) return;
    await this.#client?.unsubscribe(channel);
  }

  async #checkConnection(): Promise<void> {
    const client = this.#client;
    await withTimeout(client?.ping() ?? Promise.resolve(""), RESPONSE_TIMEOUT_MS).catch(() =>
      client?.close(),
    );
  }
}
