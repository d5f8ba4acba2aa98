import { describe, expect, test } from "bun:test";
import { readMarkdown, type StreamedMarkdown } from "../../../ui/markdown/document.ts";
import type { Nodes } from "../../../ui/markdown/nodes.ts";

/** Returns what a reader sees, with single spaces. The text of a footnote is below the reply. */
function readVisibleText({ blocks }: StreamedMarkdown): string {
  return blocks
    .flatMap(({ nodes }) => nodes)
    .map(visibleText)
    .join(" ")
    .replace(/\s+/g, " ")
    .trim();
}

const CONTAINERS = new Set(["list", "listItem", "table", "tableRow", "blockquote"]);

function visibleText(node: Nodes): string {
  if (node.type === "footnoteDefinition" || node.type === "definition") return "";
  if (node.type === "footnoteReference") return `[${node.identifier}]`;
  if (node.type === "html") return node.value.replace(/<[^>]*>|\*/g, "");
  if (node.type === "image" || node.type === "imageReference") return node.alt ?? "";
  if ("value" in node) return node.value;
  return "children" in node ? node.children.map(visibleText).join(CONTAINERS.has(node.type) ? " " : "") : "";
}

const TEXTS = {
  "inline marks":
    "There are **three late orders**, _all_ from `Berlin`. See [the list](https://example.com/a?b=c), ***both*** and ~~old~~ new.",
  "elements and entities":
    "H<sub>2</sub>O, <kbd>Ctrl</kbd>, 3 < 4, AT&amp;T, R&D, a\\*b, snake_case_name, array[0], $5 & up!",
  "an image": "Before ![the chart](https://example.com/c.png) after.",
  "a table":
    "Text:\n\n| Order | Name | Total |\n| --- | :-- | --: |\n| 1 | **Ann** Lee | 12.50 |\n| 2 | `Bob` | 1.00 |\n\nAfter.",
  "a table below a paragraph": "Text:\n| Order | **Name** |\n|---|---|\n| 1 | Ann |",
  lists:
    "Text:\n- first **bold** item\n- second\n  - nested *one*\n  - nested two\n\n1. One\n2. Two\n10. Ten\n\n- [x] checked\n- [ ] open\n* other\n+ plus",
  code: 'Text\n\n```json\n{\n  "a": [1, 2]\n}\n```\n\n1. Step\n\n   ```sh\n   ls *\n   ```\n2. Step',
  "headings and rules": "# One\n\n## Two **bold**\n\nThree\n-----\n\n---\n\nFour\n===\n\n***\n\nEnd",
  quotes: "> A quote with **bold**\n> more\n>\n> - item\n\nAfter",
  footnotes: "A fact[^1] and more[^note].\n\n[^1]: The **note**.\n[^note]: Another.",
  formulas:
    "Area \\(a = \\pi r^2\\), $x_1$ and\n\n$$\n\\frac{a}{b}\n$$\n\n\\[ c = *d* \\]\n\nCosts $5 and **$10**, or `$HOME` \\[no\\].",
  "bold, emphasis and strikethrough of every spelling":
    "__bold__ and _em_, *a **b** c*, **a *b* c**, ~~gone~~, ***all***, **bold: `code`** end, in**tra**word, (**x**), **a**, **b**.",
  "links of every form":
    'A [link](https://example.com "title"), [with (round) ones](https://example.com/a_(b)), <https://example.com/a>, <a@example.com>, https://example.com/x_y?z=1, [**bold** text](https://example.com), [![img](https://example.com/i.png)](https://example.com) end.',
  "references defined below":
    "See [the list][list], [list] and [other][] or ![pic][list].\n\n[list]: https://example.com/l\n[other]: <https://example.com/o> 'Title'\n\nEnd",
  "code spans of every form": "Use `a`, ``b ` c``, `**not bold**`, `[x](y)` and `<br>` here.",
  "fences of every form":
    '~~~\ncode\n~~~\n\n````md\n```js\nx\n```\n````\n\n> ```py\n> a = 1\n> ```\n\n- a\n\n  ~~~ts title="x"\n  b\n  ~~~\n\n```\n**x**\n```',
  "tables of every form":
    "| x \\| y | `a \\| b` |\n|:-:|---|\n| [l](https://example.com) | <br> |\n\n> | q |\n> | - |\n> | 1 |\n\n- item\n\n  | in | item |\n  | -- | --- |\n  | 1 | **2** |",
  "headings of every form":
    "## Closed ##\n\nTwo\nlines\n====\n\nB *em*\n---\n\n###### Six\n\n- # In item\n\n> ## In quote",
  "nested lists and quotes":
    "1. One\n   - a\n     - b **c**\n\n       more\n   - d\n2. Two\n\n   > quote\n   > - item\n\n- - twice\n- > quoted\n\n> > deep\n> up",
  "rules of every form": "a\n\n* * *\n\nb\n\n- - -\n\nc\n\n___\n\nd",
  "elements of every spelling":
    "a<br/>b<br />c<BR>d <SUB>e</SUB> x<sup>**2**</sup> <kbd>Ctrl</kbd>+<kbd>C</kbd> 1 <2 and a <- b",
  "details with more":
    "<details open>\n<summary>A <b>c</b></summary>\n\n- a\n- b\n\n<details><summary>B</summary>\n\nc\n\n</details>\n</details>\n\nEnd",
  "entities and escapes": "a &copy; b &#169; c &#xa9; \\* \\_ \\[a\\] \\`x\\` R&D; Q&A & more, 5 > 3 < 7",
  tasks: "- [ ] open **bold**\n- [x] done\n  - [ ] nested\n1. [ ] numbered",
  "line breaks": "one  \ntwo\\\nthree<br>four\n\n    indented\n\nend",
  "footnotes of every form":
    "A[^1], b[^long-name] and c[^1].\n\n[^1]: One\n    more\n\n    and `more`.\n[^long-name]: Two\n\nEnd",
  "formulas of every form":
    "$$x^2$$ and $a_1$, $\\alpha$: \\[ a < b \\] costs $5, $6 or US$7. $$\n\\sum_{i=1}^n i\n$$ \\(\\text{a}_1\\) end",
  details: "<details>\n<summary>How **so**</summary>\n\nText\n\n</details>\n\nAfter",
};

describe("while a text grows, no raw syntax appears and nothing that appeared changes", () => {
  for (const [name, text] of Object.entries(TEXTS)) {
    test(`in ${name}`, () => {
      const whole = readVisibleText(readMarkdown(text, false));
      let read: StreamedMarkdown | undefined;
      const wrong: [string, string][] = [];
      for (let end = 1; end <= text.length; end++) {
        read = readMarkdown(text.slice(0, end), true, read);
        const visible = readVisibleText(read);
        if (!whole.startsWith(visible)) wrong.push([text.slice(0, end), visible]);
      }
      expect(wrong).toEqual([]);
    });
  }
});

test("the head of a table is a table before its second line is complete", () => {
  for (const text of [
    "| a | b",
    "| a | b |",
    "| a | b |\n",
    "| a | b |\n|",
    "| a | b |\n| --",
    "| a | b |\n| --- | -",
  ])
    expect(readMarkdown(text, true).blocks.map(({ nodes }) => nodes.map(({ type }) => type))).toEqual([
      ["table"],
    ]);
});

test("at the end of a text its marks are shown as they are", () => {
  expect(readVisibleText(readMarkdown("2 * 3 **", false))).toBe("2 * 3 **");
});
