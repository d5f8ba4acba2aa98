/** Builds the reply of one model call: joins deltas into the parts that are added to the history. */
import type { ModelEvent } from "../model/types.ts";
import type { AssistantPart, ModelStopReason, ToolCall, Usage } from "./types.ts";

export class ReplyBuilder {
  readonly #parts: AssistantPart[] = [];
  #pending: { type: "text" | "reasoning"; pieces: string[] } | undefined;
  end:
    | {
        readonly stopReason: ModelStopReason;
        readonly usage: Usage;
        /** Set when another model than the requested one replied. */
        readonly model?: string;
      }
    | undefined;

  add(event: ModelEvent): void {
    switch (event.type) {
      case "text":
        this.#append("text", event.text);
        break;
      case "reasoning":
        this.#append("reasoning", event.text);
        if (event.signature !== undefined || event.redacted !== undefined) this.#addSignedReasoning(event);
        break;
      case "call":
        this.#flush();
        this.#parts.push({ type: "call", call: event.call });
        break;
      case "end":
        this.end = event;
        break;
    }
  }

  /** The complete parts. Blank texts are omitted, because models reject them in a history. */
  get parts(): readonly AssistantPart[] {
    this.#flush();
    return this.#parts;
  }

  get calls(): readonly ToolCall[] {
    return this.parts.flatMap((part) => (part.type === "call" ? [part.call] : []));
  }

  #append(type: "text" | "reasoning", piece: string): void {
    if (this.#pending?.type !== type) {
      this.#flush();
      this.#pending = { type, pieces: [] };
    }
    this.#pending.pieces.push(piece);
  }

  #addSignedReasoning({ signature, redacted }: { signature?: string; redacted?: string }): void {
    const text = this.#pending?.pieces.join("") ?? "";
    this.#pending = undefined;
    this.#parts.push({
      type: "reasoning",
      text,
      ...(signature !== undefined && { signature }),
      ...(redacted !== undefined && { redacted }),
    });
  }

  #flush(): void {
    if (!this.#pending) return;
    const { type, pieces } = this.#pending;
    this.#pending = undefined;
    const text = pieces.join("");
    if (text.trim() !== "") this.#parts.push({ type, text });
  }
}
