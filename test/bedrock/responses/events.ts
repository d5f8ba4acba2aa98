/** Builds the server-sent events of replies, in the order of the Responses API. */
import type { ResponseStreamEvent } from "openai/resources/responses/responses";
import { type Block, type Reply, resolveStopReason, splitInput, toBlocks, toDeltas } from "../reply.ts";

/** The type of an event and its fields. */
export type ResponsesEvent = { readonly type: ResponseStreamEvent["type"] } & Readonly<
  Record<string, unknown>
>;

export interface EventIds {
  /** Returns the id of the next call. On bedrock-mantle it restarts with every response. */
  readonly nextCallId: () => string;
  readonly onEncryptedContent: (content: string) => void;
}

export function buildResponsesEvents(
  reply: Reply,
  model: unknown,
  usage: Readonly<Record<string, unknown>>,
  ids: EventIds,
): readonly ResponsesEvent[] {
  const response = { id: "resp_1", object: "response", model, status: "in_progress", output: [] };
  const blocks = toBlocks(reply);
  const events: ResponsesEvent[] = [
    { type: "response.created", response },
    { type: "response.in_progress", response },
    ...blocks.flatMap((block, index) => buildItemEvents(block, index, ids)),
    buildEnd(reply, { ...response, usage }),
  ];
  return events.map((event, index) => ({ ...event, sequence_number: index }));
}

function buildEnd(reply: Reply, response: Readonly<Record<string, unknown>>): ResponsesEvent {
  const reason = resolveStopReason(reply);
  const incomplete = { max_tokens: "max_output_tokens", content_filtered: "content_filter" }[reason];
  return incomplete === undefined
    ? { type: "response.completed", response: { ...response, status: "completed" } }
    : {
        type: "response.incomplete",
        response: { ...response, status: "incomplete", incomplete_details: { reason: incomplete } },
      };
}

function buildItemEvents(block: Block, index: number, ids: EventIds): readonly ResponsesEvent[] {
  if ("text" in block) return buildTextEvents(toDeltas(block.text), index);
  if ("reasoning" in block) return buildReasoningEvents(block.reasoning, index, ids);
  const { name, input } = block.call;
  const item = { id: `fc_${index}`, type: "function_call", call_id: block.call.id ?? ids.nextCallId(), name };
  const pieces = splitInput(input).filter((piece) => piece !== "");
  const text = pieces.join("") || "{}";
  const at = { item_id: item.id, output_index: index };
  return [
    {
      type: "response.output_item.added",
      output_index: index,
      item: { ...item, arguments: "", status: "in_progress" },
    },
    ...pieces.map(
      (delta): ResponsesEvent => ({ type: "response.function_call_arguments.delta", ...at, delta }),
    ),
    { type: "response.function_call_arguments.done", ...at, arguments: text },
    {
      type: "response.output_item.done",
      output_index: index,
      item: { ...item, arguments: text, status: "completed" },
    },
  ];
}

function buildTextEvents(deltas: readonly string[], index: number): readonly ResponsesEvent[] {
  const item = { id: `msg_${index}`, type: "message", role: "assistant" };
  const at = { item_id: item.id, output_index: index, content_index: 0 };
  const text = deltas.join("");
  const part = { type: "output_text", text, annotations: [], logprobs: [] };
  return [
    {
      type: "response.output_item.added",
      output_index: index,
      item: { ...item, status: "in_progress", content: [] },
    },
    { type: "response.content_part.added", ...at, part: { ...part, text: "" } },
    ...deltas.map(
      (delta): ResponsesEvent => ({
        type: "response.output_text.delta",
        ...at,
        delta,
        logprobs: [],
        obfuscation: "x".repeat((delta.length * 7) % 16),
      }),
    ),
    { type: "response.output_text.done", ...at, text, logprobs: [] },
    { type: "response.content_part.done", ...at, part },
    {
      type: "response.output_item.done",
      output_index: index,
      item: { ...item, status: "completed", content: [part] },
    },
  ];
}

function buildReasoningEvents(
  { text, redacted }: Extract<Block, { reasoning: unknown }>["reasoning"],
  index: number,
  ids: EventIds,
): readonly ResponsesEvent[] {
  const item = { id: `rs_${index}`, type: "reasoning" };
  const at = { item_id: item.id, output_index: index, summary_index: 0 };
  const deltas = toDeltas(text).filter((piece) => piece !== "");
  if (redacted !== undefined) ids.onEncryptedContent(redacted);
  const summary = deltas.length === 0 ? [] : [{ type: "summary_text", text: deltas.join("") }];
  return [
    { type: "response.output_item.added", output_index: index, item: { ...item, summary: [] } },
    ...deltas.map(
      (delta): ResponsesEvent => ({ type: "response.reasoning_summary_text.delta", ...at, delta }),
    ),
    {
      type: "response.output_item.done",
      output_index: index,
      item: { ...item, summary, ...(redacted !== undefined && { encrypted_content: redacted }) },
    },
  ];
}

/** Serializes an event as the service does. */
export function serializeEvent({ type, ...fields }: ResponsesEvent): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}
