/** One story over several processes: what is told here is published, what others tell is told here. */
import type { Message } from "../chat/types.ts";
import type { Bus, StoryEntry } from "../store/types.ts";
import { decodeEntry, encodeEntry } from "./event-codec.ts";
import type { Story, Told } from "./event-log.ts";

export interface SharedStoryPorts {
  /** The newest messages of the session, as they are stored. */
  readonly read: () => Promise<readonly Message[]>;
  /** What others told, once it is told here. */
  readonly received: (entry: Told) => void;
  readonly command: (command: string) => void;
  readonly failed: (error: unknown) => void;
}

export class SharedStory {
  readonly #story: Story;
  readonly #bus: Bus;
  readonly #ports: SharedStoryPorts;
  #joined: Promise<() => void> | undefined;
  /** Entries are told in the order they came, however long it takes to read what they rest on. */
  #receiving: Promise<void> = Promise.resolve();

  constructor(story: Story, bus: Bus, ports: SharedStoryPorts) {
    this.#story = story;
    this.#bus = bus;
    this.#ports = ports;
    story.publish = (entry) => bus.publish(story.session, encodeEntry(entry));
  }

  /** From when this resolves on, nothing is missed. @throws AppError `store_unavailable` */
  async join(): Promise<void> {
    this.#joined ??= this.#bus.watch(this.#story.session, {
      entry: (entry) => this.#enqueue(entry),
      command: (command) => this.#ports.command(command),
      lost: () => void this.catchUp().catch(this.#ports.failed),
    });
    try {
      await this.#joined;
    } catch (error) {
      this.#joined = undefined;
      throw error;
    }
  }

  leave(): void {
    void this.#joined?.then(
      (leave) => leave(),
      () => undefined,
    );
    this.#joined = undefined;
  }

  /** Tells those who have the session elsewhere. */
  command(command: string): void {
    this.#bus.command(this.#story.session, command);
  }

  /** As {@link Story.since}, with what is known elsewhere. */
  async since(seq: number): Promise<readonly Told[] | undefined> {
    const here = this.#story.since(seq);
    if (here) return here;
    await this.#fill(seq);
    return this.#story.since(seq);
  }

  /** What others have told up to now is told here too. @throws AppError `store_unavailable` */
  async catchUp(): Promise<void> {
    await this.#fill(this.#story.seq);
  }

  /** All that is known elsewhere is known here, and told where it is new. @throws AppError `store_unavailable` */
  async recall(): Promise<void> {
    await this.#fill(undefined);
  }

  async #fill(seq: number | undefined): Promise<void> {
    const from = seq === undefined ? undefined : Math.min(seq, this.#story.seq);
    const entries = (await this.#bus.since(this.#story.session, from)) ?? [];
    const told: Told[] = [];
    for (const entry of entries) {
      const decoded = await decodeEntry(entry, this.#story, this.#ports.read);
      if (!decoded) return;
      told.push(decoded);
    }
    this.#story.prepend(told);
    for (const entry of told) if (entry.seq > this.#story.seq) this.#receive(entry);
  }

  #enqueue(entry: StoryEntry): void {
    this.#receiving = this.#receiving
      .then(async () => {
        const told = await decodeEntry(entry, this.#story, this.#ports.read);
        if (told) this.#receive(told);
      })
      .catch(this.#ports.failed);
  }

  #receive(entry: Told): void {
    this.#story.receive(entry);
    this.#ports.received(entry);
  }
}
