import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { resultBudget } from "../../src/chat/context/result-budget.ts";
import type { SessionId, ToolCall, ToolResult } from "../../src/chat/types.ts";
import { parseJson, stringifyJson } from "../../src/json.ts";
import { query } from "../../src/results/query.ts";
import { BoundedResultStore } from "../../src/results/store.ts";
import { ToolRunner } from "../../src/results/tool-runner.ts";
import type { ResultDisk } from "../../src/results/types.ts";
import type { Tool } from "../../src/tools/types.ts";

const NO_DISK: ResultDisk = {
  write: () => Promise.reject(new Error("there is none")),
  read: async () => undefined,
  remove: async () => undefined,
  removeAll: async () => undefined,
};

const tool = {
  name: "list",
  readOnly: true,
  curation: {},
  argumentTargets: { page: { in: "parameter", index: 0 } },
  inputSchema: { type: "object", properties: { page: { type: "integer" } } },
  operation: { parameters: [{ name: "page", in: "query" }] },
} as unknown as Tool;

/** A desk over an API that answers with this, and the store it keeps in. */
function deskOver(content: string) {
  const result = { name: "list", status: "ok", content, durationMs: 1 } as const;
  const store = new BoundedResultStore({ perSession: 1e9, inMemory: 1e9, onDisk: 0 }, NO_DISK);
  const desk = new ToolRunner({
    session: "s" as SessionId,
    store,
    toolbox: { tools: [tool], find: (name) => (name === "list" ? tool : undefined) },
    call: async ({ id }) => ({ callId: id, ...result }),
    chunkSize: 500,
    maxPages: 5,
    maxItems: 1000,
    maxSize: 1e6,
    progress: () => {},
    now: performance.now.bind(performance),
    yieldToEventLoop: async () => {},
  });
  const run = (call: Partial<ToolCall>): Promise<ToolResult> =>
    desk.run({ id: "c", name: "list", arguments: {}, ...call }, new AbortController().signal);
  return { desk, store, run };
}

const values = fc.jsonValue({ maxDepth: 4 });
const expressions = fc.oneof(
  fc.constantFrom("@", "[*]", "items[0]", "length(@)", "keys(@)", "*", "[]", "sort(@)", "max(@)", "[?a>`1`]"),
  fc.string({ maxLength: 30 }),
);

describe("whatever an API answers,", () => {
  test("a call resolves, and what is shown of it keeps to its room or is a few hundred characters", async () => {
    await fc.assert(
      fc.asyncProperty(
        values,
        fc.option(expressions),
        fc.integer({ min: 100, max: 3000 }),
        async (value, filter, room) => {
          const { desk, run } = deskOver(stringifyJson(value));
          const result = await run({ arguments: filter === null ? {} : { _filter: filter } });
          const { content } = await desk.truncate(result, room);
          expect(content.length).toBeGreaterThan(0);
          expect(content.length).toBeLessThan(Math.max(room, 300) + 1200);
        },
      ),
    );
  });

  test("all of a kept one comes back in its chunks", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme", minLength: 600, maxLength: 3000 }), async (text) => {
        const { desk, run } = deskOver(text);
        const shape = await desk.truncate(await run({}), 200);
        const count = Number(/chunks 1 to (\d+)/.exec(shape.content)?.[1]);
        const parts: string[] = [];
        for (let chunk = 1; chunk <= count; chunk++) {
          const { content } = await run({ name: "read_result", arguments: { id: "r1", chunk } });
          parts.push(content.slice(content.indexOf("\n") + 1));
        }
        expect(parts.join("")).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  test("one that nests without end harms nobody", async () => {
    const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    for (const filter of [undefined, "[0]", "to_string(@)", "@ == `1`"]) {
      const { desk, run } = deskOver(deep);
      const result = await desk.truncate(await run({ arguments: filter ? { _filter: filter } : {} }), 2000);
      expect(result.content.length).toBeLessThan(5000);
      expect(await run({ name: "query_result", arguments: { id: "r1", filter: "[0]" } })).toMatchObject({
        callId: "c",
      });
    }
  });
});

test("a query without a condition gives the value back", () => {
  fc.assert(
    fc.property(values, (value) => {
      const text = stringifyJson(value);
      const outcome = query(parseJson(text), "@", { now: performance.now.bind(performance) });
      expect(outcome).toEqual({ outcome: "ready", text });
    }),
  );
});

test("the tools of ours refuse what they cannot use, in words", async () => {
  const { run } = deskOver("[]");
  const said = async (name: string, given: Record<string, unknown>, more = {}) =>
    (await run({ name, arguments: given, ...more })).content;
  expect(await said("read_result", {})).toBe("id: Invalid input: expected string, received undefined");
  expect(await said("query_result", { id: "r1" })).toStartWith("filter: ");
  expect(await said("search_result", { id: "r1", from_line: "x", text: "a" })).toStartWith("from_line: ");
  expect(await said("fetch_all", { tool: "list", arguments: "no json" })).toStartWith("arguments: ");
  expect(await said("read_result", {}, { malformed: "{" })).toBe(
    "The arguments are no JSON object; send them again as one.",
  );
  expect(await said("Read-Result", { id: "r1" })).toBe("No result is kept.");
});

test("results of one turn together keep to half of the context, but for the least each may take", () => {
  const limits = fc.record({
    context: fc.integer({ min: 4000, max: 1_000_000 }),
    max: fc.integer({ min: 2000, max: 1_000_000 }),
  });
  fc.assert(
    fc.property(limits, fc.integer({ min: 1, max: 60 }), ({ context, max }, count) => {
      const results: ToolResult[] = [];
      for (let index = 0; index < count; index++) {
        const room = Math.floor(resultBudget(context, max, results));
        expect(room).toBeLessThanOrEqual(max);
        results.push({ callId: "c", name: "n", status: "ok", content: "x".repeat(room), durationMs: 0 });
      }
      const size = results.reduce((sum, { content }) => sum + content.length, 0);
      expect(size).toBeLessThanOrEqual(context * 2 + count * 2000);
    }),
    { numRuns: 30 },
  );
});
