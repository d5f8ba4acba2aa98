import { afterAll, describe, expect, test } from "bun:test";
import { readDescriptionText } from "../../../src/openapi/read.ts";
import type { ApiDescription } from "../../../src/openapi/types.ts";
import { createDocument, createFolder, createRealIo, removeFolders, type Version } from "../reading.ts";

afterAll(removeFolders);

const head = "overlay: 1.0.0\ninfo: { title: Test, version: 1.0.0 }\n";

/** Applies one overlay for each text to a document and reads the result. */
async function applyOverlays(document: object, overlays: readonly string[], version: Version = "3.1.0") {
  const files = Object.fromEntries(overlays.map((text, index) => [`${index}.overlay.yaml`, text]));
  const folder = await createFolder(files);
  const paths = Object.keys(files).map((name) => `${folder}/${name}`);
  const text = createDocument(version, document);
  const description = await readDescriptionText(text, `${folder}/api.json`, createRealIo(), paths);
  return { description, folder };
}

const actions = (text: string) => `${head}actions:\n${text}`;

const operationsByName = ({ operations }: ApiDescription) =>
  Object.fromEntries(operations.map((operation) => [`${operation.method} ${operation.path}`, operation]));

const pets = {
  paths: {
    "/": { get: {} },
    "/pets": {
      get: {
        summary: "Pets",
        tags: ["pets"],
        parameters: [
          { name: "filter", in: "query", schema: { type: "string" } },
          { name: "dummy", in: "query", schema: { type: "string" } },
        ],
      },
      post: { summary: "Add" },
    },
  },
  components: { schemas: { filterSchema: { type: "object", properties: { a: { type: "string" } } } } },
};

describe("the examples of the specification:", () => {
  test("a structured overlay mirrors the document, and an empty field changes nothing", async () => {
    const overlay = actions(`
  - target: '$'
    update:
      info:
        x-overlay-applied: structured-overlay
        title: Changed
      paths:
        '/':
          summary: 'The root resource'
          get: { summary: 'Retrieve the root resource', x-specchat: 100 }
        '/pets':
          get: { summary: 'Retrieve a list of pets', x-specchat: 100 }
        '/new':
          get: { summary: New }
      components:
      tags:
`);
    const { description } = await applyOverlays(pets, [overlay]);
    const operations = operationsByName(description);
    expect(description.title).toBe("Changed");
    expect(
      Object.entries(operations).map(([name, { summary, extensions }]) => [name, summary, extensions]),
    ).toEqual([
      ["GET /", "Retrieve the root resource", { "x-specchat": 100 }],
      ["GET /pets", "Retrieve a list of pets", { "x-specchat": 100 }],
      ["POST /pets", "Add", {}],
      ["GET /new", "New", {}],
    ]);
    expect(operations["GET /pets"]?.parameters).toHaveLength(2);
    expect(description.overlays?.effects).toEqual([
      { overlay: expect.any(String), action: 1, summary: "update $", matches: 1, operations: 3 },
    ]);
  });

  test("targets with wildcards and filters change several values", async () => {
    const overlay = actions(`
  - target: $.paths.*.get
    update: { x-specchat: true }
  - target: $.paths.*.get.parameters[?@.name=='filter' && @.in=='query']
    update:
      schema: { $ref: '#/components/schemas/filterSchema' }
`);
    const { description } = await applyOverlays(pets, [overlay]);
    const { "GET /": root, "GET /pets": list, "POST /pets": add } = operationsByName(description);
    expect([root, list, add].map((operation) => operation?.extensions)).toEqual([
      { "x-specchat": true },
      { "x-specchat": true },
      {},
    ]);
    expect(list?.parameters[0]?.schema).toMatchObject({ type: "string" });
    expect(JSON.stringify(list?.parameters[0])).toContain("filterSchema");
    expect(description.overlays?.effects.map(({ matches, operations }) => [matches, operations])).toEqual([
      [2, 2],
      [1, 1],
    ]);
  });

  test("list entries are added and removed", async () => {
    const overlay = actions(`
  - target: $.paths.*.get.parameters
    update: { name: newParam, in: query }
  - target: $.paths.*.get.parameters[?@.name == 'dummy']
    remove: true
`);
    const { description } = await applyOverlays(pets, [overlay]);
    expect(operationsByName(description)["GET /pets"]?.parameters.map(({ name }) => name)).toEqual([
      "filter",
      "newParam",
    ]);
  });

  test("traits select where a change applies", async () => {
    const document = {
      paths: { "/items": { get: { "x-oai-traits": ["paged"] } }, "/other": { get: {} } },
    };
    const overlay = actions(`
  - target: $.paths[?(@.get['x-oai-traits'][?(@ == 'paged')])].get
    update:
      parameters: [{ name: top, in: query }, { name: skip, in: query }]
`);
    const { description } = await applyOverlays(document, [overlay]);
    expect(operationsByName(description)["GET /items"]?.parameters.map(({ name }) => name)).toEqual([
      "top",
      "skip",
    ]);
    expect(operationsByName(description)["GET /other"]?.parameters).toEqual([]);
  });
});

