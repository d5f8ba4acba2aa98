import { describe, expect, test } from "bun:test";
import { readResult } from "../../src/results/read-result.ts";
import { type SearchRequest, searchResult } from "../../src/results/search-result.ts";
import type { ResultId, StoredResult } from "../../src/results/types.ts";

const kept = (text: string, chunkSize = 1000): StoredResult => ({ id: "r1" as ResultId, text, chunkSize });

function search(result: StoredResult, request: SearchRequest, step = 0) {
  let time = 0;
  const now = () => {
    time += step;
    return time;
  };
  return searchResult(result, request, {
    now,
    yieldToEventLoop: async () => {},
    signal: new AbortController().signal,
  });
}

const ten = Array.from({ length: 10 }, (_, index) => `line ${index + 1}`).join("\n");

describe("search_result", () => {
  test("shows matches with the lines around them, each line once", async () => {
    expect(await search(kept(ten), { text: "LINE 3", around: 1 })).toEqual({
      outcome: "ready",
      content: "[r1: 1 match]\n2: line 2\n3: line 3\n4: line 4",
    });
    expect(await search(kept(ten), { pattern: "^line [2479]$", around: 1 })).toEqual({
      outcome: "ready",
      content:
        "[r1: 4 matches]\n1: line 1\n2: line 2\n3: line 3\n4: line 4\n5: line 5\n6: line 6\n7: line 7\n8: line 8\n9: line 9\n10: line 10",
    });
    expect(await search(kept(ten), { pattern: "[19]$", around: 0 })).toEqual({
      outcome: "ready",
      content: "[r1: 2 matches]\n1: line 1\n…\n9: line 9",
    });
  });

  test("begins where it is told to, and says when there is nothing", async () => {
    expect(await search(kept(ten), { text: "line 1", from_line: 2, around: 0 })).toEqual({
      outcome: "ready",
      content: "[r1: 1 match]\n10: line 10",
    });
    expect(await search(kept(ten), { text: "a.b" })).toEqual({ outcome: "ready", content: "[r1: no match]" });
  });

  test("stops at fifty matches or a chunk's size and says where to go on", async () => {
    const many = kept(Array.from({ length: 200 }, () => "x").join("\n"), 10_000);
    const { content } = (await search(many, { text: "x", around: 0 })) as { content: string };
    expect(content.split("\n").slice(0, 2)).toEqual(["[r1: 50 matches; go on with from_line 51]", "1: x"]);
    const wide = kept(Array.from({ length: 200 }, () => "x".repeat(400)).join("\n"), 1000);
    const { content: few } = (await search(wide, { text: "x", around: 0 })) as { content: string };
    expect(few).toStartWith("[r1: 3 matches; go on with from_line 4]");
  });

  test("finds what stands anywhere in one line of three million characters, and names its chunk", async () => {
    const line = `${"x".repeat(2_999_990)}needle END`;
    const found = await search(kept(line, 20_000), { text: "needle" });
    expect(found).toEqual({
      outcome: "ready",
      content: `[r1: 1 match]\n1 (chunk 150): …${"x".repeat(200)}needle END`,
    });
    const seam = `${"x".repeat(9998)}needle${"y".repeat(20_000)}`;
    expect(await search(kept(seam), { text: "needle" })).toMatchObject({
      content: expect.stringContaining("[r1: 1 match]\n1 (chunk 10): …"),
    });
  });

  test.each([
    [{}, "Give either text or pattern."],
    [{ text: "a", pattern: "b" }, "Give either text or pattern."],
    [{ pattern: "(" }, "The pattern is no RE2 expression: error parsing regexp: missing closing ): `(`"],
    [{ pattern: "(?=x)" }, expect.stringContaining("no RE2 expression")],
    [{ pattern: "(a{1,1000}){1,1000}" }, expect.stringContaining("no RE2 expression")],
    [{ pattern: "(x{1,100}y){9}" }, "The pattern repeats too much. Make it simpler."],
    [{ pattern: "x".repeat(2000) }, "Look for at most 1000 characters."],
  ])("refuses %p", async (request, problem) => {
    expect(await search(kept(ten), request)).toEqual({ outcome: "refused", problem });
  });

  test("a pattern that would hold a backtracking engine for ever is done", async () => {
    const hostile = kept(`${"a".repeat(1_000_000)}!`, 10_000);
    expect(await search(hostile, { pattern: "(a+)+$" })).toEqual({
      outcome: "ready",
      content: "[r1: no match]",
    });
  }, 20_000);

  test("ends of a line are its own, not those of the parts it is searched in", async () => {
    const line = `${"a".repeat(30_000)}b`;
    expect(await search(kept(`${line}\nab`, 100_000), { pattern: "^a+b?$|a$" })).toEqual({
      outcome: "ready",
      content: expect.stringMatching(/^\[r1: 1 match\]\n1: a+…\n2: ab$/),
    });
  });

  test("within a line longer than a chunk it goes on at a chunk", async () => {
    const line = kept(`needle${"x".repeat(19_994)}`.repeat(10), 1000);
    const first = (await search(line, { text: "needle" })) as { content: string };
    const [, chunk] = /^\[r1: 3 matches; go on with from_chunk (\d+)\]/.exec(first.content) ?? [];
    expect(chunk).toBe("61");
    const rest = (await search(line, { text: "needle", from_chunk: Number(chunk) })) as { content: string };
    expect(rest.content).toStartWith("[r1: 3 matches; go on with from_chunk 121]\n1 (chunk 61): …");
    expect(await search(line, { text: "needle", from_line: 2 })).toEqual({
      outcome: "refused",
      problem: "r1 does not go that far.",
    });
  });

  test("after its time it says how far it came", async () => {
    const result = kept(Array.from({ length: 1000 }, () => "x").join("\n"));
    // Each look at the clock takes a millisecond of the two seconds.
    expect(await search(result, { text: "y" }, 1.5)).toEqual({
      outcome: "ready",
      content: expect.stringMatching(/^\[r1: no match; go on with from_line \d+\]$/),
    });
  });
});

