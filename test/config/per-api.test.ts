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
const noFiles = { clientCert: undefined, clientKey: undefined, ca: undefined };
const unset = {
  credentials: [],
  specHeaders: {},
  forwardHeaders: [],
  forwardCookies: [],
  overlays: [],
  ...noFiles,
};

describe("parsePerApiValue()", () => {
  test("reads a lower-case name before the first =", () => {
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

describe("resolveApiSettings()", () => {
  test("applies everything to a single API without a name", () => {
    expect(resolveApiSettings(lists(["a.json"], ["https://h"], ["X-A: 1", "X-B: 2"]))).toEqual([
      { name: "", spec: "a.json", baseUrl: "https://h", headers: { "X-A": "1", "X-B": "2" }, ...unset },
    ]);
  });

  test("names each of several APIs, which get their own values and the headers without a name", () => {
    const api = lists(
      ["shop=a.json", "https://h/v1/GitHub.yaml?x=/y.json", "dir/github.json", "-"],
      ["shop=https://s", "github-2=https://g"],
      ["X-All: 1", "shop=X-Shop: 2"],
    );
    expect(validatePerApiSettings(api)).toEqual([]);
    const all = { "X-All": "1" };
    expect(resolveApiSettings(api)).toEqual([
      { name: "shop", spec: "a.json", baseUrl: "https://s", headers: { ...all, "X-Shop": "2" }, ...unset },
      {
        name: "github",
        spec: "https://h/v1/GitHub.yaml?x=/y.json",
        baseUrl: undefined,
        headers: all,
        ...unset,
      },
      { name: "github-2", spec: "dir/github.json", baseUrl: "https://g", headers: all, ...unset },
      { name: "api", spec: "-", baseUrl: undefined, headers: all, ...unset },
    ]);
  });

  test("applies credentials and forwarded headers to the named API only", () => {
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
      "forwardCookies: prefix the value with its API as name=…; expected one of a, b",
    ]);
  });
});

test("an overlay without a name applies to every document, in the given order", () => {
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

describe("validatePerApiSettings()", () => {
  test("reports unknown, duplicate and missing names", () => {
    expect(
      validatePerApiSettings(lists(["a=x", "a=y", "-", "-"], ["https://h", "c=https://h"], ["d=X: 1"])),
    ).toEqual([
      'spec: two documents are named "a"; names must be unique',
      "spec: only one document can be read from standard input",
      "baseUrl: prefix the value with its API as name=…; expected one of a, a, api, api-2",
      'baseUrl: unknown API "c"; expected one of a, a, api, api-2',
      'apiHeader: unknown API "d"; expected one of a, a, api, api-2',
    ]);
    expect(validatePerApiSettings(lists(["x"], ["c=https://h"]))).toEqual([
      'baseUrl: unknown API "c"; name the API with --spec c=…',
    ]);
  });
});
