import { expect, test } from "bun:test";
import fc from "fast-check";
import { chunkAt, chunkCount, chunkNumberAt } from "../../src/results/chunk.ts";

const texts = fc.string({ unit: "binary", maxLength: 300 });
const sizes = fc.integer({ min: 2, max: 50 });

function chunks(text: string, size: number): string[] {
  return Array.from({ length: chunkCount(text, size) }, (_, index) => chunkAt(text, size, index + 1).text);
}

test("chunks join back to the text exactly, and exceed the size by at most one character", () => {
  fc.assert(
    fc.property(texts, sizes, (text, size) => {
      const parts = chunks(text, size);
      expect(parts.join("")).toBe(text);
      for (const part of parts) expect(part.length).toBeLessThanOrEqual(size + 1);
    }),
  );
});

test("no chunk splits a surrogate pair", () => {
  fc.assert(
    fc.property(texts, sizes, (text, size) => {
      fc.pre(text.isWellFormed());
      for (const part of chunks(text, size)) expect(part.isWellFormed()).toBe(true);
    }),
  );
});

test("`chunkNumberAt()` returns the chunk that holds the position", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 300 }), sizes, fc.nat(), (text, size, any) => {
      const position = any % text.length;
      const { text: part, start } = chunkAt(text, size, chunkNumberAt(position, size));
      expect(position >= start && position < start + part.length).toBe(true);
    }),
  );
});
