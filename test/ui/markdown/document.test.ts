import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Block, readMarkdown, type StreamedMarkdown } from "../../../ui/markdown/document.ts";
import type { Nodes } from "../../../ui/markdown/nodes.ts";
import { parseBlocks } from "../../../ui/markdown/parse.ts";

const readWhole = (text: string) => withoutPositions(parseBlocks(text).map(({ node }) => node));

function withoutPositions(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, part) => (key === "position" ? undefined : part)));
}

const nodesOf = (blocks: readonly Block[]) => blocks.flatMap(({ nodes }) => nodes);

const childrenOf = (node: Nodes): readonly Nodes[] => ("children" in node ? node.children : []);

/** Returns the children of the container at the end that has most, at whatever depth. */
function findGrowing(node: Nodes | undefined): readonly Nodes[] {
  const children = node === undefined ? [] : childrenOf(node);
  const inner = children.length === 0 ? [] : findGrowing(children.at(-1));
  return inner.length > children.length ? inner : children;
}

/** Reads a text in deltas of the given lengths, then its rest, then its end. */
function stream(text: string, lengths: readonly number[]): StreamedMarkdown {
  let read: StreamedMarkdown | undefined;
  let end = 0;
  for (const length of lengths) {
    end = Math.min(text.length, end + length);
    read = readMarkdown(text.slice(0, end), true, read);
  }
  return readMarkdown(text, false, readMarkdown(text, true, read));
}

const LINES = [
  ..."||text|more *text*|- item|- item two|  more|* star|+ plus|```|```js|code();|~~~|1. one|2. two|3) three".split(
    "|",
  ),
  ..."# h;    code;> q;| a | b |;| - | -: |;| 1 | `2|` |;|x|;a | b;---;===;[ref]: http://x;'title'".split(
    ";",
  ),
  ..."see [ref] and [text][ref];note[^1];[^1]: footnote;    indented;  - nested;  1. nested;- [ ] task".split(
    ";",
  ),
  ..."-;1.;  ```;<div>;</div>;<!-- c;-->;\\;***;- - a;-   wide;\ttab;- > q;> - a;> b;[ref];[a]: <b;[".split(
    ";",
  ),
  ..."   - in one;    - deep;    more deep;> - i;>   - j;>   more;>;> > r;  > iq;- - twice;- > x;> 1. x;  | a | b |;  | - | - |;- # h".split(
    ";",
  ),
  ..."^1]: x;10. ten;         deep;- ```;https://example.com;[^2]: two;x[^2];a ~~b~~ c;<details>;~5~;$$;x^2;\\(a;$a_1$ b".split(
    ";",
  ),
];

