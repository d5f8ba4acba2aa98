import { describe, expect, test } from "bun:test";
import { findNearestTopics } from "../../src/manual/find-topic.ts";
import { searchManual } from "../../src/manual/search.ts";
import { TOPICS } from "../../src/manual/topics.ts";
import type { Topic } from "../../src/manual/types.ts";

const topic = (name: string, text: string): Topic => ({
  name,
  group: "G",
  title: /^# (.*)/.exec(text)?.[1] ?? "",
  summary: "",
  text,
});
const first = topic(
  "a",
  "# First\n\nAbout apples.\n\n## Pears\n\nGreen & `a < b`, with [links](b.md).\n\n```sh\n# pears\n```\n",
);
const second = topic("b", "# Second\n\nPears in the text, and apples too.\n");
const pages = [first, second];

describe("searchManual()", () => {
  test("finds sections with every word, or else with the most words, headings first", () => {
    expect(searchManual(pages, "PEARS")).toEqual([
      {
        topic: first,
        heading: "Pears",
        id: "pears",
        excerpt: "Green & a < b, with links. # pears",
        isComplete: true,
      },
      {
        topic: second,
        heading: "Second",
        id: "second",
        excerpt: "Pears in the text, and apples too.",
        isComplete: true,
      },
    ]);
    expect(searchManual(pages, "apples pears").map(({ id }) => id)).toEqual(["second"]);
    expect(searchManual(pages, "first green").map(({ id }) => id)).toEqual(["pears"]);
    expect(searchManual(pages, "a < b").length).toBe(1);
    expect(searchManual(pages, "apples plums").map(({ id, isComplete }) => [id, isComplete])).toEqual([
      ["first", false],
      ["second", false],
    ]);
    expect([searchManual(pages, "plums"), searchManual(pages, " ")]).toEqual([[], []]);
  });

  test("cuts a long text between words, around the first match", () => {
    const long = topic("c", `# Long\n\n${"before ".repeat(100)}needle${" after".repeat(100)}\n`);
    const [match] = searchManual([long], "needle");
    expect(match?.excerpt).toMatch(/^… before.* before needle after.* after …$/);
    expect(match?.excerpt.length).toBeLessThan(210);
  });

  test.each([
    ["approval timeout", "approval"],
    ["iam policy", "bedrock"],
    ["--max-tokens", "settings"],
    ["redis", "storage"],
    ["prometheus", "observability"],
    ["langchain approval", "migration"],
  ])("finds %p in the manual: %s", (query, name) => {
    expect(searchManual(TOPICS, query).map((match) => match.topic.name)).toContain(name);
  });
});

describe("findNearestTopics()", () => {
  test.each([
    ["aproval", "approval"],
    ["setings", "settings"],
    ["storag", "storage"],
    ["authentication", "api-authentication"],
    ["retries", "models"],
    ["dynamodb", "storage"],
    ["zzzzzzzz", "page"],
  ])("returns three topics for %p, among them %p", (wrong, right) => {
    const names = findNearestTopics(TOPICS, wrong).map(({ name }) => name);
    expect(names).toHaveLength(3);
    if (wrong !== "zzzzzzzz") expect(names).toContain(right);
  });
});
