import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { renderToStaticMarkup } from "react-dom/server";
import ReactMarkdown from "react-markdown";
import gfm from "remark-gfm";
import { splitBlocks } from "../../ui/markdown/blocks.ts";
import { components } from "../../ui/markdown/elements.tsx";
import { isSafeToParse } from "../../ui/markdown/is-safe-to-parse.ts";
import { sanitizeLink } from "../../ui/markdown/links.ts";
import { Markdown } from "../../ui/markdown/markdown.tsx";

const html = (text: string) => renderToStaticMarkup(<Markdown text={text} />);

const SAMPLES = {
  paragraphs: "One.\n\nTwo **bold**.\n\n\nThree.",
  "a loose list": "1. one\n\n   more of one\n\n2. two\n\n- a\n\n- b\n\nafter",
  "a fence with blank lines": "```js\na\n\nb\n\n# no heading\n```\n\nafter",
  "a fence in a list": "- item\n\n  ```\n  a\n\n  b\n  ```\n\nafter",
  "a longer fence": "````md\n```\n\n```\n````\n\nafter",
  "an open fence": "text\n\n```json\n{\n\n",
  "a table": "before\n\n| a | b |\n| - | -: |\n| 1 | 2 |\n\nafter",
  "headings and rules": "# One\n\ntext\n\n---\n\n## Two\n\n> quote\n>\n> more\n\nafter",
  definitions: "See [this].\n\nMore[^1].\n\n[this]: https://example.com\n[^1]: Note.",
  "indented code": "text\n\n    code\n\n    more\n\nafter",
};

describe("`splitBlocks()`", () => {
  test("returns blocks whose joined texts equal the input", () => {
    const line = fc.constantFrom(
      "",
      "text",
      "- item",
      "  more",
      "```",
      "1. one",
      "# h",
      "    code",
      "~~~~",
      "> q",
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const text = lines.join("\n");
        expect(splitBlocks(text).join("")).toBe(text);
      }),
    );
  });

  for (const [name, text] of Object.entries(SAMPLES)) {
    test(`renders the same block by block as in one piece: ${name}`, () => {
      const onePiece = renderToStaticMarkup(
        <ReactMarkdown remarkPlugins={[gfm]} components={components} urlTransform={(address) => address}>
          {text}
        </ReactMarkdown>,
      );
      const spaceless = (markup: string) => markup.replace(/>\s+</g, "><");
      expect(spaceless(html(text))).toBe(spaceless(`<div class="markdown">${onePiece}</div>`));
    });
  }

  test("splits a long reply into many blocks, so that a delta parses only the last one", () => {
    expect(splitBlocks("A paragraph.\n\n".repeat(500)).length).toBe(500);
  });
});

describe("the text of a reply", () => {
  test("is never rendered as HTML", () => {
    const text = "<img src=x onerror=alert(1)>\n\nText <b>not bold</b> <script>alert(1)</script>";
    const markup = html(text);
    expect(markup).not.toMatch(/<(img|b|script)\b/);
    expect(markup).toContain("&lt;b&gt;not bold&lt;/b&gt;");
  });

  test("links only to web and mail addresses, without an opener or a referrer", () => {
    expect(html("[a](https://example.com/x)")).toContain(
      '<a href="https://example.com/x" target="_blank" rel="noopener noreferrer nofollow">a</a>',
    );
    for (const address of [
      "javascript:alert(1)",
      "data:text/html,x",
      "//example.com",
      "/admin",
      "vbscript:x",
      "#x",
    ])
      expect(html(`[a](${address})`)).toBe('<div class="markdown"><p><span>a</span></p></div>');
  });

  test("shows an image as a link and does not load it", () => {
    const markup = html("![chart](https://example.com/c.png)");
    expect(markup).not.toContain("<img");
    expect(markup).toContain('href="https://example.com/c.png"');
  });
});

describe("`isSafeToParse()`", () => {
  const unsafeTexts = {
    "quotes in quotes": `${">".repeat(20_000)}x`,
    "lists in lists": `${"- ".repeat(10_000)}x`,
    "quotes and lists in turn": `${"> 1. ".repeat(5_000)}x`,
    "emphasis in emphasis": `${"*a _b ".repeat(3_000)}${"_ *".repeat(3_000)}`,
    "code that never ends": "`a".repeat(10_000),
  };
  for (const [name, text] of Object.entries(unsafeTexts)) {
    test(`returns false for ${name}, and the text is rendered as it is`, () => {
      expect(isSafeToParse(text)).toBe(false);
      expect(html(text)).toBe(
        `<div class="markdown">${renderToStaticMarkup(<p className="plain">{text}</p>)}</div>`,
      );
    });
  }

  test("accepts common texts: rules, long lists and tables, code with many marks", () => {
    const texts = [
      "-".repeat(200),
      "- **bold** item\n".repeat(1_000),
      "> > > quoted\n> > > thrice",
      `| a | b |\n| - | - |\n${"| **x** | `y` |\n".repeat(1_000)}`,
      `\`\`\`\n${"*_`[".repeat(2_000)}\n${">".repeat(100)}\n\`\`\``,
    ];
    expect(texts.filter((text) => !isSafeToParse(text))).toEqual([]);
  });
});

test("`sanitizeLink()` is not bypassed by letter case, spaces or control characters", () => {
  expect(sanitizeLink("HTTPS://example.com")).toBe("https://example.com/");
  expect(sanitizeLink("mailto:a@example.com")).toBe("mailto:a@example.com");
  for (const address of [
    " javascript:alert(1)",
    "JaVaScRiPt:x",
    "java\nscript:x",
    "\u0001javascript:x",
    "",
    undefined,
  ])
    expect(sanitizeLink(address)).toBeUndefined();
});
