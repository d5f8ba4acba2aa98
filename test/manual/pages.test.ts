import { describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { commands } from "../../src/commands/index.ts";
import { kebabCase, SETTINGS } from "../../src/config/names.ts";
import { renderHtml } from "../../src/manual/markdown.ts";
import { TOPICS } from "../../src/manual/topics.ts";
import { STYLE } from "../../ui/widget/style.ts";
import { findBrokenLinks, linksOf, root } from "./links.ts";

describe("the manual", () => {
  test("has every page of its folder as a topic, and no other", async () => {
    const files = (await readdir(`${root}/src/manual`)).filter((file) => file.endsWith(".md"));
    expect(TOPICS.map(({ name }) => `${name}.md`).toSorted()).toEqual(files.toSorted());
  });

  test("begins each page with one heading and one sentence that fits a list of topics", () => {
    const wrong = TOPICS.filter(
      ({ text, title, summary }) =>
        !text.startsWith(`# ${title}\n\n${summary}\n\n`) ||
        !/^[A-Z].*\.$/.test(summary) ||
        summary.length > 130 ||
        (renderHtml(text).match(/<h1/g) ?? []).length !== 1,
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  test("has links to pages and headings that exist", async () => {
    const links = TOPICS.flatMap(({ name, text }) => linksOf(`src/manual/${name}.md`, text));
    expect(links.length).toBeGreaterThan(50);
    expect(links.filter(({ href }) => /^\.\./.test(href))).toEqual([]);
    expect(await findBrokenLinks(links)).toEqual([]);
    expect(
      await findBrokenLinks([
        { from: "src/manual/tools.md", href: "nothing.md" },
        { from: "src/manual/tools.md", href: "approval.md#nothing" },
        { from: "src/manual/tools.md", href: "#filters" },
      ]),
    ).toEqual(["src/manual/tools.md: nothing.md", "src/manual/tools.md: approval.md#nothing"]);
  });
});

describe("README.md", () => {
  const readme = Bun.file(`${root}/README.md`).text();

  test("has at most 250 lines", async () => {
    expect((await readme).split("\n").length).toBeLessThanOrEqual(250);
  });

  test("has links to files and headings that exist", async () => {
    const links = linksOf("README.md", await readme);
    expect(links.length).toBeGreaterThan(30);
    expect(await findBrokenLinks(links)).toEqual([]);
  });

  test("has the commands of the first visit and of the tests, word for word", async () => {
    const text = await readme;
    for (const command of [
      "npm install && npm run dev",
      "bun install && bun run dev",
      "npm install && npm test",
    ])
      expect(text).toContain(`\n\`\`\`sh\n${command}\n`);
  });
});

test("every setting that a page names exists", async () => {
  const known = new Set([
    ...SETTINGS.flatMap(([name]) => [`--${kebabCase(name)}`, `--no-${kebabCase(name)}`]),
    ...Object.values(commands).flatMap(({ spec }) =>
      Object.keys(spec.flags ?? {}).map((flag) => `--${flag}`),
    ),
    "--help",
    "--version",
    ...OTHER_FLAGS,
    ...WIDGET_PROPERTIES,
  ]);
  const pages = [
    ...TOPICS.map(({ name, text }) => ({ name, text })),
    { name: "README", text: await Bun.file(`${root}/README.md`).text() },
  ];
  const unknown = pages.flatMap(({ name, text }) =>
    [...text.matchAll(/(?<![\w-])--[a-z-]*[a-z](?![\w-]|-…)/g)].flatMap(([flag]) =>
      known.has(flag) ? [] : [`${name}: ${flag}`],
    ),
  );
  expect(unknown).toEqual([]);
});

/** Custom properties of CSS that the widget reads. */
const WIDGET_PROPERTIES = [...STYLE.matchAll(/var\((--specchat-[a-z-]+)/g)].map(
  ([, property = ""]) => property,
);

/** Flags of other programs in the examples. */
const OTHER_FLAGS = [
  "--all",
  "--attribute-definitions",
  "--billing-mode",
  "--global-secondary-indexes",
  "--key-schema",
  "--table-name",
  "--time-to-live-specification",
];
