/** Hands calls over to a client that keeps the history. */
import { randomUUID } from "node:crypto";
import type { Message, ToolCall, WaitingTurn } from "../chat/types.ts";
import type { StreamedEvent } from "../events/event-log.ts";
import type { HandedOverRounds } from "../store/handed-over-rounds.ts";
import type { ClientTools } from "./client-tools.ts";

/** The calls of one turn as its client gets them. */
export class HandOver {
  readonly #tools: ClientTools | undefined;
  /** Id of a call → its id for the client. */
  readonly #ids = new Map<string, string>();
  readonly #added: Message[] = [];

  constructor(tools: ClientTools | undefined) {
    this.#tools = tools;
  }

  addMessage(message: Message): void {
    this.#added.push(message);
  }

  /**
   * Saves what the turn added, unless the client gets all of it. The calls then get ids that nobody can guess. The results
   * that continued the turn came from the client.
   */
  save(saveRound: HandedOverRounds["save"], { approval, results }: WaitingTurn): void {
    const messages = this.#added.slice(this.#added.findIndex(({ role }) => role === "assistant"));
    if (messages.length === 1 && results.length === 0 && !hasReasoning(messages[0])) return;
    for (const { call } of approval.calls) this.#ids.set(call.id, `call_${randomUUID().replaceAll("-", "")}`);
    const round = { messages: messages.map((message) => this.#renameCalls(message)), results };
    for (const id of this.#ids.values()) saveRound(id, round);
  }

  /** Converts the calls in an event to those of the client's tools. */
  toClientEvent(event: StreamedEvent["event"]): StreamedEvent["event"] {
    switch (event.type) {
      case "call_started":
        return { ...event, call: this.#toClientCall(event.call) };
      case "turn_waiting": {
        const { turn } = event;
        const calls = turn.approval.calls.map((pending) => ({
          ...pending,
          call: this.#toClientCall(pending.call),
        }));
        return { ...event, turn: { ...turn, approval: { ...turn.approval, calls } } };
      }
      default:
        return event;
    }
  }

  #toClientCall(call: ToolCall): ToolCall {
    const converted = this.#tools?.toClientCall(call) ?? call;
    return { ...converted, id: this.#ids.get(call.id) ?? call.id };
  }

  #renameCalls(message: Message): Message {
    if (message.role !== "assistant") return message;
    const parts = message.parts.map((part) =>
      part.type === "call"
        ? { ...part, call: { ...part.call, id: this.#ids.get(part.call.id) ?? part.call.id } }
        : part,
    );
    return { ...message, parts };
  }
}

function hasReasoning(message: Message | undefined): boolean {
  return message?.role === "assistant" && message.parts.some(({ type }) => type === "reasoning");
}
