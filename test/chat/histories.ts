/** Generates random histories that the engine could have stored. */
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

/** Creates a call and its result as two messages. `text` precedes the call. */
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

/** A user message, rounds of calls with their results, and in most cases a reply. */
export const turnArbitrary: fc.Arbitrary<readonly Message[]> = fc
  .record({
    userText: words,
    rounds: fc.array(fc.record({ content: fc.string({ minLength: 1, maxLength: 400 }), text: words }), {
      maxLength: 4,
    }),
    reply: fc.option(fc.string({ minLength: 1, maxLength: 60 })),
  })
  .map(({ userText, rounds, reply }) => [
    createUserMessage(userText),
    ...rounds.flatMap(({ content, text }, index) => createToolCallMessages(`c${index}`, content, text)),
    ...(reply === null ? [] : [createAssistantMessage(reply)]),
  ]);

/** A turn in progress. Its last message is the user message or results. */
export const runningTurnArbitrary: fc.Arbitrary<readonly Message[]> = turnArbitrary.map((turn) =>
  turn.at(-1)?.role === "assistant" ? turn.slice(0, -1) : turn,
);

export const historyArbitrary: fc.Arbitrary<readonly Message[]> = fc
  .array(turnArbitrary, { maxLength: 20 })
  .map((turns) => turns.flat());
