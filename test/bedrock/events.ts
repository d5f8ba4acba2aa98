import { parseJson } from "../../src/json.ts";
import { type Block, type Reply, resolveStopReason, splitInput, toBlocks, toDeltas } from "./answer.ts";

export interface StreamEvent {
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export type Usage = Readonly<Record<string, number>>;

/**
 * A reply as the events of ConverseStream, in the recorded order: no start event for text, metadata after
 * messageStop.
 */
export function buildStreamEvents(reply: Reply, usage: Usage, nextId: () => string): readonly StreamEvent[] {
  return [
    { type: "messageStart", payload: { role: "assistant" } },
    ...toBlocks(reply).flatMap((block, index) => buildBlockEvents(block, index, nextId)),
    { type: "messageStop", payload: { stopReason: resolveStopReason(reply) } },
    {
      type: "metadata",
      payload: { metrics: { latencyMs: 381 }, usage, ...(reply.trace ? { trace: reply.trace } : {}) },
    },
  ];
}

function buildBlockEvents(block: Block, index: number, nextId: () => string): readonly StreamEvent[] {
  const delta = (value: Record<string, unknown>): StreamEvent => ({
    type: "contentBlockDelta",
    payload: { contentBlockIndex: index, delta: value },
  });
  const stop: StreamEvent = { type: "contentBlockStop", payload: { contentBlockIndex: index } };
  if ("text" in block) return [...toDeltas(block.text).map((text) => delta({ text })), stop];
  if ("reasoning" in block) {
    const { text, signature, redacted } = block.reasoning;
    return [
      ...toDeltas(text)
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
    ...splitInput(block.call.input).map((input) => delta({ toolUse: { input } })),
    stop,
  ];
}

/** The same reply as the body of Converse. */
export function buildConverseBody(reply: Reply, usage: Usage, nextId: () => string): Record<string, unknown> {
  return {
    metrics: { latencyMs: 381 },
    output: {
      message: {
        content: toBlocks(reply).map((block) => buildContentBlock(block, nextId)),
        role: "assistant",
      },
    },
    stopReason: resolveStopReason(reply),
    usage,
    ...(reply.trace ? { trace: reply.trace } : {}),
  };
}

function buildContentBlock(block: Block, nextId: () => string): Record<string, unknown> {
  if ("text" in block) return { text: toDeltas(block.text).join("") };
  if ("reasoning" in block) {
    const { text, signature, redacted } = block.reasoning;
    return {
      reasoningContent:
        redacted === undefined
          ? { reasoningText: { text: toDeltas(text).join(""), ...(signature ? { signature } : {}) } }
          : { redactedContent: redacted },
    };
  }
  const { name, id, input } = block.call;
  const text = splitInput(input).join("");
  return { toolUse: { input: text === "" ? {} : parseLeniently(text), name, toolUseId: id ?? nextId() } };
}

/** Converse hands on what the model wrote: an object, or the text when it is none. */
function parseLeniently(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
