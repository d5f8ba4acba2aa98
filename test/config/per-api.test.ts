import { describe, expect, test } from "bun:test";
import { apiSettings, perApi, perApiMistakes } from "../../src/config/per-api.ts";

const lists = (spec: string[], baseUrl: string[] = [], apiHeader: string[] = []) => ({
  spec,
  baseUrl,
  apiHeader,
});

describe("perApi()", () => {
  test("takes a name only where one can stand", () => {
    const table: [string, string | undefined, string][] = [
      ["shop=https://h/?a=b", "shop", "https://h/?a=b"],
      ["shop_2-x=", "shop_2-x", ""],
      ["https://h/?a=b", undefined, "https://h/?a=b"],
      ["C:\\specs\\a=b.json", undefined, "C:\\specs\\a=b.json"],
      ["./a=b.json", undefined, "./a=b.json"],
      ["Authorization: Basic YQ==", undefined, "Authorization: Basic YQ=="],
      ["x-key: a=b", undefined, "x-key: a=b"],
      ["shop=X-Key: a=b", "shop", "X-Key: a=b"],
    ];
    expect(table.map(([text]) => perApi(text))).toEqual(table.map(([, name, value]) => ({ name, value })));
  });
});

describe("apiSettings()", () => {
  test("the only API has no name and takes everything", () => {
    expect(apiSettings(lists(["a.json"], ["https://h"], ["X-A: 1", "X-B: 2"]))).toEqual([
      { name: "", spec: "a.json", baseUrl: "https://h", headers: { "X-A": "1", "X-B": "2" } },
    ]);
  });

  test("of several each has a name and takes its own values and the nameless headers", () => {
    const api = lists(
      ["shop=a.json", "https://h/v1/GitHub.yaml?x=/y.json", "dir/github.json", "-"],
      ["shop=https://s", "github-2=https://g"],
      ["X-All: 1", "shop=X-Shop: 2"],
    );
    expect(perApiMistakes(api)).toEqual([]);
    const all = { "X-All": "1" };
    expect(apiSettings(api)).toEqual([
      { name: "shop", spec: "a.json", baseUrl: "https://s", headers: { ...all, "X-Shop": "2" } },
      { name: "github", spec: "https://h/v1/GitHub.yaml?x=/y.json", baseUrl: undefined, headers: all },
      { name: "github-2", spec: "dir/github.json", baseUrl: "https://g", headers: all },
      { name: "api", spec: "-", baseUrl: undefined, headers: all },
    ]);
  });
});

describe("perApiMistakes()", () => {
  test("names that nothing has, or two have, are told", () => {
    expect(perApiMistakes(lists(["a=x", "a=y", "-", "-"], ["https://h", "c=https://h"], ["d=X: 1"]))).toEqual(
      [
        'spec: two documents have the name "a"; each needs its own',
        "spec: only one document can come from standard input",
        "baseUrl: say whose it is, as name=URL; one of a, a, api, api-2",
        'baseUrl: there is no API "c"; one of a, a, api, api-2',
        'apiHeader: there is no API "d"; one of a, a, api, api-2',
      ],
    );
    expect(perApiMistakes(lists(["x"], ["c=https://h"]))).toEqual([
      'baseUrl: there is no API "c"; name one with --spec c=…',
    ]);
  });
});