test("overlays and their actions are applied in order, each to the result of the previous one", async () => {
  const { description } = await applyOverlays(pets, [
    actions(`
  - target: $.paths['/pets'].get
    remove: true
  - target: $.paths['/pets']
    update: { get: { summary: Replaced, operationId: replaced } }
`),
    JSON.stringify({
      overlay: "1.0.1",
      info: { title: "JSON", version: "1" },
      actions: [{ target: "$.paths['/pets'].get", description: "more", update: { tags: ["x"] }, "x-why": 1 }],
    }),
  ]);
  expect(operationsByName(description)["GET /pets"]).toMatchObject({
    summary: "Replaced",
    tags: ["x"],
    parameters: [],
  });
});

test("overlays apply to Swagger 2.0", async () => {
  const document = { paths: { "/a": { get: { parameters: [{ name: "q", in: "query", type: "string" }] } } } };
  const overlay = actions("  - { target: $.paths.*.*.parameters.*, update: { type: integer } }\n");
  const { description } = await applyOverlays(document, [overlay], "2.0");
  expect(operationsByName(description)["GET /a"]?.parameters[0]?.schema).toEqual({ type: "integer" });
});

test("version 1.1 can update strings, concatenate lists and copy values", async () => {
  const overlay = `overlay: 1.1.0
info: { title: Test, version: 1.0.0 }
actions:
  - { target: "$.paths['/pets'].get.summary", update: All pets }
  - { target: "$.paths['/pets'].get.tags", update: [more, dummy] }
  - { target: "$.paths.*.get.tags[?@ == 'dummy']", remove: true }
  - { target: "$.paths['/']", copy: "$.paths['/pets']" }
`;
  const { description } = await applyOverlays(pets, [overlay]);
  const operations = operationsByName(description);
  for (const name of ["GET /pets", "GET /"])
    expect(operations[name]).toMatchObject({ summary: "All pets", tags: ["pets", "more"] });
  expect(operations["POST /"]?.summary).toBe("Add");
});

test("one action removes all selected values, in any order and nested", async () => {
  const get = {
    parameters: ["a", "b", "c", "d"].map((name) => ({ name, in: "query", schema: { type: "string" } })),
  };
  const list = (parameters: string) => actions(`  - { target: "${parameters}", remove: true }\n`);
  const names = async (overlay: string) => {
    const { description } = await applyOverlays({ paths: { "/a": { get } } }, [overlay]);
    return operationsByName(description)["GET /a"]?.parameters.map(({ name }) => name);
  };
  expect(await names(list("$.paths['/a'].get.parameters[0,2,0,3]"))).toEqual(["b"]);
  expect(await names(list("$..parameters[?@.name == 'b' || @.name == 'c']"))).toEqual(["a", "d"]);
  expect(await names(list("$.paths..*"))).toBeUndefined();
});

test("a change to a value that YAML aliases share affects one place only", async () => {
  const folder = await createFolder({
    "o.yaml": actions("  - { target: \"$.paths['/a'].get.parameters[0]\", update: { name: changed } }\n"),
  });
  const text = `openapi: 3.0.3
info: { title: T, version: '1' }
paths:
  /a: { get: &get { parameters: [{ name: p, in: query, schema: { type: string } }] } }
  /b: { get: *get }
`;
  const description = await readDescriptionText(text, "a.yaml", createRealIo(), [`${folder}/o.yaml`]);
  expect(description.operations.map(({ parameters }) => parameters[0]?.name)).toEqual(["changed", "p"]);
});

