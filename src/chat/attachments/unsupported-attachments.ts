/** Notifies the user, once per turn, of attachments that the model cannot read. */
import type { ModelEvent, ModelLimits, ModelRequest } from "../../model/types.ts";

export class UnsupportedAttachments {
  readonly #reported = new Set<string>();

  /** Yields the notice, when one is due, and then the events of the model call. */
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
      // A fallback model may support fewer files and send its own notice.
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
