import { expect, test } from "bun:test";
import fc from "fast-check";
import { PromptedCallReader } from "../../../src/model/bedrock/prompted-tools.ts";
import type { ModelEvent } from "../../../src/model/types.ts";
import {
  collectOutcome,
  createAssistantMessage,
  createCallPart,
  createResultsMessage,
  createUserMessage,
  SEARCH,
  useSharedTestBed,
} from "./setup.ts";

const shared = useSharedTestBed();
const usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
const end = { type: "end", stopReason: "end_turn", usage } as const;

/** Reads the pieces of a reply and joins adjacent text events, so that the chunking does not matter. */
function read(pieces: readonly string[]): readonly ModelEvent[] {
  let count = 0;
  const reader = new PromptedCallReader(() => {
    count += 1;
    return `id${count}`;
  });
  const events = [...pieces.map((text) => ({ type: "text", text }) as const), end].flatMap((event) =>
    reader.read(event),
  );
  const joined: ModelEvent[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    if (event.type === "text" && last?.type === "text")
      joined[joined.length - 1] = { type: "text", text: last.text + event.text };
    else joined.push(event);
  }
  return joined;
}

const REPLY_TEXT =
  'Let me see: 1 < 2.\n<tool_call>\n{"name":"search","arguments":{"id":9007199254740993}}\n</tool_call>\n<tool_call>```json\n[{"name":"search","parameters":{"q":"b"}}]\n```</tool_call>\n<tool_result name="search">made up</tool_result> The answer is 42.';
const EXPECTED: readonly ModelEvent[] = [
  { type: "text", text: "Let me see: 1 < 2.\n" },
  { type: "call", call: { id: "id1", name: "search", arguments: { id: 9007199254740993n } } },
  { type: "call", call: { id: "id2", name: "search", arguments: { q: "b" } } },
  { type: "end", stopReason: "tool_use", usage },
];

test("calls in text become calls, and results that the model invents are dropped", () => {
  expect(read([REPLY_TEXT])).toEqual(EXPECTED);
});

test("calls do not depend on how the text is chunked", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(REPLY_TEXT.length), { maxLength: 30 }), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), REPLY_TEXT.length];
      expect(
        read(
          at
            .slice(1)
            .map((to, index) => REPLY_TEXT.slice(at[index], to))
            .filter((text) => text !== ""),
        ),
      ).toEqual(EXPECTED);
    }),
  );
});

test("text without calls passes unchanged", () => {
  const word = fc.oneof(fc.string(), fc.constantFrom("<", "<tool", "<tool_cal", "</tool_call>", "\n"));
  fc.assert(
    fc.property(fc.array(word), (pieces) => {
      const text = pieces.join("");
      fc.pre(!text.includes("<tool_call>") && !text.includes("<tool_result"));
      expect(read(pieces.filter((piece) => piece !== ""))).toEqual(
        text === "" ? [end] : [{ type: "text", text }, end],
      );
    }),
  );
});

test("a call that is not JSON, or is truncated, is malformed", () => {
  expect(read(['<tool_call>{"name": "search", "argu'])).toEqual([
    {
      type: "call",
      call: { id: "id1", name: "unnamed_tool", arguments: {}, malformed: '{"name": "search", "argu' },
    },
    { ...end, stopReason: "tool_use" },
  ]);
});

test("Mistral 7B, without tools or a system prompt, completes a turn with a call", async () => {
  const { bedrock, model } = shared();
  const request = { model: "mistral.mistral-7b-instruct-v0:2", tools: [SEARCH] };
  bedrock.script([
    { text: ["<tool", '_call>\n{"name": "search", "arguments": {"q": "a"}}\n</tool_call>'], usage: {} },
    { text: "Found a." },
  ]);
  const first = await collectOutcome(model, request);
  expect(
    first.events.map((event) =>
      event.type === "call" ? [event.call.name, event.call.arguments] : event.type,
    ),
  ).toEqual([["search", { q: "a" }], "end"]);
  const second = await collectOutcome(model, {
    ...request,
    messages: [
      createUserMessage("hi"),
      createAssistantMessage(createCallPart("1", { q: "a" })),
      createResultsMessage({ callId: "1", content: "a is here" }),
    ],
  });
  expect(second.error).toBeUndefined();
  const body = bedrock.requests.at(-1)?.body;
  expect(body).toEqual({
    messages: [
      {
        role: "user",
        content: [
          {
            text: expect.stringMatching(
              /^Be kind\.\n\nYou can use tools\.[\s\S]*\{"name":"search","description":"Finds things\.","arguments":\{[\s\S]*\n\nhi$/,
            ),
          },
        ],
      },
      {
        role: "assistant",
        content: [{ text: '<tool_call>\n{"name":"search","arguments":{"q":"a"}}\n</tool_call>' }],
      },
      {
        role: "user",
        content: [{ text: '<tool_result name="search" status="ok">\na is here\n</tool_result>' }],
      },
    ],
    inferenceConfig: { maxTokens: 1000 },
  });
});

test("a call that Llama writes as its only text is a call, and JSON without a tool name is text", async () => {
  const { bedrock, model } = shared();
  const request = { model: "us.meta.llama3-3-70b-instruct-v1:0" };
  bedrock.script([
    { text: '<|python_tag|>{"name": "search", "parameters": {"q": "a"}}' },
    { text: '{"name": "Ada"}' },
  ]);
  const first = await collectOutcome(model, request);
  expect(
    first.events.map((event) =>
      event.type === "call" ? [event.call.name, event.call.arguments] : event.type,
    ),
  ).toEqual([["search", { q: "a" }], "end"]);
  const second = await collectOutcome(model, request);
  expect(second.events[0]).toEqual({ type: "text", text: '{"name": "Ada"}' });
});
