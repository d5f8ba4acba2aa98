import { expect, test } from "bun:test";
import fc from "fast-check";
import { attackSurfaces } from "./index.ts";
import { mutate, mutations } from "./mutation.ts";
import { runFuzz } from "./run.ts";

test("10,000 mutated documents, arguments, bodies, MCP messages, frames, requests and lines break no invariant", async () => {
  const { counts, failures } = await attackSurfaces({ seed: 14, cases: 10_000 });
  expect(failures).toEqual([]);
  expect(counts).toEqual({
    documents: 500,
    arguments: 5000,
    bodies: 500,
    "MCP messages": 250,
    frames: 500,
    requests: 750,
    "bodies, authenticated": 500,
    "MCP messages, authenticated": 250,
    "frames, authenticated": 500,
    "requests, authenticated": 750,
    "standard input": 500,
  });
}, 180_000);

test("`runFuzz()` reports the seed and the smallest case of a failure", async () => {
  const surface = {
    name: "lists",
    share: 1,
    cases: fc.array(fc.nat(9), { maxLength: 20 }) as fc.Arbitrary<unknown>,
    describe: (one: unknown) => JSON.stringify(one),
    check: async (one: unknown) => {
      if ((one as readonly number[]).includes(7)) throw new Error("a seven");
    },
  };
  const report = await runFuzz([surface], { seed: 3, cases: 4000 });
  expect(report.failures).toMatchObject([{ surface: "lists", seed: 3, smallest: "[7]" }]);
  expect(report.failures[0]?.error).toContain("a seven");
  const again = await runFuzz([surface], { seed: report.failures[0]?.seed ?? 0, cases: 4000 });
  expect(again).toEqual(report);
});

test("`mutate()` changes values of every kind and leaves the original as it is", () => {
  const original = { a: [{ b: "c" }, 1], d: { e: null } };
  const copy = structuredClone(original);
  const mutated = fc
    .sample(mutations, { numRuns: 2000, seed: 1 })
    .map((changes) => mutate(original, changes));
  expect(original).toEqual(copy);
  const texts = mutated.map((one) => JSON.stringify(one) ?? "");
  for (const part of ["$ref", '"#/a/0"', "__proto__", "allOf", "toString", "\\ud800"])
    expect(texts.some((text) => text.includes(part))).toBe(true);
});
