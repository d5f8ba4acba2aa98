import { describe, expect, test } from "bun:test";
import { renderForTerminal } from "../../src/manual/terminal.ts";
import { TOPICS } from "../../src/manual/topics.ts";

describe("renderForTerminal()", () => {
  test("wraps text, indents code, and names topics instead of files", () => {
    const page = `# A title

A paragraph with \`code\`, **strong** text and &lt;entities>,
over [two lines](tools.md#filters) and [a site](https://example.com).

- one item that is long enough for a second line
- see [approval](approval.md)

1. first
2. second

\`\`\`sh
specchat --spec openapi.yaml   # a long line of code is never wrapped

second
\`\`\`
`;
    expect(renderForTerminal(page, 40)).toBe(`A title
=======

A paragraph with \`code\`, strong text and
<entities>, over two lines (topic tools)
and a site (https://example.com).

- one item that is long enough for a
  second line
- see approval

1. first
2. second

    specchat --spec openapi.yaml   # a long line of code is never wrapped

    second`);
  });

  test("sets a table in columns where it fits, and as paragraphs where it does not", () => {
    const page = `| name | default | purpose |
| --- | --- | --- |
| \`a\\|b\` | 1 | the first of the two |
| \`b\` |  | the second |
`;
    expect(renderForTerminal(page, 60)).toBe(`name   default  purpose
-----  -------  --------------------
\`a|b\`  1        the first of the two
\`b\`             the second`);
    expect(renderForTerminal(page, 30)).toBe(`\`a|b\`
    default: 1
    purpose: the first of the
    two

\`b\`
    purpose: the second`);
  });

  test("keeps every page within the columns, apart from code and long words", () => {
    const tooWide = TOPICS.flatMap(({ name, text }) =>
      renderForTerminal(text, 80)
        .split("\n")
        .filter((line) => line.length > 80 && !line.startsWith("    "))
        .map((line) => `${name}: ${line}`),
    );
    expect(tooWide).toEqual([]);
  });

  test("keeps every heading of a page", () => {
    const words = (text: string) => text.replace(/[^\p{L}\p{N}]+/gu, " ");
    const lost = TOPICS.filter(({ text }) => {
      const shown = words(renderForTerminal(text, 80));
      return text
        .split("\n")
        .filter((line) => line.startsWith("## "))
        .some((line) => !shown.includes(words(line).trim()));
    });
    expect(lost.map(({ name }) => name)).toEqual([]);
  });
});
