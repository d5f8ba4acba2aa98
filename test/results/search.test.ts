import { describe, expect, test } from "bun:test";
import { readResult } from "../../src/results/read-result.ts";
import { type SearchRequest, searchResult } from "../../src/results/search-result.ts";
import type { ResultId, StoredResult } from "../../src/results/types.ts";

const stored = (text: string, chunkSize = 1000): StoredResult => ({ id: "r1" as ResultId, text, chunkSize });

function search(result: StoredResult, request: SearchRequest, step = 0) {
  let time = 0;
  const now = () => {
    time += step;
    return time;
  };
  return searchResult(result, request, {
    timeLimit: 2000,
    now,
    yieldToEventLoop: async () => {},
    signal: new AbortController().signal,
  });
}

const ten = Array.from({ length: 10 }, (_, index) => `line ${index + 1}`).join("\n");

describe("search_result", () => {
  test("shows matches with their context, each line once", async () => {
    expect(await search(stored(ten), { text: "LINE 3", around: 1 })).toEqual({
      outcome: "ready",
      content: "[r1: 1 match]\n2: line 2\n3: line 3\n4: line 4",
    });
    expect(await search(stored(ten), { pattern: "^line [2479]$", around: 1 })).toEqual({
      outcome: "ready",
      content:
        "[r1: 4 matches]\n1: line 1\n2: line 2\n3: line 3\n4: line 4\n5: line 5\n6: line 6\n7: line 7\n8: line 8\n9: line 9\n10: line 10",
    });
    expect(await search(stored(ten), { pattern: "[19]$", around: 0 })).toEqual({
      outcome: "ready",
      content: "[r1: 2 matches]\n1: line 1\n…\n9: line 9",
    });
  });

  test("begins at the given line, and says when there is no match", async () => {
    expect(await search(stored(ten), { text: "line 1", from_line: 2, around: 0 })).toEqual({
      outcome: "ready",
      content: "[r1: 1 match]\n10: line 10",
    });
    expect(await search(stored(ten), { text: "a.b" })).toEqual({
      outcome: "ready",
      content: "[r1: no match]",
    });
  });

  test("stops at fifty matches or the size of a chunk, and says where to continue", async () => {
    const many = stored(Array.from({ length: 200 }, () => "x").join("\n"), 10_000);
    const { content } = (await search(many, { text: "x", around: 0 })) as { content: string };
    expect(content.split("\n").slice(0, 2)).toEqual(["[r1: 50 matches; go on with from_line 51]", "1: x"]);
    const wide = stored(Array.from({ length: 200 }, () => "x".repeat(400)).join("\n"), 1000);
    const { content: few } = (await search(wide, { text: "x", around: 0 })) as { content: string };
    expect(few).toStartWith("[r1: 3 matches; go on with from_line 4]");
  });

  test("finds a match anywhere in a line of three million characters, and names its chunk", async () => {
    const line = `${"x".repeat(2_999_990)}needle END`;
    const found = await search(stored(line, 20_000), { text: "needle" });
    expect(found).toEqual({
      outcome: "ready",
      content: `[r1: 1 match]\n1 (chunk 150): …${"x".repeat(200)}needle END`,
    });
    const seam = `${"x".repeat(9998)}needle${"y".repeat(20_000)}`;
    expect(await search(stored(seam), { text: "needle" })).toMatchObject({
      content: expect.stringContaining("[r1: 1 match]\n1 (chunk 10): …"),
    });
  });

  test.each([
    [{}, "Give either text or pattern."],
    [{ text: "a", pattern: "b" }, "Give either text or pattern."],
    [
      { pattern: "(" },
      "The pattern is not a valid RE2 expression: error parsing regexp: missing closing ): `(`",
    ],
    [{ pattern: "(?=x)" }, expect.stringContaining("not a valid RE2 expression")],
    [{ pattern: "(a{1,1000}){1,1000}" }, expect.stringContaining("not a valid RE2 expression")],
    [{ pattern: "(x{1,100}y){9}" }, "The pattern repeats too much. Simplify it."],
    [{ pattern: "x".repeat(2000) }, "Search for at most 1000 characters."],
  ])("refuses %p", async (request, problem) => {
    expect(await search(stored(ten), request)).toEqual({ outcome: "refused", problem });
  });

  test("finishes with a pattern that would block a backtracking engine", async () => {
    const hostile = stored(`${"a".repeat(1_000_000)}!`, 10_000);
    expect(await search(hostile, { pattern: "(a+)+$" })).toEqual({
      outcome: "ready",
      content: "[r1: no match]",
    });
  }, 20_000);

  test("matches `^` and `$` at the ends of a line, not at those of the searched windows", async () => {
    const line = `${"a".repeat(30_000)}b`;
    expect(await search(stored(`${line}\nab`, 100_000), { pattern: "^a+b?$|a$" })).toEqual({
      outcome: "ready",
      content: expect.stringMatching(/^\[r1: 1 match\]\n1: a+…\n2: ab$/),
    });
  });

  test("continues at a chunk inside a line that is longer than one", async () => {
    const line = stored(`needle${"x".repeat(19_994)}`.repeat(10), 1000);
    const first = (await search(line, { text: "needle" })) as { content: string };
    const [, chunk] = /^\[r1: 3 matches; go on with from_chunk (\d+)\]/.exec(first.content) ?? [];
    expect(chunk).toBe("61");
    const rest = (await search(line, { text: "needle", from_chunk: Number(chunk) })) as { content: string };
    expect(rest.content).toStartWith("[r1: 3 matches; go on with from_chunk 121]\n1 (chunk 61): …");
    expect(await search(line, { text: "needle", from_line: 2 })).toEqual({
      outcome: "refused",
      problem: "r1 ends before that position.",
    });
  });

  test("stops after its time limit and says where to continue", async () => {
    const result = stored(Array.from({ length: 1000 }, () => "x").join("\n"));
    // Each reading of the clock takes 1.5 ms of the two seconds.
    expect(await search(result, { text: "y" }, 1.5)).toEqual({
      outcome: "ready",
      content: expect.stringMatching(/^\[r1: no match; go on with from_line \d+\]$/),
    });
  });
});

