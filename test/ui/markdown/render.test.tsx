import { describe, expect, test } from "bun:test";
import { renderToStaticMarkup } from "react-dom/server";
import ReactMarkdown from "react-markdown";
import gfm from "remark-gfm";
import { isSafeToParse } from "../../../ui/markdown/is-safe-to-parse.ts";
import { sanitizeLink } from "../../../ui/markdown/sanitize-link.ts";
import StreamedText from "../../../ui/markdown/streamed-markdown.tsx";

/** Returns the markup without ids, which React counts. */
const html = (text: string) =>
  renderToStaticMarkup(<StreamedText text={text} isLive={false} />).replaceAll(/_R_\w*_/g, "id");

const SAMPLES = {
  paragraphs: "One.\n\nTwo **bold**.\n\n\nThree.",
  "a loose list": "1. one\n\n   more of one\n\n2. two\n\n- a\n\n- b\n\nafter",
  "a fence with blank lines": "```js\na\n\nb\n\n# no heading\n```\n\nafter",
  "a fence in a list": "- item\n\n  ```\n  a\n\n  b\n  ```\n\nafter",
  "a longer fence": "````md\n```\n\n```\n````\n\nafter",
  "an open fence": "text\n\n```json\n{\n\n",
  "a table": "before\n\n| a | b |\n| - | -: |\n| 1 | 2 |\n\nafter",
  "headings and rules": "# One\n\ntext\n\n---\n\n## Two\n\n> quote\n>\n> more\n\nafter",
  definitions: "See [this], [text][this].\n\n[this]: https://example.com/",
  tasks: "- [x] done\n- [ ] **open**\n\ntext",
  "hard breaks": "one  \ntwo\\\nthree",
  "indented code": "text\n\n    code\n\n    more\n\nafter",
};

/** Reduces markup to the elements and texts that the reference has too. */
function simplify(markup: string): string {
  return markup
    .replace(/<header>.*?<\/header>|<footer.*?<\/footer>|<span class="sort-mark".*?<\/span>/g, "")
    .replace(/<\/?(?:div|section|span|button|tbody)\b[^>]*>/g, "")
    .replace(/(?: (?:dir|class|scope|data-\w+|style|title|target|rel|tabindex|type)="[^"]*")+/gi, "")
    .replace(/ readOnly=""/g, "")
    .replace(/>\s+/g, ">")
    .replace(/\s+</g, "<");
}

describe("Markdown is rendered as react-markdown renders it", () => {
  for (const [name, text] of Object.entries(SAMPLES)) {
    test(name, () => {
      const reference = renderToStaticMarkup(<ReactMarkdown remarkPlugins={[gfm]}>{text}</ReactMarkdown>);
      expect(simplify(html(text))).toBe(simplify(reference));
    });
  }
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
      '<a href="https://example.com/x" target="_blank" rel="noopener noreferrer nofollow" title="https://example.com/x" data-host="example.com">a</a>',
    );
    for (const address of [
      "javascript:alert(1)",
      "data:text/html,x",
      "//example.com",
      "/admin",
      "vbscript:x",
      "#x",
    ])
      expect(html(`[a](${address})`)).toBe('<p dir="auto"><span>a</span></p>');
  });

  test.each([
    ["https://example.com/x", "example.com/x", undefined],
    ["https://example.com/x", "https://example.com/x?y", undefined],
    ["https://example.com/", "Example.com", undefined],
    ["https://k.com/", "https://bank.com/login", "k.com"],
    ["https://bank.com.evil.example/", "https://bank.com", "bank.com.evil.example"],
    ["https://bank.com@evil.example/", "https://bank.com@evil.example/", "evil.example"],
    ["https://evil.example/bank.com", "bank.com", "evil.example"],
    ["https://evil.example/", "see evil.example", "evil.example"],
    ["https://evil.example:8443/", "https://evil.example/", "evil.example:8443"],
    ["https://b\u0430nk.com/", "https://b\u0430nk.com/", "xn--bnk-6cd.com"],
    ["https://evil.example/", "\u202eelpmaxe.live", "evil.example"],
    ["https://evil.example/", "**evil.example**", "evil.example"],
  ])("A link to %s with the text %s shows the host %p.", (address, text, host) => {
    expect(/data-host="([^"]*)"/.exec(html(`[${text}](<${address}>)`))?.[1]).toBe(host);
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
        renderToStaticMarkup(
          <p className="plain" dir="auto">
            {text}
          </p>,
        ),
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

describe("HTML that models write", () => {
  test("is rendered for line breaks, small text and keys", () => {
    expect(html("H<sub>2</sub>O x<sup>2</sup><br>press <kbd>Ctrl</kbd>")).toBe(
      '<p dir="auto">H<sub>2</sub>O x<sup>2</sup><br/>press <kbd>Ctrl</kbd></p>',
    );
  });

  test("stays text with an attribute, without its end tag, and for other elements", () => {
    const text = "<kbd onclick=alert(1)>a</kbd> <sub>b <style>c</style> <a href=x>d</a> <iframe src=x>";
    expect(html(text).replaceAll("&lt;", "<").replaceAll("&gt;", ">")).toBe(`<p dir="auto">${text}</p>`);
  });

  test("folds details around Markdown, also nested and within a list", () => {
    expect(html("<details>\n<summary>A *b*</summary>\n\nText\n\n</details>\n\nAfter")).toBe(
      '<details><summary dir="auto">A <em>b</em></summary><p dir="auto">Text</p></details><p dir="auto">After</p>',
    );
    expect(html("<details><summary>A</summary>Short</details>")).toBe(
      '<details><summary dir="auto">A</summary><p dir="auto">Short</p></details>',
    );
  });
});

test("footnotes have numbers in the order of their references, and are below the text", () => {
  const markup = html("A[^b] and[^a].\n\n[^a]: First *defined*.\n[^b]: Second.\n[^c]: Not referred to.");
  expect(markup).toBe(
    '<p dir="auto">A<sup class="footnote-call"><a href="#id-1" aria-label="Footnote 1">1</a></sup> and' +
      '<sup class="footnote-call"><a href="#id-2" aria-label="Footnote 2">2</a></sup>.</p>' +
      '<section class="footnotes" aria-label="Footnotes"><ol>' +
      '<li id="id-1" tabindex="-1"><p dir="auto">Second.</p></li>' +
      '<li id="id-2" tabindex="-1"><p dir="auto">First <em>defined</em>.</p></li></ol></section>',
  );
});
