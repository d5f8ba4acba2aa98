/** Tells the person, once a turn, which of their files the model is not shown. */
import type { ModelEvent, ModelLimits, ModelRequest } from "../../model/types.ts";

export class UnreadFiles {
  readonly #told = new Set<string>();

  /** The events of a call, after what the person has to know before them. */
  before(
    { unread }: ModelRequest,
    limits: ModelLimits,
    events: AsyncIterable<ModelEvent>,
  ): AsyncIterable<ModelEvent> {
    return unread ? this.#beginning(unread(limits), events) : events;
  }

  async *#beginning(text: string | undefined, events: AsyncIterable<ModelEvent>): AsyncGenerator<ModelEvent> {
    if (text !== undefined && this.#isNews(text)) yield unreadNotice(text);
    for await (const event of events) {
      // Another model that answers in this one's place may be shown less.
      const isKnown = event.type === "notice" && event.code === "attachment_unread";
      if (!isKnown || this.#isNews(event.message)) yield event;
    }
  }

  #isNews(text: string): boolean {
    const isNews = !this.#told.has(text);
    this.#told.add(text);
    return isNews;
  }
}

function unreadNotice(message: string): ModelEvent {
  return { type: "notice", code: "attachment_unread", message };
}
