/** Encodes the events of one run. Pure. https://docs.ag-ui.com/spec/1.0 */
import type { ChatEvent, PendingCall, ToolCall, ToolResult, TurnId } from "../../chat/types.ts";
import { stringifyJson } from "../../json.ts";
import { OpenMessage } from "./open-message.ts";
import { encodeRunEnd } from "./run-events.ts";
import type { RunContext, RunEvent } from "./types.ts";

const ASKED_AGAIN =
  "Not called: the request is not the one that the person approved. They are asked again about the next call.";

export class RunEncoder {
  readonly #run: RunContext;
  readonly #message = new OpenMessage();
  #round = 0;
  /** The message of the round, to which its calls belong. */
  #parentMessageId: string | undefined;
  #pendingCalls: readonly PendingCall[] = [];
  readonly #announced = new Set<string>();

  constructor(run: RunContext) {
    this.#run = run;
  }

  /** The calls that wait for the client, once `turn_waiting` was encoded. */
  get pendingCalls(): readonly PendingCall[] {
    return this.#pendingCalls;
  }

  /** Encodes an event. An open message is ended before anything else starts. */
  encode(event: ChatEvent, turnId: TurnId): readonly RunEvent[] {
    switch (event.type) {
      case "turn_started":
        return [];
      case "text_delta": {
        const events = [...this.#enterRound(event), ...this.#message.text(event.text, turnId)];
        this.#parentMessageId = this.#message.textId ?? this.#parentMessageId;
        return events;
      }
      case "reasoning_delta":
        return [...this.#enterRound(event), ...this.#message.reasoning(event.text, turnId)];
      case "call_started":
        return [...this.#enterRound(event), ...this.#message.end(), ...this.#encodeCall(event.call, turnId)];
      case "call_ended":
        return [...this.#message.end(), ...this.#encodeResult(event.result, turnId)];
      case "notice":
        return [{ type: "CUSTOM", name: "notice", value: { code: event.code, message: event.message } }];
      case "turn_waiting":
        return this.#encodePendingCalls(event.turn.approval.calls, turnId);
      case "turn_ended":
        return [...this.#message.end(), encodeRunEnd(event.end, this.#pendingCalls, this.#run)];
    }
  }

  #enterRound({ round }: { readonly round: number }): readonly RunEvent[] {
    if (round === this.#round) return [];
    this.#round = round;
    this.#parentMessageId = undefined;
    return this.#message.end();
  }

  /**
   * Ends calls of an earlier run that need another approval, and announces each as a new call: clients show a question at a call
   * of the same run.
   */
  #encodePendingCalls(calls: readonly PendingCall[], turnId: TurnId): readonly RunEvent[] {
    const isEarlier = ({ call }: PendingCall) => !this.#announced.has(call.id);
    const ended = calls
      .filter(isEarlier)
      .flatMap(({ call: { id: callId, name } }) =>
        this.#encodeResult({ callId, name, status: "failed", content: ASKED_AGAIN, durationMs: 0 }, turnId),
      );
    if (ended.length > 0) this.#parentMessageId = undefined;
    const renamed = calls.map((pending) =>
      isEarlier(pending)
        ? { ...pending, call: { ...pending.call, id: this.#message.newId(turnId) } }
        : pending,
    );
    const announced = renamed.filter(isEarlier).flatMap(({ call }) => this.#encodeCall(call, turnId));
    this.#pendingCalls = renamed;
    return [...this.#message.end(), ...ended, ...announced];
  }

  #encodeCall({ id, name, arguments: values, malformed }: ToolCall, turnId: TurnId): readonly RunEvent[] {
    this.#announced.add(id);
    this.#parentMessageId ??= this.#message.newId(turnId);
    const parentMessageId = this.#parentMessageId;
    return [
      { type: "TOOL_CALL_START", toolCallId: id, toolCallName: name, parentMessageId },
      { type: "TOOL_CALL_ARGS", toolCallId: id, delta: malformed ?? stringifyJson(values) },
      { type: "TOOL_CALL_END", toolCallId: id },
    ];
  }

  /** Encodes a result with the content that the model received, since the next run sends it back. */
  #encodeResult({ callId, content, file }: ToolResult, turnId: TurnId): readonly RunEvent[] {
    const messageId = this.#message.newId(turnId);
    const result = { type: "TOOL_CALL_RESULT", messageId, toolCallId: callId, content, role: "tool" };
    if (!file) return [result];
    const { id, name, mediaType, size } = file;
    const value = { toolCallId: callId, name, mediaType, size, url: this.#run.fileUrl(id) };
    return [result, { type: "CUSTOM", name: "file", value }];
  }
}
