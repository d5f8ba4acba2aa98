/** Passes events that dashboard clients publish to the other sockets of the same caller. */
import type { CallerId } from "../../access/types.ts";
import type { ProtocolState } from "../shared/protocol-state.ts";

export interface PublishedEvent {
  readonly detailType?: unknown;
}

export interface DashboardSubscriber {
  readonly owner: CallerId;
  wants(event: PublishedEvent): boolean;
  onEvent(event: PublishedEvent): void;
}

export const dashboardEvents: ProtocolState<DashboardEventBroker> = {
  create: () => new DashboardEventBroker(),
};

export class DashboardEventBroker {
  readonly #subscribers = new Set<DashboardSubscriber>();

  /** Returns a function that ends the subscription. */
  subscribe(subscriber: DashboardSubscriber): () => void {
    this.#subscribers.add(subscriber);
    return () => void this.#subscribers.delete(subscriber);
  }

  publish(owner: CallerId, event: PublishedEvent): void {
    for (const subscriber of this.#subscribers)
      if (subscriber.owner === owner && subscriber.wants(event)) subscriber.onEvent(event);
  }
}
