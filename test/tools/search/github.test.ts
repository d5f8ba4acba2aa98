/** Questions about GitHub's API. A task is: acceptable operationIds, the words that a model types, a person's sentence. */
import { beforeAll, describe, expect, test } from "bun:test";
import { drawApiMap, estimateMapTokens } from "../../../src/tools/search/api-map.ts";
import { ToolSearch } from "../../../src/tools/search/search.ts";
import { defineSearchTools } from "../../../src/tools/search/search-tool-definitions.ts";
import { writeSignature } from "../../../src/tools/search/signature.ts";
import type { AnyTool, Tool } from "../../../src/tools/types.ts";
import { loadGitHubTools } from "../../bench/github.ts";

interface Task {
  readonly operations: readonly string[];
  readonly words: string;
  readonly sentence: string;
}

let tools: readonly Tool[];
let search: ToolSearch;
let tasks: readonly Task[];

beforeAll(async () => {
  const apis = await loadGitHubTools();
  ({ tools } = apis.current.toolbox);
  await apis.stop();
  search = await ToolSearch.create(tools);
  const lines = (await Bun.file(`${import.meta.dir}/github-tasks.tsv`).text()).trim().split("\n");
  tasks = lines.map((line) => {
    const [operations = "", words = "", sentence = ""] = line.split("\t");
    return { operations: operations.split("|"), words, sentence };
  });
});

function operationIdOf(tool: AnyTool): string | undefined {
  return "operation" in tool ? tool.operation.operationId : undefined;
}

/** Returns the share of the tasks whose operation is among the first `count` hits. */
function recall(count: number, queryOf: (task: Task) => string): number {
  const found = tasks.filter((task) =>
    search
      .search(queryOf(task), count)
      .hits.some(({ tool }) => task.operations.includes(operationIdOf(tool) ?? "")),
  );
  return found.length / tasks.length;
}

function find(query: string, limit = 3): (string | undefined)[] {
  return search.search(query, limit).hits.map(({ tool }) => operationIdOf(tool));
}

test("every task names operations that are tools", () => {
  const known = new Set(tools.map(operationIdOf));
  expect(tasks.length).toBeGreaterThanOrEqual(60);
  expect(tasks.flatMap(({ operations }) => operations).filter((id) => !known.has(id))).toEqual([]);
});

test("a model's words find the operation among five in 95 % and among ten in 98 % of the tasks", () => {
  expect(recall(5, ({ words }) => words)).toBeGreaterThanOrEqual(0.95);
  expect(recall(10, ({ words }) => words)).toBeGreaterThanOrEqual(0.98);
});

test("a person's sentence finds the operation among ten in 55 % of the tasks", () => {
  expect(recall(10, ({ sentence }) => sentence)).toBeGreaterThanOrEqual(0.55);
});

test("every search with a model's words is confident", () => {
  expect(tasks.filter(({ words }) => !search.search(words).isConfident)).toEqual([]);
});

test("a sentence with many values that has everything the operation is about is confident", () => {
  const sentence = "create a new team called Blue Whales with Ana, Joe and Kim from Lisbon, Porto and Faro";
  expect(search.search(sentence, 1)).toMatchObject({
    isConfident: true,
    hits: [{ tool: { name: "teams_create" } }],
  });
});

test("a query about something else is not confident", () => {
  const queries = ["weather forecast", "book hotel room", "transfer money to bank account", "order pizza"];
  expect(queries.filter((query) => search.search(query).isConfident)).toEqual([]);
});

describe("a query", () => {
  test("that names operations finds exactly these first, in its order", () => {
    expect(find("pulls/merge", 1)).toEqual(["pulls/merge"]);
    expect(find("issues_create", 1)).toEqual(["issues/create"]);
    expect(find("GET /repos/{owner}/{repo}/issues", 1)).toEqual(["issues/list-for-repo"]);
    expect(find("DELETE /repos/{o}/{r}/issues/{n}/lock, repos/get", 2)).toEqual([
      "issues/unlock",
      "repos/get",
    ]);
  });

  test("with typing mistakes finds what was meant", () => {
    expect(find("creat isue coment", 1)).toEqual(["issues/create-comment"]);
    expect(find("list brnches", 1)).toEqual(["repos/list-branches"]);
    expect(find("get relase by tag", 1)).toEqual(["repos/get-release-by-tag"]);
  });

  test("with abbreviations and plurals finds the same as without", () => {
    expect(find("list repos of org", 1)).toEqual(["repos/list-for-org"]);
    expect(find("list PRs", 1)).toEqual(["pulls/list"]);
  });

  test("for several things gives each its places", () => {
    const hits = find("add labels to issue and request reviewers for pull request", 2);
    expect(hits).toEqual(["issues/add-labels", "pulls/request-reviewers"]);
  });

  test("finds by what the verb does", () => {
    expect(find("remove repository", 1)).toEqual(["repos/delete"]);
    expect(find("delete release", 1)).toEqual(["repos/delete-release"]);
    expect(find("edit release", 1)).toEqual(["repos/update-release"]);
  });

  test("of any text is answered, and twice in the same way", () => {
    for (const query of ["", " ", "?!", "x".repeat(5000), "a b ".repeat(500), "日本語", "the of and"])
      expect(search.search(query)).toEqual(search.search(query));
    expect(search.search("").hits).toEqual([]);
  });
});

describe("the map", () => {
  test("holds all 1,186 operations in 4,000 tokens, and its parts in 1,800", () => {
    const whole = drawApiMap(tools, 1_000_000);
    expect(drawApiMap(tools, 4000)).toBe(whole);
    expect(estimateMapTokens(whole)).toBeLessThanOrEqual(4000);
    expect(whole).not.toMatch(/\+\d/);
    const short = drawApiMap(tools, 1800);
    expect(estimateMapTokens(short)).toBeLessThanOrEqual(1800);
    expect(countOperations(short)).toBe(countOperations(whole));
  });

  /** Counts the operations of a map: its letters and its counts. A segment without a colon or a slash has one. */
  function countOperations(map: string): number {
    const counted = [...map.matchAll(/\+(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
    const segments = map
      .replace(/\+\d+/g, "")
      .split(/[ ()]+/)
      .filter((segment) => segment !== "");
    return segments.reduce((sum, segment) => {
      const methods = /:([A-Za-z]+)$/.exec(segment)?.[1];
      return sum + (methods?.length ?? (segment.endsWith("/") ? 0 : 1));
    }, counted);
  }
});

test("the definitions of the search tools take at most 5,000 tokens, and 2,500 with the short map", () => {
  const names = { find: "find_operations", describe: "describe_operation", call: "call_operation" };
  const size = (mapTokens: number) =>
    Math.ceil(JSON.stringify(defineSearchTools(tools, names, mapTokens)).length / 3);
  expect(size(4000)).toBeLessThanOrEqual(5000);
  expect(size(1800)).toBeLessThanOrEqual(2500);
});

test("ten signatures take 200 to 400 tokens", () => {
  for (const { words } of tasks) {
    const { hits } = search.search(words);
    const text = hits.map(({ tool }) => writeSignature(tool)).join("\n");
    expect(text.length / 3.6 / Math.max(1, hits.length)).toBeLessThanOrEqual(60);
  }
});
