import { expect, test } from "bun:test";
import fc from "fast-check";
import type { AssistantPart, Message } from "../../../src/chat/types.ts";
import { AppError } from "../../../src/errors.ts";
import type { Reply } from "../../bedrock/index.ts";
import { MODEL_IDS } from "./ids.ts";
import {
  createAssistantMessage,
  createModelRequest,
  createResultsMessage,
  createUserMessage,
  SEARCH,
  useSharedTestBed,
} from "./setup.ts";

const shared = useSharedTestBed({ stopSequences: ["END"], reasoningTokens: 2000, maxRetries: 0 });

const reply: fc.Arbitrary<Reply> = fc.record({
  text: fc.constantFrom("", " ", "Fine.", "Grüße 🌍", '{"name":"search","parameters":{"q":1}}'),
  reasoning: fc.constantFrom(
    { text: "Hm." },
    { text: "Hm.", signature: "c2ln" },
    { text: "", redacted: "AAEC" },
  ),
  calls: fc.array(
    fc.record({
      name: fc.constantFrom("search", "functions.search", "search<|channel|>json", ""),
      input: fc.constantFrom<Readonly<Record<string, unknown>> | string>(
        { q: "a" },
        {},
        "",
        '{"q":',
        "[1]",
        '{"id":9007199254740993}',
      ),
      id: fc.constantFrom("x", "functions.search:0", "c 1", "call".repeat(20)),
    }),
    { maxLength: 3 },
  ),
  stopReason: fc.constantFrom(
    "end_turn",
    "tool_use",
    "max_tokens",
    "malformed_tool_use",
    "model_context_window_exceeded",
  ),
  fault: fc.option(
    fc.constantFrom({ after: 2, kind: "reset" } as const, { after: "deltas", kind: "half_frame" } as const),
    {
      nil: undefined,
    },
  ),
});

interface Step {
  readonly model: string;
  readonly reply: Reply;
  /** False when the results are lost, as after a stop or a crash. */
  readonly hasResults: boolean;
  readonly tools: boolean;
}

/** Runs a session with another model in each turn, and stores its history like the engine. Returns the refusals. */
async function runSession(steps: readonly Step[]): Promise<readonly string[]> {
  const { bedrock, model } = shared();
  const history: Message[] = [];
  const refused: string[] = [];
  for (const { model: id, reply: next, hasResults, tools } of steps) {
    history.push(createUserMessage("Go on."));
    bedrock.script([next]);
    const before = bedrock.requests.length;
    const request = createModelRequest({ model: id, messages: history, tools: tools ? [SEARCH] : [] });
    const parts: AssistantPart[] = [];
    try {
      for await (const event of model.stream(request, new AbortController().signal)) {
        if (event.type === "text") parts.push({ type: "text", text: event.text });
        if (event.type === "call") parts.push({ type: "call", call: event.call });
        if (event.type === "reasoning") parts.push(event);
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
    for (const { modelId, refusal } of bedrock.requests.slice(before))
      if (refusal) refused.push(`${modelId}: ${refusal.message}`);
    history.push({ ...createAssistantMessage(...parts), model: id } as Message);
    const calls = parts.flatMap((part) => (part.type === "call" ? [part.call] : []));
    if (hasResults && calls.length > 0)
      history.push(createResultsMessage(...calls.map(({ id }) => ({ callId: id, content: "r" }))));
  }
  return refused;
}

test("a session may change its model in every turn, for any replies, without a refused request", async () => {
  const step = fc.record({
    model: fc.constantFrom(...MODEL_IDS),
    reply,
    hasResults: fc.boolean(),
    tools: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 6 }), async (steps) => {
      expect(await runSession(steps)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