test("values that an update adds to several places can be changed separately", async () => {
  const overlay = actions(`
  - { target: $.paths.*.get, update: { tags: [new], x-specchat: { a: 1 } } }
  - { target: "$.paths['/'].get.x-specchat", update: { a: 2 } }
`);
  const { description } = await applyOverlays(pets, [overlay]);
  expect(description.operations.map(({ extensions }) => extensions["x-specchat"])).toEqual([
    { a: 2 },
    { a: 1 },
    undefined,
  ]);
});

test("an overlay may add references to other documents, with the access rules of the changed document", async () => {
  const folder = await createFolder({
    "o.yaml": actions(`
  - target: $.paths['/'].get
    update: { parameters: [{ $ref: 'shared.yaml#/page' }] }
  - target: $.paths['/pets'].post
    update: { parameters: [{ $ref: '/etc/passwd#/page' }] }
`),
    "api.json": createDocument("3.1.0", pets),
    "shared.yaml": "page: { name: page, in: query, schema: { type: integer } }\n",
  });
  const description = await readDescriptionText(
    createDocument("3.1.0", pets),
    `${folder}/api.json`,
    createRealIo(),
    [`${folder}/o.yaml`],
  );
  expect(operationsByName(description)["GET /"]?.parameters).toMatchObject([{ name: "page" }]);
  expect(operationsByName(description)["POST /pets"]?.parameters).toEqual([]);
  expect(description.warnings).toEqual([
    `${folder}/api.json: $ref /etc/passwd#/page cannot be read: /etc/passwd: is not a .json, .yaml or .yml file; the parameter is left out`,
  ]);
  expect(description.documents).toEqual(
    expect.arrayContaining([`${folder}/shared.yaml`, `${folder}/o.yaml`]),
  );
});

test("a target without matches and an overlay for another document give warnings", async () => {
  const { description, folder } = await applyOverlays(pets, [
    `${head}extends: ./other.yaml\nactions:\n  - { target: "$.paths['/gone']", remove: true }\n`,
    `${head}extends: ./api.json\nactions:\n  - { target: $.info, update: { title: Mine } }\n`,
  ]);
  expect(description.overlays?.warnings).toEqual([
    `${folder}/0.overlay.yaml extends ./other.yaml, but is applied to ${folder}/api.json`,
    `${folder}/0.overlay.yaml: action 1: $.paths['/gone'] matches nothing`,
  ]);
});

test("names of prototype members are ordinary keys", async () => {
  const overlay = JSON.stringify({
    overlay: "1.0.0",
    info: { title: "T", version: "1" },
    actions: [
      { target: "$", update: { x: 1 } },
      { target: "$.components", update: { constructor: { prototype: { polluted: true } } } },
    ],
  }).replace('"x":1', '"__proto__":{"polluted":true}');
  await applyOverlays(pets, [overlay]);
  expect("polluted" in {}).toBe(false);
});

test("an action with a target alone does nothing, and the others are applied", async () => {
  const { description } = await applyOverlays(pets, [
    actions("  - { target: $.paths, description: Kept }\n  - { target: $.info, update: { title: New } }\n"),
  ]);
  expect(description.overlays?.effects.map(({ action, summary }) => [action, summary])).toEqual([
    [2, "update $.info"],
  ]);
  expect(description.overlays?.warnings).toEqual([]);
});

