import { describe, expect, test } from "bun:test";
import { readCuration } from "../../../src/tools/catalog/curation.ts";
import { createOperationFilter } from "../../../src/tools/catalog/operation-filter.ts";
import {
  allowAllOperations,
  createApi,
  createDescription,
  createOperation,
  makeAllTools,
} from "../fixtures.ts";

const withExtension = (value: unknown) => createOperation({ extensions: { "x-specchat": value } });
const selection = {
  filter: allowAllOperations,
  includeDeprecated: false,
  descriptionLimit: 60,
  allowedHosts: [],
};
const makeAll = (...operations: ReturnType<typeof createOperation>[]) =>
  makeAllTools([{ api: createApi(), description: createDescription(operations) }], selection);

describe("readCuration()", () => {
  test("reads every field", () => {
    const extension = {
      name: "find",
      description: " Finds. ",
      hide: false,
      "read-only": true,
      confirm: "never",
      examples: ["late ones", { status: "late" }],
    };
    expect(readCuration(withExtension(extension))).toEqual({
      curation: {
        name: "find",
        description: "Finds.",
        hide: false,
        readOnly: true,
        confirm: "never",
        examples: ["late ones", { status: "late" }],
      },
      fields: ["name", "description", "hide", "read-only", "confirm", "examples"],
      problems: [],
    });
  });

  test.each([
    [{ name: "two words" }, { name: undefined }, /^x-specchat\.name is not a name of at most 64 letters/],
    [{ description: "" }, { description: undefined }, /^x-specchat\.description is not a non-empty string/],
    [{ hide: "no" }, { hide: true }, /^x-specchat\.hide is not true or false; the operation is excluded/],
    [{ "read-only": 1 }, { readOnly: false }, /^x-specchat\.read-only is not true or false; false is used/],
    [
      { confirm: "Never" },
      { confirm: "always" },
      /^x-specchat\.confirm is not always or never; always is used/,
    ],
    [
      { examples: "x" },
      { examples: undefined },
      /^x-specchat\.examples is not a list of strings and argument objects/,
    ],
    [{ confrim: "always" }, {}, /^x-specchat has no field "confrim"; known fields: name, /],
    ["hide", { hide: true, confirm: "always" }, /^x-specchat is not an object; the operation is excluded/],
    [[], { hide: true }, /^x-specchat is not an object/],
  ])("reports %j and uses the most restrictive value", (extension, expected, problem) => {
    const { curation, problems } = readCuration(withExtension(extension));
    expect(curation).toMatchObject(expected);
    expect(problems).toEqual([expect.stringMatching(problem)]);
  });

  test("accepts an absent, null or empty extension", () => {
    for (const operation of [createOperation(), withExtension(null), withExtension({})])
      expect(readCuration(operation)).toMatchObject({ fields: [], problems: [] });
  });
});

test("a tool has the name, description, examples and readOnly of its x-specchat extension", () => {
  const long = `Finds orders. ${"It knows much. ".repeat(20)}`.trim();
  const { tools, warnings } = makeAll(
    createOperation({
      method: "POST",
      operationId: "OrderController_find",
      summary: "Endpoint",
      description: "Internal words",
      extensions: {
        "x-specchat": {
          name: "find_orders",
          description: long,
          "read-only": true,
          confirm: "always",
          examples: ["late", { a: 1 }],
        },
      },
    }),
    createOperation({
      path: "/b",
      summary: "Lists b.",
      extensions: { "x-specchat": { "read-only": false } },
    }),
  );
  expect(
    tools.map(({ name, description, readOnly, curation }) => [name, description, readOnly, curation.confirm]),
  ).toEqual([
    ["find_orders", `${long} Examples: "late"; {"a":1}. (HTTP POST /things)`, true, "always"],
    ["get_b", "Lists b. (HTTP GET /b)", false, undefined],
  ]);
  expect(warnings).toEqual([]);
});

test("a hidden operation is rejected; a taken name and invalid fields are warnings", () => {
  const { tools, rejected, warnings } = makeAll(
    createOperation({ operationId: "list", path: "/a" }),
    createOperation({ operationId: "other", path: "/b", extensions: { "x-specchat": { name: "list" } } }),
    createOperation({ path: "/c", extensions: { "x-specchat": { hide: true } } }),
    createOperation({ path: "/d", extensions: { "x-specchat": { name: 1, bad: 2 } } }),
  );
  const names = tools.map(({ name }) => name);
  expect(names).toEqual(["list", expect.stringMatching(/^list_[0-9a-f]{8}$/), "get_d"]);
  expect(rejected).toEqual([{ method: "GET", path: "/c", reason: "hidden by x-specchat" }]);
  expect(warnings).toEqual([
    `GET /b: the name list is taken by another tool; ${names[1]} is used`,
    expect.stringMatching(/^GET \/d: x-specchat\.name is not /),
    expect.stringMatching(/^GET \/d: x-specchat has no field "bad"/),
  ]);
});

test("a problem of many operations is one warning", () => {
  const operations = ["/a", "/b", "/c"].map((path) =>
    createOperation({ path, extensions: { "x-specchat": { confirm: "maybe" } } }),
  );
  expect(makeAll(...operations).warnings).toEqual([
    "GET /a and 2 more: x-specchat.confirm is not always or never; always is used",
  ]);
});

test("each rule counts the operations that it matches, including those that another rule excludes", () => {
  const filter = createOperationFilter({
    allowedPaths: ["/a"],
    allowedTags: ["x"],
    excludedMethods: ["DELETE"],
    excludedTags: ["none"],
  });
  const operations = [
    createOperation({ path: "/a", tags: ["x"] }),
    createOperation({
      path: "/a",
      method: "DELETE",
      tags: ["x"],
      extensions: { "x-specchat": { hide: true } },
    }),
    createOperation({ path: "/b", tags: ["x"], deprecated: true }),
  ];
  const { tools, rejected, effects } = makeAllTools(
    [{ api: createApi(), description: createDescription(operations) }],
    {
      ...selection,
      filter,
    },
  );
  expect(tools).toHaveLength(1);
  expect(rejected.map(({ reason }) => reason)).toEqual([
    "hidden by x-specchat",
    "deprecated; include it with --include-deprecated",
  ]);
  expect(effects).toEqual([
    { rule: "x-specchat.hide", effect: "is set on", operations: 1 },
    { rule: "--allowed-paths /a", effect: "allows", operations: 2 },
    { rule: "--allowed-tags x", effect: "allows", operations: 3 },
    { rule: "--excluded-methods DELETE", effect: "excludes", operations: 1 },
    { rule: "--excluded-tags none", effect: "excludes", operations: 0 },
  ]);
});
