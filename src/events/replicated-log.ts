/** Connects a session's event log to the event bus: local events are published, events of other processes are added. */
import type { Message } from "../chat/types.ts";
import type { EventBus, ReplicatedEvent } from "../store/types.ts";
import { decodeReplicatedEvent, encodeReplicatedEvent } from "./event-codec.ts";
import type { EventLog, LoggedEvent } from "./event-log.ts";

export interface ReplicatedEventLogPorts {
  /** Returns the newest stored messages of the session. */
  readonly readMessages: () => Promise<readonly Message[]>;
  /** Receives each event of another process after it was added to the log. */
  readonly onEvent: (entry: LoggedEvent) => void;
  readonly onCommand: (command: string) => void;
  readonly onError: (error: unknown) => void;
}

export class ReplicatedEventLog {
  readonly #eventLog: EventLog;
  readonly #bus: EventBus;
  readonly #ports: ReplicatedEventLogPorts;
  #connection: Promise<() => void> | undefined;
  /** Chains the decoding of events, so that they are added in order however long a read of the store takes. */
  #receiving: Promise<void> = Promise.resolve();

  constructor(eventLog: EventLog, bus: EventBus, ports: ReplicatedEventLogPorts) {
    this.#eventLog = eventLog;
    this.#bus = bus;
    this.#ports = ports;
    eventLog.publish = (entry) => bus.publish(eventLog.session, encodeReplicatedEvent(entry));
  }

  /** Subscribes to the bus. No event is missed after it resolves. @throws AppError `store_unavailable` */
  async connect(): Promise<void> {
    this.#connection ??= this.#bus.subscribe(this.#eventLog.session, {
      onEvent: (entry) => this.#enqueue(entry),
      onCommand: (command) => this.#ports.onCommand(command),
      onGap: () => void this.catchUp().catch(this.#ports.onError),
    });
    try {
      await this.#connection;
    } catch (error) {
      this.#connection = undefined;
      throw error;
    }
  }

  disconnect(): void {
    void this.#connection?.then(
      (unsubscribe) => unsubscribe(),
      () => undefined,
    );
    this.#connection = undefined;
  }

  /** Sends a command to the other processes that have the session in memory. */
  sendCommand(command: string): void {
    this.#bus.command(this.#eventLog.session, command);
  }

  /** Returns what {@link EventLog.eventsAfter} returns, after fetching from the bus what is not in memory. */
  async eventsAfter(seq: number): Promise<readonly LoggedEvent[] | undefined> {
    const local = this.#eventLog.eventsAfter(seq);
    if (local) return local;
    await this.#fetchAfter(seq);
    return this.#eventLog.eventsAfter(seq);
  }

  /** Adds all newer events of other processes. @throws AppError `store_unavailable` */
  async catchUp(): Promise<void> {
    await this.#fetchAfter(this.#eventLog.seq);
  }

  /** Adds all events that the bus still has. @throws AppError `store_unavailable` */
  async loadAll(): Promise<void> {
    await this.#fetchAfter(undefined);
  }

  async #fetchAfter(seq: number | undefined): Promise<void> {
    const from = seq === undefined ? undefined : Math.min(seq, this.#eventLog.seq);
    const entries = (await this.#bus.eventsAfter(this.#eventLog.session, from)) ?? [];
    const events: LoggedEvent[] = [];
    for (const entry of entries) {
      const decoded = await decodeReplicatedEvent(entry, this.#eventLog, this.#ports.readMessages);
      if (!decoded) return;
      events.push(decoded);
    }
    this.#eventLog.prepend(events);
    for (const entry of events) if (entry.seq > this.#eventLog.seq) this.#receive(entry);
  }

  #enqueue(entry: ReplicatedEvent): void {
    this.#receiving = this.#receiving
      .then(async () => {
        const event = await decodeReplicatedEvent(entry, this.#eventLog, this.#ports.readMessages);
        if (event) this.#receive(event);
      })
      .catch(this.#ports.onError);
  }

  #receive(entry: LoggedEvent): void {
    this.#eventLog.receive(entry);
    this.#ports.onEvent(entry);
  }
}
