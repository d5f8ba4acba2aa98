/** One story over several processes: what is told here is published, what others tell is told here. */
import type { Message } from "../chat/types.ts";
import type { EventBus, ReplicatedEvent } from "../store/types.ts";
import { decodeReplicatedEvent, encodeReplicatedEvent } from "./event-codec.ts";
import type { EventLog, LoggedEvent } from "./event-log.ts";

export interface ReplicatedEventLogPorts {
  /** The newest messages of the session, as they are stored. */
  readonly readMessages: () => Promise<readonly Message[]>;
  /** What others told, once it is told here. */
  readonly onEvent: (entry: LoggedEvent) => void;
  readonly onCommand: (command: string) => void;
  readonly onError: (error: unknown) => void;
}

export class ReplicatedEventLog {
  readonly #eventLog: EventLog;
  readonly #bus: EventBus;
  readonly #ports: ReplicatedEventLogPorts;
  #connection: Promise<() => void> | undefined;
  /** Entries are told in the order they came, however long it takes to read what they rest on. */
  #receiving: Promise<void> = Promise.resolve();

  constructor(story: EventLog, bus: EventBus, ports: ReplicatedEventLogPorts) {
    this.#eventLog = story;
    this.#bus = bus;
    this.#ports = ports;
    story.publish = (entry) => bus.publish(story.session, encodeReplicatedEvent(entry));
  }

  /** From when this resolves on, nothing is missed. @throws AppError `store_unavailable` */
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
      (leave) => leave(),
      () => undefined,
    );
    this.#connection = undefined;
  }

  /** Tells those who have the session elsewhere. */
  sendCommand(command: string): void {
    this.#bus.command(this.#eventLog.session, command);
  }

  /** As {@link EventLog.eventsAfter}, with what is known elsewhere. */
  async eventsAfter(seq: number): Promise<readonly LoggedEvent[] | undefined> {
    const local = this.#eventLog.eventsAfter(seq);
    if (local) return local;
    await this.#fetchAfter(seq);
    return this.#eventLog.eventsAfter(seq);
  }

  /** What others have told up to now is told here too. @throws AppError `store_unavailable` */
  async catchUp(): Promise<void> {
    await this.#fetchAfter(this.#eventLog.seq);
  }

  /** All that is known elsewhere is known here, and told where it is new. @throws AppError `store_unavailable` */
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
    for (const entry of events) if (entry.seq > this.#eventLog.seq) this.#apply(entry);
  }

  #enqueue(entry: ReplicatedEvent): void {
    this.#receiving = this.#receiving
      .then(async () => {
        const event = await decodeReplicatedEvent(entry, this.#eventLog, this.#ports.readMessages);
        if (event) this.#apply(event);
      })
      .catch(this.#ports.onError);
  }

  #apply(entry: LoggedEvent): void {
    this.#eventLog.receive(entry);
    this.#ports.onEvent(entry);
  }
}
