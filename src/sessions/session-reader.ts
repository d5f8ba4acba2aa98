/** Reads a session from the store. A turn whose process died is closed first. */
import type { SessionId } from "../chat/types.ts";
import type { EventLog } from "../events/event-log.ts";
import type { ReplicatedEventLog } from "../events/replicated-log.ts";
import type { MessageRange, StoredSession } from "../store/types.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { SessionMutex } from "./session-lease.ts";
import type { SessionRecovery } from "./session-recovery.ts";
import type { SessionApp } from "./types.ts";

const POLL_INTERVAL_MS = 2000;
/** Attempts at a consistent read of a session that changes all the time. */
const MAX_READ_ATTEMPTS = 10;

export interface SessionReaderPorts {
  readonly app: Pick<SessionApp, "store">;
  readonly id: SessionId;
  readonly eventLog: EventLog;
  readonly replicatedLog: ReplicatedEventLog | undefined;
  readonly lifecycle: Lifecycle;
  readonly mutex: SessionMutex;
  readonly recovery: SessionRecovery;
  readonly onError: (error: unknown) => void;
}

export class SessionReader {
  readonly #ports: SessionReaderPorts;
  #pollTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(ports: SessionReaderPorts) {
    this.#ports = ports;
  }

  /** See {@link LiveSession.read}. */
  async read(range?: MessageRange, found?: StoredSession): Promise<StoredSession | undefined> {
    const { app, id, lifecycle, recovery, replicatedLog } = this.#ports;
    await replicatedLog?.connect();
    const isCurrent = found !== undefined && !replicatedLog;
    const stored = isCurrent ? found : await app.store.read(id, range);
    if (!stored || lifecycle.run) return stored;
    recovery.restore(stored.session);
    if (stored.session.turn?.status !== "running") return stored;
    await this.#closeInterrupted();
    return await app.store.read(id, range);
  }

  /** Returns messages as they belong to the events so far. @throws AppError `store_unavailable` */
  async readConsistent(range: MessageRange): Promise<StoredSession | undefined> {
    const { eventLog, replicatedLog } = this.#ports;
    await replicatedLog?.catchUp();
    for (let attempt = 1; ; attempt++) {
      const { revision } = eventLog;
      const stored = await this.read(range);
      if (revision === eventLog.revision || attempt === MAX_READ_ATTEMPTS) return stored;
    }
  }

  stop(): void {
    clearTimeout(this.#pollTimer);
  }

  async #closeInterrupted(): Promise<void> {
    const { mutex, recovery } = this.#ports;
    const isFree = await mutex.tryRunExclusive(async (lease) => {
      await recovery.loadOrCreate(lease);
    });
    if (!isFree) this.#schedulePoll();
  }

  /** Another process runs the turn. Poll while subscribed, in case it dies. */
  #schedulePoll(): void {
    clearTimeout(this.#pollTimer);
    this.#pollTimer = setTimeout(() => {
      if (this.#ports.eventLog.hasSubscribers) void this.read({ newest: 0 }).catch(this.#ports.onError);
    }, POLL_INTERVAL_MS);
    this.#pollTimer.unref();
  }
}