describe("`readMarkdown()`", () => {
  test("reads a text in deltas as the parser reads it in one piece", () => {
    const texts = fc.array(fc.constantFrom(...LINES), { maxLength: 14 }).map((lines) => lines.join("\n"));
    // After an empty item or quote and indented code the parser reads differently than without the first one.
    const isExact = (text: string) => !/^[ >]*(?:>|[-+*]|\d+[.)])[ >]*\n[ >\n]*(?: {4}|\t)/m.test(text);
    fc.assert(
      fc.property(texts.filter(isExact), fc.array(fc.nat(60), { maxLength: 30 }), (text, lengths) => {
        expect(withoutPositions(nodesOf(stream(text, lengths).blocks))).toEqual(readWhole(text));
      }),
      { numRuns: 100 },
    );
  });

  test("keeps the nodes of blocks, items, rows and lines that have ended", () => {
    const kinds = {
      paragraphs: (line: number) => `Paragraph ${line} with **bold** text.\n\n`,
      list: (line: number) => `- item ${line}\n  - nested ${line}\n`,
      quote: (line: number) => `> Paragraph ${line} with **bold** text.\n>\n`,
      item: (line: number) => `${line === 0 ? "1." : "  "} Paragraph ${line}.\n\n`,
      "nested list": (line: number) => `${line === 0 ? "- item\n" : ""}  - nested ${line}\n`,
      "list in a quote": (line: number) => `> - item ${line}\n`,
      table: (line: number) => (line === 0 ? "| a | b |\n| - | - |\n" : `| ${line} | *x* |\n`),
    };
    for (const [kind, write] of Object.entries(kinds)) {
      let text = "";
      let read: StreamedMarkdown | undefined;
      let changed = 0;
      let previous: readonly Nodes[] = [];
      for (let line = 0; line < 100; line++) {
        text += write(line);
        read = readMarkdown(text, true, read);
        const nodes = nodesOf(read.blocks);
        const parts = kind === "paragraphs" ? nodes : findGrowing(nodes.at(-1));
        // The head of a table is parsed with each row, and is equal.
        changed = Math.max(
          changed,
          previous.filter((node, index) => index > 0 && node !== parts[index]).length,
        );
        previous = parts;
      }
      // In a quote the block before the last one is parsed again too.
      expect([kind, previous.length, changed]).toEqual([kind, 100, kind === "quote" ? 2 : 1]);
      expect(read?.text.slice(read.ended.from).length).toBeLessThan(60);
    }
  });

  test("parses the line of code that grows, not the lines before it", () => {
    let read: StreamedMarkdown | undefined;
    let text = "```js\n";
    for (let line = 0; line < 300; line++) {
      text += `call(${line});\n`;
      read = readMarkdown(text, true, read);
    }
    expect(read?.ended.from).toBe(text.length);
    expect(withoutPositions(nodesOf(read?.blocks ?? []))).toEqual(readWhole(text));
  });

  test("parses only the blocks again that refer to a footnote or an address that is defined later", () => {
    const before = readMarkdown("One.\n\nTwo[^1] and [three].\n\nFour.\n\nFive.\n\n", true);
    const after = readMarkdown(`${before.text}[^1]: Note.\n\n[three]: https://example.com`, false, before);
    const isSame = after.blocks.map((block, index) => block === before.blocks[index]);
    expect(isSame.slice(0, 3)).toEqual([true, false, true]);
    expect(withoutPositions(nodesOf(after.blocks))).toEqual(readWhole(after.text));
  });

  test("starts again when the text is another one", () => {
    const read = readMarkdown("Another *text*.", false, readMarkdown("A text.\n\nMore.", true));
    expect(withoutPositions(nodesOf(read.blocks))).toEqual(readWhole("Another *text*."));
  });

  test("parses the end of a long line, not the line, and shows the same as the parser", () => {
    const sentence = "Order 17 of *Miller* is late, and costs **7.50**; see `orders`. ";
    for (const [kind, before] of Object.entries({
      paragraph: "",
      item: "- first\n- ",
      quote: "> One.\n>\n> ",
      nested: "- a\n  - > ",
    })) {
      let read: StreamedMarkdown | undefined;
      const whole = before + sentence.repeat(60);
      let parsed = 0;
      for (let end = before.length; end < whole.length; end += 61) {
        read = readMarkdown(whole.slice(0, end), true, read);
        parsed = Math.max(parsed, end - (read.ended.from + (read.start?.text.length ?? 0)));
        if (end % 11 !== 0) continue;
        const alone = readMarkdown(whole.slice(0, end), true);
        expect(withoutPositions(nodesOf(read.blocks))).toEqual(withoutPositions(nodesOf(alone.blocks)));
      }
      expect([kind, parsed < 1_700, (read?.start?.text.length ?? 0) > 2_000]).toEqual([kind, true, true]);
      const ended = readMarkdown(`${whole}\n\nNext.`, false, read);
      expect(withoutPositions(nodesOf(ended.blocks))).toEqual(readWhole(ended.text));
    }
  });

  test("parses the lines of a long paragraph that grow, also in quotes and items", () => {
    const line = "Order 17 of Miller costs $7, is late: ask *them* (or Ann & Bob)!";
    for (const [kind, prefix, next] of [
      ["paragraph", "", ""],
      ["quote", "> ", "> "],
      ["lazy quote", "> ", ""],
      ["item", "1. ", "   "],
      ["nested", "- > > ", "  > > "],
    ] as const) {
      let read: StreamedMarkdown | undefined;
      const whole = `First.\n\n${prefix}${Array(80).fill(line).join(`\n${next}`)}`;
      let parsed = 0;
      for (let end = 20; end < whole.length; end += 61) {
        read = readMarkdown(whole.slice(0, end), true, read);
        parsed = Math.max(parsed, end - (read.ended.from + (read.start?.text.length ?? 0)));
        if (end % 29 !== 0) continue;
        const alone = readMarkdown(whole.slice(0, end), true);
        expect(withoutPositions(nodesOf(read.blocks))).toEqual(withoutPositions(nodesOf(alone.blocks)));
      }
      expect([kind, parsed < 1_900]).toEqual([kind, true]);
      const ended = readMarkdown(`${whole}\n\nNext.`, false, read);
      expect(withoutPositions(nodesOf(ended.blocks))).toEqual(readWhole(ended.text));
    }
  });

  test("reads a paragraph as a whole that later lines make something else", () => {
    const line = "Some words of a line that goes on for a while";
    const text = Array(60).fill(line).join("\n");
    for (const end of [
      "\n===\n",
      "\n- item\n",
      "\n| a | b |\n| - | - |\n| 1 | 2 |\n",
      "\n> quote\n",
      "\n# Head\n",
    ]) {
      let read: StreamedMarkdown | undefined;
      const whole = text + end;
      for (let at = 30; at < whole.length; at += 7) read = readMarkdown(whole.slice(0, at), true, read);
      read = readMarkdown(whole, true, read);
      expect(withoutPositions(nodesOf(read.blocks))).toEqual(readWhole(whole));
    }
  });

  test("reads a long line with open marks in one piece", () => {
    const whole = `A [label and *emphasis ${"with many words ".repeat(160)}end*](https://example.com) after.`;
    let read: StreamedMarkdown | undefined;
    for (let end = 0; end < whole.length; end += 90) read = readMarkdown(whole.slice(0, end), true, read);
    expect(withoutPositions(nodesOf(readMarkdown(whole, true, read).blocks))).toEqual(readWhole(whole));
  });
});