describe("an invalid overlay gives one clear line:", () => {
  test.each([
    [
      "openapi: 3.0.0\n",
      'is not an Overlay: it has no "overlay" field; it is an OpenAPI document: pass it with --spec',
    ],
    [
      "overlay: 2.0.0\ninfo: { title: T, version: 1 }\nactions: [{}]\n",
      "is Overlay 2.0.0; supported versions are 1.0 and 1.1",
    ],
    ["overlay: 1.0.0\nactions: [{}]\n", /^"info": /],
    [`${head}actions: []\n`, /^"actions": /],
    [actions("  - update: {}\n"), /^action 1: "target": /],
    [actions("  - { target: $, updates: {} }\n"), 'action 1: unknown field "updates"'],
    [actions("  - { target: $, remove: maybe }\n"), /^action 1: "remove": /],
    [
      actions("  - { target: '$.paths[', remove: true }\n"),
      'action 1: target "$.paths[" is not a valid JSONPath (RFC 9535): unclosed bracketed selection, at character 9',
    ],
    [actions("  - { target: $, remove: true }\n"), "action 1: the whole document cannot be removed"],
    [
      actions("  - { target: $.paths, update: [1] }\n"),
      "action 1: a list cannot be merged into an object at $['paths']; remove the existing value first",
    ],
    [
      actions("  - { target: $, update: { paths: { /pets: text } } }\n"),
      "action 1: a string cannot be merged into an object at $['paths']['/pets']; remove the existing value first",
    ],
    [
      actions("  - { target: $.info, copy: $.paths.* }\n"),
      "action 1: copy $.paths.* selects 2 values, not one",
    ],
    ["overlay: [1\n", /^YAML syntax error at line 2/],
  ])("%j", async (overlay, problem) => {
    const error = await applyOverlays(pets, [overlay]).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Error);
    const message = String(error instanceof Error && error.message);
    expect(message).not.toContain("\n");
    const [, text] = /^\S+\/0\.overlay\.yaml: (.*)$/.exec(message) ?? [];
    if (typeof problem === "string") expect(text).toBe(problem);
    else expect(text).toMatch(problem);
  });

  test("a missing file gives one clear line", async () => {
    const text = createDocument("3.1.0", pets);
    await expect(readDescriptionText(text, "api.json", createRealIo(), ["gone.yaml"])).rejects.toThrow(
      "gone.yaml: there is no such file",
    );
  });
});

describe("a hostile overlay fails in bounded time:", () => {
  let deep: object = {};
  for (let level = 0; level < 190; level += 1) deep = { deep };
  const many = {
    paths: {},
    "x-many": Array.from({ length: 3000 }, (_, index) => [index]),
    "x-deep": deep,
  };
  test.each([
    ["nested filters", "$..[?@..[?@..[?@..x]]]", "visits too many values; use a more specific path"],
    ["the root in a filter", "$['x-many'][?$['x-many'][?$['x-many'][?@ == 1]]]", "visits too many values"],
    ["a long path", `$${".a".repeat(10_000)}`, "is longer than 10000 characters"],
  ])("%s", async (_, target, problem) => {
    const overlay = {
      overlay: "1.0.0",
      info: { title: "T", version: "1" },
      actions: [{ target, remove: true }],
    };
    await expect(applyOverlays(many, [JSON.stringify(overlay)])).rejects.toThrow(problem);
  });

  test("a regular expression with catastrophic backtracking", async () => {
    const document = {
      paths: { "/a": { get: { operationId: `${"a".repeat(40)}!` } }, "/b": { get: { operationId: "aaa" } } },
    };
    const overlay = actions(`  - { target: "$.paths.*[?match(@.operationId, '(a+)+')]", remove: true }\n`);
    const { description } = await applyOverlays(document, [overlay]);
    expect(operationsByName(description)).toHaveProperty(["GET /a"]);
    expect(Object.keys(operationsByName(description))).toEqual(["GET /a"]);
  });

  test("a document that is repeatedly copied into itself", async () => {
    const twice = { target: "$.components", copy: "$" };
    const overlay = {
      overlay: "1.1.0",
      info: { title: "T", version: "1" },
      actions: Array.from({ length: 60 }, () => twice),
    };
    await expect(applyOverlays(pets, [JSON.stringify(overlay)])).rejects.toThrow(
      /action \d+: (it adds more than 5,000,000 values|it is nested too deeply)/,
    );
  });

  test("an overlay that is nested too deeply", async () => {
    const overlay = `{"overlay":"1.0.0","info":{"title":"T","version":"1"},"actions":[{"target":"$","update":${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}}]}`;
    await expect(applyOverlays(pets, [overlay])).rejects.toThrow(/nested/);
  });
});
