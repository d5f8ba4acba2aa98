import { parseJson } from "../../src/json.ts";
import { type Block, blocksOf, deltas, inputFragments, type Reply, stopReasonOf } from "./answer.ts";

export interface StreamEvent {
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export type Usage = Readonly<Record<string, number>>;

/** A reply as the events of ConverseStream, in the recorded order: no start event for text, metadata after messageStop. */
export function streamEvents(reply: Reply, usage: Usage, nextId: () => string): readonly StreamEvent[] {
  return [
    { type: "messageStart", payload: { role: "assistant" } },
    ...blocksOf(reply).flatMap((block, index) => blockEvents(block, index, nextId)),
    { type: "messageStop", payload: { stopReason: stopReasonOf(reply) } },
    {
      type: "metadata",
      payload: { metrics: { latencyMs: 381 }, usage, ...(reply.trace ? { trace: reply.trace } : {}) },
    },
  ];
}

function blockEvents(block: Block, index: number, nextId: () => string): readonly StreamEvent[] {
  const delta = (value: Record<string, unknown>): StreamEvent => ({
    type: "contentBlockDelta",
    payload: { contentBlockIndex: index, delta: value },
  });
  const stop: StreamEvent = { type: "contentBlockStop", payload: { contentBlockIndex: index } };
  if ("text" in block) return [...deltas(block.text).map((text) => delta({ text })), stop];
  if ("reasoning" in block) {
    const { text, signature, redacted } = block.reasoning;
    return [
      ...deltas(text)
        .filter((piece) => piece !== "")
        .map((piece) => delta({ reasoningContent: { text: piece } })),
      ...(redacted === undefined ? [] : [delta({ reasoningContent: { redactedContent: redacted } })]),
      ...(signature === undefined ? [] : [delta({ reasoningContent: { signature } })]),
      stop,
    ];
  }
  const toolUse = { name: block.call.name, toolUseId: block.call.id ?? nextId() };
  return [
    { type: "contentBlockStart", payload: { contentBlockIndex: index, start: { toolUse } } },
    ...inputFragments(block.call.input).map((input) => delta({ toolUse: { input } })),
    stop,
  ];
}

/** The same reply as the body of Converse. */
export function converseBody(reply: Reply, usage: Usage, nextId: () => string): Record<string, unknown> {
  return {
    metrics: { latencyMs: 381 },
    output: {
      message: { content: blocksOf(reply).map((block) => wholeBlock(block, nextId)), role: "assistant" },
    },
    stopReason: stopReasonOf(reply),
    usage,
    ...(reply.trace ? { trace: reply.trace } : {}),
  };
}

function wholeBlock(block: Block, nextId: () => string): Record<string, unknown> {
  if ("text" in block) return { text: deltas(block.text).join("") };
  if ("reasoning" in block) {
    const { text, signature, redacted } = block.reasoning;
    return {
      reasoningContent:
        redacted === undefined
          ? { reasoningText: { text: deltas(text).join(""), ...(signature ? { signature } : {}) } }
          : { redactedContent: redacted },
    };
  }
  const { name, id, input } = block.call;
  const text = inputFragments(input).join("");
  return { toolUse: { input: text === "" ? {} : lenient(text), name, toolUseId: id ?? nextId() } };
}

/** Converse hands on what the model wrote: an object, or the text when it is none. */
function lenient(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
