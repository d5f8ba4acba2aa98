/** Events that clients of contract 003 publish to each other: among the sockets of one caller alone. */
import type { CallerId } from "../../access/types.ts";

export interface PublishedEvent {
  readonly detailType?: unknown;
}

export interface DashboardSubscriber {
  readonly owner: CallerId;
  wants(event: PublishedEvent): boolean;
  onEvent(event: PublishedEvent): void;
}

export class DashboardEventBroker {
  readonly #subscribers = new Set<DashboardSubscriber>();

  /** Until what is returned is called. */
  subscribe(subscriber: DashboardSubscriber): () => void {
    this.#subscribers.add(subscriber);
    return () => void this.#subscribers.delete(subscriber);
  }

  publish(owner: CallerId, event: PublishedEvent): void {
    for (const subscriber of this.#subscribers)
      if (subscriber.owner === owner && subscriber.wants(event)) subscriber.onEvent(event);
  }
}
