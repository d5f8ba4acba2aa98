/** Builds the events and bodies of replies, as Bedrock sends them. */
import { parseJson } from "../../src/json.ts";
import { type Block, type Reply, resolveStopReason, splitInput, toBlocks, toDeltas } from "./reply.ts";

export interface StreamEvent {
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export type Usage = Readonly<Record<string, number>>;

/** Builds the events of ConverseStream in the recorded order: no start event for text, metadata after messageStop. */
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

/** Builds the body of a Converse response for the same reply. */
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

/** Parses like Converse: returns the object that the model wrote, or its text when it is not JSON. */
function parseLeniently(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
