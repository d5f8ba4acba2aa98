/** Encodes events as a message of the Messages API and its stream. Pure. https://docs.claude.com/en/api/messages-streaming */
import type { ChatEvent, StopReason, ToolCall, Usage } from "../../chat/types.ts";
import { NO_USAGE } from "../../chat/usage.ts";
import { stringifyJson } from "../../json.ts";
import { encodeAnthropicError } from "./errors.ts";

export interface MessageContext {
  /** The id of the message, with its prefix `msg_`. */
  readonly id: string;
  readonly model: string;
  readonly requestId: string;
  /** The client reads the model's reasoning. */
  readonly hasThinking: boolean;
}

type StreamedBlock =
  | { readonly type: "text"; text: string }
  | { readonly type: "thinking"; thinking: string; readonly signature: string }
  | { readonly type: "tool_use"; readonly id: string; readonly name: string; readonly input: unknown };

export type MessageEvent = { readonly type: string } & Readonly<Record<string, unknown>>;

export class MessageEncoder {
  readonly #context: MessageContext;
  readonly #content: StreamedBlock[] = [];
  #isOpen = false;
  #end: { readonly model: string; readonly stopReason: StopReason; readonly usage: Usage } | undefined;

  constructor(context: MessageContext) {
    this.#context = context;
  }

  /** The whole message, once its turn has ended. */
  get message(): object {
    const { id, model } = this.#context;
    return {
      id,
      type: "message",
      role: "assistant",
      model: this.#end?.model ?? model,
      content: this.#content,
      stop_reason: this.#end ? STOP_REASONS[this.#end.stopReason] : null,
      stop_sequence: null,
      usage: encodeUsage(this.#end?.usage ?? NO_USAGE),
    };
  }

  /** Encodes the event before the model replies. */
  start(): MessageEvent {
    return { type: "message_start", message: this.message };
  }

  encode(event: ChatEvent): readonly MessageEvent[] {
    switch (event.type) {
      case "text_delta":
        return this.#encodeText(event.text);
      case "reasoning_delta":
        return this.#context.hasThinking ? this.#encodeThinking(event.text) : [];
      case "turn_waiting":
        return event.turn.approval.calls.flatMap(({ call }) => this.#encodeCall(call));
      case "turn_ended":
        return this.#encodeEnd(event.end);
      default:
        return [];
    }
  }

  #encodeText(text: string): readonly MessageEvent[] {
    const block = this.#openBlock("text");
    if (block) {
      block.text += text;
      return [this.#delta({ type: "text_delta", text })];
    }
    return [
      ...this.#start({ type: "text", text }, { type: "text", text: "" }),
      this.#delta({ type: "text_delta", text }),
    ];
  }

  #encodeThinking(thinking: string): readonly MessageEvent[] {
    const delta = { type: "thinking_delta", thinking };
    const block = this.#openBlock("thinking");
    if (block) {
      block.thinking += thinking;
      return [this.#delta(delta)];
    }
    const empty = { type: "thinking", thinking: "", signature: "" } as const;
    return [...this.#start({ ...empty, thinking }, empty), this.#delta(delta)];
  }

  #encodeCall({ id, name, arguments: values, malformed }: ToolCall): readonly MessageEvent[] {
    const json = malformed ?? stringifyJson(values);
    const block = { type: "tool_use", id, name, input: values } as const;
    return [
      ...this.#start(block, { ...block, input: {} }),
      this.#delta({ type: "input_json_delta", partial_json: json }),
      ...this.#stop(),
    ];
  }

  #encodeEnd(end: Extract<ChatEvent, { type: "turn_ended" }>["end"]): readonly MessageEvent[] {
    const stopped = this.#stop();
    if (end.outcome === "failed") {
      const body = encodeAnthropicError(end.error, this.#context.requestId);
      return [...stopped, body as MessageEvent];
    }
    this.#end = end;
    const delta = { stop_reason: STOP_REASONS[end.stopReason], stop_sequence: null };
    return [
      ...stopped,
      { type: "message_delta", delta, usage: encodeUsage(end.usage) },
      { type: "message_stop" },
    ];
  }

  /** Returns the last block when it is open and has this type. */
  #openBlock<Type extends StreamedBlock["type"]>(
    type: Type,
  ): Extract<StreamedBlock, { type: Type }> | undefined {
    const last = this.#content.at(-1);
    return this.#isOpen && last?.type === type ? (last as Extract<StreamedBlock, { type: Type }>) : undefined;
  }

  #start(block: StreamedBlock, empty: StreamedBlock): readonly MessageEvent[] {
    const stopped = this.#stop();
    this.#content.push(block);
    this.#isOpen = true;
    return [...stopped, { type: "content_block_start", index: this.#index, content_block: empty }];
  }

  #delta(delta: object): MessageEvent {
    return { type: "content_block_delta", index: this.#index, delta };
  }

  #stop(): readonly MessageEvent[] {
    if (!this.#isOpen) return [];
    this.#isOpen = false;
    return [{ type: "content_block_stop", index: this.#index }];
  }

  get #index(): number {
    return this.#content.length - 1;
  }
}

const STOP_REASONS: Readonly<Record<StopReason, string>> = {
  end_turn: "end_turn",
  stopped: "end_turn",
  tool_limit: "end_turn",
  stop_sequence: "stop_sequence",
  max_tokens: "max_tokens",
  context_exceeded: "model_context_window_exceeded",
  guardrail: "refusal",
  content_filtered: "refusal",
  handed_over: "tool_use",
};

function encodeUsage({ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens }: Usage): object {
  return {
    input_tokens: inputTokens,
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cacheReadTokens,
    output_tokens: outputTokens,
  };
}
