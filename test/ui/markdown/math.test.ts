import { describe, expect, test } from "bun:test";
import { parseBlocks } from "../../../ui/markdown/parse.ts";

/** Returns the formulas of a text; those on lines of their own begin with a space. */
function readFormulas(text: string): readonly string[] {
  const found: string[] = [];
  JSON.stringify(
    parseBlocks(text).map(({ node }) => node),
    (_, value) => {
      if (value?.type === "math") found.push(value.isDisplay ? ` ${value.value}` : value.value);
      return value;
    },
  );
  return found;
}

describe("formulas", () => {
  test.each([
    ["\\(a*b*c\\) and \\(x\\)", ["a*b*c", "x"]],
    ["\\(a_1*b_1\\)", ["a_1*b_1"]],
    ["\\[ \\frac{a}{b} \\]", [" " + " \\frac{a}{b} "]],
    ["$$x$$ and $$\na = b\n$$", [" x", " " + "\na = b\n"]],
    ["$x_1$, $n$ and ($a^2$).", ["x_1", "n", "a^2"]],
    ["> $$\n> a\n> $$", [" " + "\na\n"]],
    ["| $x_1$ |\n| - |\n| \\(a=b\\) |", ["x_1", "a=b"]],
  ] as const)("are read in %p", (text, formulas) => {
    expect(readFormulas(text)).toEqual([...formulas]);
  });

  test.each([
    "It costs $5 and $10.",
    "From $5-$10, $a=$b.",
    "US$ 5 and 5$ = 6$.",
    "$5\n= $6",
    "`$x_1$` and `\\(a=b\\)`",
    "\\$x_1\\$ and \\\\(a=b\\\\)",
    "\\[ERROR\\] \\(see above\\)",
    "\\(a = b",
    "```\n$$x$$\n```",
  ])("are not read in %p", (text) => {
    expect(readFormulas(text)).toEqual([]);
  });
});
