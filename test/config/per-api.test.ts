import { describe, expect, test } from "bun:test";
import { parsePerApiValue, resolveApiSettings, validatePerApiSettings } from "../../src/config/per-api.ts";

const NONE = {
  apiCredential: [],
  specHeader: [],
  forwardHeaders: [],
  forwardCookies: [],
  apiClientCert: [],
  apiClientKey: [],
  apiCa: [],
  overlay: [],
};
const lists = (spec: string[], baseUrl: string[] = [], apiHeader: string[] = []) => ({
  ...NONE,
  spec,
  baseUrl,
  apiHeader,
});
/** What an API has that nothing was said of. */
const noFiles = { clientCert: undefined, clientKey: undefined, ca: undefined };
const nothing = {
  credentials: [],
  specHeaders: {},
  forwardHeaders: [],
  forwardCookies: [],
  overlays: [],
  ...noFiles,
};

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
    expect(table.map(([text]) => parsePerApiValue(text))).toEqual(
      table.map(([, name, value]) => ({ name, value })),
    );
  });
});

describe("apiSettings()", () => {
  test("the only API has no name and takes everything", () => {
    expect(resolveApiSettings(lists(["a.json"], ["https://h"], ["X-A: 1", "X-B: 2"]))).toEqual([
      { name: "", spec: "a.json", baseUrl: "https://h", headers: { "X-A": "1", "X-B": "2" }, ...nothing },
    ]);
  });

  test("of several each has a name and takes its own values and the nameless headers", () => {
    const api = lists(
      ["shop=a.json", "https://h/v1/GitHub.yaml?x=/y.json", "dir/github.json", "-"],
      ["shop=https://s", "github-2=https://g"],
      ["X-All: 1", "shop=X-Shop: 2"],
    );
    expect(validatePerApiSettings(api)).toEqual([]);
    const all = { "X-All": "1" };
    expect(resolveApiSettings(api)).toEqual([
      { name: "shop", spec: "a.json", baseUrl: "https://s", headers: { ...all, "X-Shop": "2" }, ...nothing },
      {
        name: "github",
        spec: "https://h/v1/GitHub.yaml?x=/y.json",
        baseUrl: undefined,
        headers: all,
        ...nothing,
      },
      { name: "github-2", spec: "dir/github.json", baseUrl: "https://g", headers: all, ...nothing },
      { name: "api", spec: "-", baseUrl: undefined, headers: all, ...nothing },
    ]);
  });

  test("credentials and what is forwarded belong to the API that is named", () => {
    const api = {
      ...lists(["a=a.json", "b=b.json"]),
      apiCredential: ["a=key: s3cret"],
      forwardHeaders: ["b=Authorization"],
      forwardCookies: ["b=session"],
      specHeader: ["X-Read: 1"],
    };
    expect(validatePerApiSettings(api)).toEqual([]);
    const both = {
      baseUrl: undefined,
      headers: {},
      overlays: [],
      specHeaders: { "X-Read": "1" },
      ...noFiles,
    };
    expect(resolveApiSettings(api)).toEqual([
      {
        name: "a",
        spec: "a.json",
        ...both,
        credentials: ["key: s3cret"],
        forwardHeaders: [],
        forwardCookies: [],
      },
      {
        name: "b",
        spec: "b.json",
        ...both,
        credentials: [],
        forwardHeaders: ["Authorization"],
        forwardCookies: ["session"],
      },
    ]);
    expect(validatePerApiSettings({ ...api, forwardCookies: ["session"] })).toEqual([
      "forwardCookies: say whose it is, as name=…; one of a, b",
    ]);
  });
});

test("an overlay without a name is laid over every document, in the order given", () => {
  const api = {
    ...lists(["a=a.json", "b=b.json"]),
    overlay: ["all.yaml", "b=https://h/b.yaml", "last.yaml"],
  };
  expect(validatePerApiSettings(api)).toEqual([]);
  expect(resolveApiSettings(api).map(({ overlays }) => overlays)).toEqual([
    ["all.yaml", "last.yaml"],
    ["all.yaml", "https://h/b.yaml", "last.yaml"],
  ]);
});

describe("perApiMistakes()", () => {
  test("names that nothing has, or two have, are told", () => {
    expect(
      validatePerApiSettings(lists(["a=x", "a=y", "-", "-"], ["https://h", "c=https://h"], ["d=X: 1"])),
    ).toEqual([
      'spec: two documents have the name "a"; each needs its own',
      "spec: only one document can come from standard input",
      "baseUrl: say whose it is, as name=…; one of a, a, api, api-2",
      'baseUrl: there is no API "c"; one of a, a, api, api-2',
      'apiHeader: there is no API "d"; one of a, a, api, api-2',
    ]);
    expect(validatePerApiSettings(lists(["x"], ["c=https://h"]))).toEqual([
      'baseUrl: there is no API "c"; name one with --spec c=…',
    ]);
  });
});
