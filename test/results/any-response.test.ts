import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { resultBudget } from "../../src/chat/context/result-budget.ts";
import type { SessionId, ToolCall, ToolResult } from "../../src/chat/types.ts";
import { parseJson, stringifyJson } from "../../src/json.ts";
import { builtinToolNames } from "../../src/results/definitions.ts";
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

/** Creates a runner over an API that responds with `content`, and its result store. */
function createRunner(content: string) {
  const result = { name: "list", status: "ok", content, durationMs: 1 } as const;
  const store = new BoundedResultStore({ perSession: 1e9, inMemory: 1e9, onDisk: 0 }, NO_DISK);
  const runner = new ToolRunner({
    caller: "c",
    session: "s" as SessionId,
    store,
    toolbox: { builtinNames: builtinToolNames([tool]), find: (name) => (name === "list" ? tool : undefined) },
    call: async ({ id }) => ({ result: { callId: id, ...result }, received: content, secrets: [] }),
    mask: async (text) => text,
    chunkSize: 500,
    maxPages: 5,
    maxItems: 1000,
    maxSize: 1e6,
    progress: () => {},
    now: performance.now.bind(performance),
    yieldToEventLoop: async () => {},
  });
  const run = (call: Partial<ToolCall>): Promise<ToolResult> =>
    runner.run({ id: "c", name: "list", arguments: {}, ...call }, new AbortController().signal);
  return { runner, store, run };
}

const values = fc.jsonValue({ maxDepth: 4 });
const expressions = fc.oneof(
  fc.constantFrom("@", "[*]", "items[0]", "length(@)", "keys(@)", "*", "[]", "sort(@)", "max(@)", "[?a>`1`]"),
  fc.string({ maxLength: 30 }),
);

describe("for every response of an API,", () => {
  test("a call resolves, and its truncated result keeps to the budget or to a few hundred characters", async () => {
    await fc.assert(
      fc.asyncProperty(
        values,
        fc.option(expressions),
        fc.integer({ min: 100, max: 3000 }),
        async (value, filter, budget) => {
          const { runner, run } = createRunner(stringifyJson(value));
          const result = await run({ arguments: filter === null ? {} : { _filter: filter } });
          const { content } = await runner.truncate(result, budget);
          expect(content.length).toBeGreaterThan(0);
          expect(content.length).toBeLessThan(Math.max(budget, 300) + 1200);
        },
      ),
    );
  });

  test("the chunks of a stored result join back to it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme", minLength: 600, maxLength: 3000 }), async (text) => {
        const { runner, run } = createRunner(text);
        const shape = await runner.truncate(await run({}), 200);
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

  test("extreme nesting fails no call", async () => {
    const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    for (const filter of [undefined, "[0]", "to_string(@)", "@ == `1`"]) {
      const { runner, run } = createRunner(deep);
      const result = await runner.truncate(await run({ arguments: filter ? { _filter: filter } : {} }), 2000);
      expect(result.content.length).toBeLessThan(5000);
      expect(await run({ name: "query_result", arguments: { id: "r1", filter: "[0]" } })).toMatchObject({
        callId: "c",
      });
    }
  });
});

test("the query `@` returns the value unchanged", () => {
  fc.assert(
    fc.property(values, (value) => {
      const text = stringifyJson(value);
      const outcome = query(parseJson(text), "@", { now: performance.now.bind(performance) });
      expect(outcome).toEqual({ outcome: "ready", text, notes: [] });
    }),
  );
});

test("the built-in tools explain which arguments are invalid", async () => {
  const { run } = createRunner("[]");
  const contentOf = async (name: string, values: Record<string, unknown>, more = {}) =>
    (await run({ name, arguments: values, ...more })).content;
  expect(await contentOf("read_result", {})).toBe("id: Invalid input: expected string, received undefined");
  expect(await contentOf("query_result", { id: "r1" })).toStartWith("filter: ");
  expect(await contentOf("search_result", { id: "r1", from_line: "x", text: "a" })).toStartWith(
    "from_line: ",
  );
  expect(await contentOf("fetch_all", { tool: "list", arguments: "no json" })).toStartWith("arguments: ");
  expect(await contentOf("read_result", {}, { malformed: "{" })).toBe(
    "The arguments are not a JSON object; send them again as one.",
  );
  expect(await contentOf("Read-Result", { id: "r1" })).toBe("No result is kept.");
});

test("the results of one turn take at most half of the context, apart from the minimum of each", () => {
  const limits = fc.record({
    context: fc.integer({ min: 4000, max: 1_000_000 }),
    max: fc.integer({ min: 2000, max: 1_000_000 }),
  });
  fc.assert(
    fc.property(limits, fc.integer({ min: 1, max: 60 }), ({ context, max }, count) => {
      const results: ToolResult[] = [];
      for (let index = 0; index < count; index++) {
        const budget = Math.floor(resultBudget(context, max, results));
        expect(budget).toBeLessThanOrEqual(max);
        results.push({ callId: "c", name: "n", status: "ok", content: "x".repeat(budget), durationMs: 0 });
      }
      const size = results.reduce((sum, { content }) => sum + content.length, 0);
      expect(size).toBeLessThanOrEqual(context * 2 + count * 2000);
    }),
    { numRuns: 30 },
  );
});
