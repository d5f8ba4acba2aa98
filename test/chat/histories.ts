/** Random histories, as the engine leaves them. */
import fc from "fast-check";
import type { Message, MessageId } from "../../src/chat/types.ts";
import { USAGE } from "../support/scripted-model.ts";

export const stamp = { id: "m" as MessageId, at: "2026-01-01T00:00:00.000Z" };

export function createUserMessage(text: string): Message {
  return { role: "user", ...stamp, text };
}

export function createAssistantMessage(text: string): Message {
  return { role: "assistant", ...stamp, model: "m", usage: USAGE, parts: [{ type: "text", text }] };
}

/** A call with its result, as two messages; `text` is said beside the call. */
export function createToolCallMessages(id: string, content: string, text = ""): readonly Message[] {
  return [
    {
      role: "assistant",
      ...stamp,
      model: "m",
      usage: USAGE,
      parts: [
        ...(text.trim() === "" ? [] : [{ type: "text", text } as const]),
        { type: "call", call: { id, name: "x", arguments: {} } },
      ],
    },
    {
      role: "results",
      ...stamp,
      results: [{ callId: id, name: "x", status: "ok", content, durationMs: 0 }],
    },
  ];
}

const words = fc.string({ maxLength: 60 });

/** A question, rounds of calls with their results, and mostly an answer. */
export const turnArbitrary: fc.Arbitrary<readonly Message[]> = fc
  .record({
    question: words,
    rounds: fc.array(fc.record({ content: fc.string({ minLength: 1, maxLength: 400 }), text: words }), {
      maxLength: 4,
    }),
    answer: fc.option(fc.string({ minLength: 1, maxLength: 60 })),
  })
  .map(({ question, rounds, answer }) => [
    createUserMessage(question),
    ...rounds.flatMap(({ content, text }, index) => createToolCallMessages(`c${index}`, content, text)),
    ...(answer === null ? [] : [createAssistantMessage(answer)]),
  ]);

/** A turn that is not over: the model is asked after its question, or after results. */
export const runningTurnArbitrary: fc.Arbitrary<readonly Message[]> = turnArbitrary.map((turn) =>
  turn.at(-1)?.role === "assistant" ? turn.slice(0, -1) : turn,
);

export const historyArbitrary: fc.Arbitrary<readonly Message[]> = fc
  .array(turnArbitrary, { maxLength: 20 })
  .map((turns) => turns.flat());
