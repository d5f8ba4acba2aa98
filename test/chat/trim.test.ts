import { expect, test } from "bun:test";
import fc from "fast-check";
import { estimateTokens, trim } from "../../src/chat/trim.ts";
import type { Message, MessageId } from "../../src/chat/types.ts";
import { USAGE } from "../scripted-model.ts";

const stamp = { id: "m" as MessageId, at: "2026-01-01T00:00:00.000Z" };

/** A turn as the engine leaves it: a question, rounds of calls with their results, and mostly an answer. */
const turn = fc
  .record({ question: fc.string(), rounds: fc.nat(4), answer: fc.option(fc.string({ minLength: 1 })) })
  .map(({ question, rounds, answer }) => {
    const messages: Message[] = [{ role: "user", ...stamp, text: question }];
    for (let round = 0; round < rounds; round++) {
      const id = `c${round}`;
      messages.push({
        role: "assistant",
        ...stamp,
        model: "m",
        usage: USAGE,
        parts: [{ type: "call", call: { id, name: "x", arguments: {} } }],
      });
      messages.push({
        role: "results",
        ...stamp,
        results: [{ callId: id, name: "x", status: "ok", content: "…", durationMs: 0 }],
      });
    }
    if (answer !== null)
      messages.push({
        role: "assistant",
        ...stamp,
        model: "m",
        usage: USAGE,
        parts: [{ type: "text", text: answer }],
      });
    return messages;
  });
const given = fc.record({
  history: fc.array(turn, { maxLength: 20 }).map((turns) => turns.flat()),
  current: turn,
  maxMessages: fc.integer({ min: 1, max: 40 }),
  maxTokens: fc.integer({ min: 1, max: 400 }),
});

test("trim() begins with a user message and never separates a call from its result", () => {
  fc.assert(
    fc.property(given, ({ history, current, maxMessages, maxTokens }) => {
      const seen = trim(history, current, { maxMessages, maxTokens });
      expect(seen[0]?.role).toBe("user");
      seen.forEach((message, index) => {
        if (message.role === "results") expect(seen[index - 1]?.role).toBe("assistant");
      });
    }),
  );
});

test("trim() keeps the running turn whole, and of the history the longest part that fits", () => {
  fc.assert(
    fc.property(given, ({ history, current, maxMessages, maxTokens }) => {
      const seen = trim(history, current, { maxMessages, maxTokens });
      expect(seen.slice(-current.length)).toEqual(current);
      expect([...history, ...current].slice(-seen.length)).toEqual([...seen]);
      const fits = (messages: readonly Message[]) =>
        messages.length <= maxMessages &&
        messages.reduce((sum, message) => sum + estimateTokens(message), 0) <= maxTokens;
      const starts = history.flatMap((message, index) => (message.role === "user" ? [index] : []));
      const longest = starts.map((start) => [...history.slice(start), ...current]).find(fits) ?? current;
      expect(seen).toEqual(longest);
    }),
  );
});