describe("read_result", () => {
  test("returns a chunk with its position in the result", () => {
    expect(readResult(stored(ten, 20), { chunk: 2 })).toEqual({
      outcome: "ready",
      content: "[r1, chunk 2 of 4, lines 3 to 6, characters 21 to 40 of 70]\n\nline 4\nline 5\nline ",
    });
    expect(readResult(stored(ten, 20), {})).toMatchObject({
      content: expect.stringContaining("chunk 1 of 4"),
    });
    expect(readResult(stored(ten, 20), { chunk: 5 })).toEqual({
      outcome: "refused",
      problem: "r1 has 4 chunks; there is no chunk 5.",
    });
  });

  test("returns lines up to the size of a chunk, and says where to continue", () => {
    expect(readResult(stored(ten), { from_line: 9, to_line: 99 })).toEqual({
      outcome: "ready",
      content: "[r1, lines 9 to 10 of 10]\nline 9\nline 10",
    });
    expect(readResult(stored(ten, 20), { from_line: 2, to_line: 9 })).toEqual({
      outcome: "ready",
      content: "[r1, lines 2 to 4 of 10; go on with from_line 5]\nline 2\nline 3\nline 4",
    });
    expect(readResult(stored(ten), { from_line: 11 })).toMatchObject({ outcome: "refused" });
  });

  test("returns the beginning of a line that is longer than a chunk, and names its chunks", () => {
    expect(readResult(stored(`a\n${"b".repeat(50)}\nc`, 20), { from_line: 2 })).toEqual({
      outcome: "ready",
      content: `[r1, line 2 of 3: it has 50 characters, these are the first 20; chunks 1 to 3 hold all of it]\n${"b".repeat(20)}`,
    });
  });
});
