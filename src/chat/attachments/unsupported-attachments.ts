/** Tells the person, once a turn, which of their files the model is not shown. */
import type { ModelEvent, ModelLimits, ModelRequest } from "../../model/types.ts";

export class UnsupportedAttachments {
  readonly #reported = new Set<string>();

  /** The events of a call, after what the person has to know before them. */
  prependNotice(
    { unsupportedAttachments }: ModelRequest,
    limits: ModelLimits,
    events: AsyncIterable<ModelEvent>,
  ): AsyncIterable<ModelEvent> {
    return unsupportedAttachments ? this.#withNotice(unsupportedAttachments(limits), events) : events;
  }

  async *#withNotice(
    text: string | undefined,
    events: AsyncIterable<ModelEvent>,
  ): AsyncGenerator<ModelEvent> {
    if (text !== undefined && this.#reportOnce(text)) yield createUnsupportedNotice(text);
    for await (const event of events) {
      // Another model that answers in this one's place may be shown less.
      const isNotice = event.type === "notice" && event.code === "attachment_unread";
      if (!isNotice || this.#reportOnce(event.message)) yield event;
    }
  }

  #reportOnce(text: string): boolean {
    const isNew = !this.#reported.has(text);
    this.#reported.add(text);
    return isNew;
  }
}

function createUnsupportedNotice(message: string): ModelEvent {
  return { type: "notice", code: "attachment_unread", message };
}