describe("read_result", () => {
  test("gives a chunk with its place in the whole", () => {
    expect(readResult(kept(ten, 20), { chunk: 2 })).toEqual({
      outcome: "ready",
      content: "[r1, chunk 2 of 4, lines 3 to 6, characters 21 to 40 of 70]\n\nline 4\nline 5\nline ",
    });
    expect(readResult(kept(ten, 20), {})).toMatchObject({ content: expect.stringContaining("chunk 1 of 4") });
    expect(readResult(kept(ten, 20), { chunk: 5 })).toEqual({
      outcome: "refused",
      problem: "r1 has 4 chunks; there is no chunk 5.",
    });
  });

  test("gives lines, as many as a chunk holds, and says how to go on", () => {
    expect(readResult(kept(ten), { from_line: 9, to_line: 99 })).toEqual({
      outcome: "ready",
      content: "[r1, lines 9 to 10 of 10]\nline 9\nline 10",
    });
    expect(readResult(kept(ten, 20), { from_line: 2, to_line: 9 })).toEqual({
      outcome: "ready",
      content: "[r1, lines 2 to 4 of 10; go on with from_line 5]\nline 2\nline 3\nline 4",
    });
    expect(readResult(kept(ten), { from_line: 11 })).toMatchObject({ outcome: "refused" });
  });

  test("of a line longer than a chunk it gives the beginning and names the chunks", () => {
    expect(readResult(kept(`a\n${"b".repeat(50)}\nc`, 20), { from_line: 2 })).toEqual({
      outcome: "ready",
      content: `[r1, line 2 of 3: it has 50 characters, these are the first 20; chunks 1 to 3 hold all of it]\n${"b".repeat(20)}`,
    });
  });
});
