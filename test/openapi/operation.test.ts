import { describe, expect, test } from "bun:test";
import type { Operation, Parameter } from "../../src/openapi/types.ts";
import { readDocument, readOnlyOperation } from "./reading.ts";

function parameter(fields: Partial<Parameter> & Pick<Parameter, "name" | "in">): Parameter {
  const form = fields.in === "query" || fields.in === "cookie";
  return {
    required: fields.in === "path",
    description: undefined,
    deprecated: false,
    style: form ? "form" : "simple",
    explode: form,
    allowReserved: false,
    allowEmptyValue: false,
    schema: {},
    mediaType: undefined,
    example: undefined,
    ...fields,
  };
}

async function parameters(list: readonly unknown[], path = "/a", more: object = {}) {
  return (await readOnlyOperation("3.1.0", { paths: { [path]: { get: { parameters: list } } }, ...more }))
    .parameters;
}

test("an operation is read with all its fields", async () => {
  const operation = await readOnlyOperation("3.0.3", {
    servers: [{ url: "https://api.example.com/v1" }],
    security: [{ key: [] }],
    paths: {
      "/users/{id}/pets": {
        summary: "of the path",
        parameters: [
          { name: "id", in: "path", required: true, schema: { type: "string" }, description: "whose" },
          { name: "limit", in: "query", schema: { type: "integer" } },
        ],
        post: {
          operationId: "addPet",
          summary: "Adds a pet",
          description: "Adds it to a user",
          tags: ["pets"],
          deprecated: true,
          parameters: [{ name: "limit", in: "query", required: true, schema: { type: "number" } }],
          requestBody: {
            required: true,
            description: "the pet",
            content: {
              "application/json; charset=utf-8": {
                schema: { type: "object", properties: { name: { type: "string" } } },
              },
              "multipart/form-data": {
                schema: { type: "object", properties: { photo: { type: "string", format: "binary" } } },
                encoding: {
                  photo: {
                    contentType: "image/png, image/jpeg",
                    headers: {
                      "X-Kind": { schema: { const: "photo" } },
                      "X-Other": { schema: { type: "string" } },
                    },
                    style: "form",
                    explode: true,
                    allowReserved: false,
                  },
                },
              },
            },
          },
          responses: {
            201: { description: "Added" },
            "4xx": { description: "Refused" },
            default: {},
            "x-a": 1,
          },
          "x-specchat": { confirm: true },
        },
      },
    },
  });
  expect(operation).toEqual({
    method: "POST",
    path: "/users/{id}/pets",
    operationId: "addPet",
    summary: "Adds a pet",
    description: "Adds it to a user",
    tags: ["pets"],
    deprecated: true,
    parameters: [
      parameter({ name: "id", in: "path", schema: { type: "string" }, description: "whose" }),
      parameter({ name: "limit", in: "query", required: true, schema: { type: "number" } }),
    ],
    body: {
      required: true,
      description: "the pet",
      content: [
        {
          mediaType: "application/json",
          parameters: "charset=utf-8",
          schema: { type: "object", properties: { name: { type: "string" } } },
          encoding: {},
        },
        {
          mediaType: "multipart/form-data",
          schema: { type: "object", properties: { photo: { type: "string", format: "binary" } } },
          encoding: {
            // 3.0 ignores the style of a part.
            photo: { contentType: "image/png, image/jpeg", headers: { "X-Kind": "photo" } },
          },
        },
      ],
    },
    responses: [
      { status: "201", description: "Added" },
      { status: "4XX", description: "Refused" },
      { status: "default", description: "" },
    ],
    servers: ["https://api.example.com/v1"],
    security: [{ key: [] }],
    extensions: { "x-specchat": { confirm: true } },
    definitions: {},
  } satisfies Operation);
});

test("an empty operation is read with defaults", async () => {
  expect(await readOnlyOperation("3.1.0", { paths: { "/": { get: {} } } })).toEqual({
    method: "GET",
    path: "/",
    operationId: undefined,
    summary: undefined,
    description: undefined,
    tags: [],
    deprecated: false,
    parameters: [],
    body: undefined,
    responses: [],
    servers: [],
    security: [],
    extensions: {},
    definitions: {},
  });
});

describe("a parameter", () => {
  const rows: readonly (readonly [string, object, Parameter])[] = [
    ["in the query is read", { name: "a", in: "query" }, parameter({ name: "a", in: "query" })],
    [
      "in the path is always required",
      { name: "a", in: "path" },
      parameter({ name: "a", in: "path", required: true }),
    ],
    ["in a header is read", { name: "a", in: "header" }, parameter({ name: "a", in: "header" })],
    ["in a cookie is read", { name: "a", in: "cookie" }, parameter({ name: "a", in: "cookie" })],
    ...(["label", "matrix"] as const).map(
      (style) =>
        [
          `in the path as ${style} is read`,
          { name: "a", in: "path", style, explode: true },
          parameter({ name: "a", in: "path", style, explode: true }),
        ] as const,
    ),
    ...(["spaceDelimited", "pipeDelimited", "deepObject"] as const).map(
      (style) =>
        [
          `in the query as ${style} is read`,
          { name: "a", in: "query", style },
          parameter({ name: "a", in: "query", style, explode: false }),
        ] as const,
    ),
    [
      "in the query with explode: false is read",
      { name: "a", in: "query", explode: false },
      parameter({ name: "a", in: "query", explode: false }),
    ],
    [
      "with a style that its location does not allow gets the default style",
      { name: "a", in: "header", style: "deepObject" },
      parameter({ name: "a", in: "header" }),
    ],
    [
      "with all fields is read",
      {
        name: "a",
        in: "query",
        required: true,
        description: "b",
        deprecated: true,
        allowReserved: true,
        allowEmptyValue: true,
        schema: { type: "string" },
        example: "c",
      },
      parameter({
        name: "a",
        in: "query",
        required: true,
        description: "b",
        deprecated: true,
        allowReserved: true,
        allowEmptyValue: true,
        schema: { type: "string" },
        example: "c",
      }),
    ],
    [
      "with examples has the first one",
      { name: "a", in: "query", examples: { one: { value: 1 }, two: { value: 2 } } },
      parameter({ name: "a", in: "query", example: 1 }),
    ],
    [
      "with content has its media type",
      {
        name: "a",
        in: "query",
        style: "deepObject",
        content: { "Application/JSON; a=b": { schema: { type: "object" }, example: {} } },
      },
      parameter({
        name: "a",
        in: "query",
        mediaType: "application/json",
        schema: { type: "object" },
        example: {},
      }),
    ],
  ];
  test.each(rows)("%s", async (_name, input, expected) => {
    expect(await parameters([input], "/{a}")).toContainEqual(expected);
  });

  test("for a header that the specification excludes is ignored", async () => {
    const names = ["Accept", "content-type", "AUTHORIZATION", "X-Accept"];
    const result = await parameters(names.map((name) => ({ name, in: "header" })));
    expect(result.map(({ name }) => name)).toEqual(["X-Accept"]);
  });

  test("of the operation replaces one of the path item with the same name and location", async () => {
    const { parameters } = await readOnlyOperation("3.0.3", {
      paths: {
        "/{a}": {
          parameters: [
            { name: "a", in: "path", description: "common" },
            { name: "b", in: "query", description: "common" },
          ],
          get: {
            parameters: [
              { name: "b", in: "query", description: "own" },
              { name: "b", in: "header", description: "another" },
            ],
          },
        },
      },
    });
    expect(parameters.map(({ name, in: location, description }) => [name, location, description])).toEqual([
      ["a", "path", "common"],
      ["b", "query", "own"],
      ["b", "header", "another"],
    ]);
  });

  test("in the path template without a declaration is a required string", async () => {
    expect(await parameters([{ name: "c", in: "path" }], "/{a}/{b}.json")).toEqual([
      parameter({ name: "a", in: "path", schema: { type: "string" } }),
      parameter({ name: "b", in: "path", schema: { type: "string" } }),
    ]);
  });

  test("may be a reference to a reference", async () => {
    const components = {
      parameters: { first: { $ref: "#/components/parameters/second" }, second: { name: "a", in: "query" } },
    };
    expect(await parameters([{ $ref: "#/components/parameters/first" }], "/a", { components })).toEqual([
      parameter({ name: "a", in: "query" }),
    ]);
  });

  test("with a form as the whole query string (3.2) becomes one parameter for each property", async () => {
    const { parameters } = await readOnlyOperation("3.2.0", {
      paths: {
        "/a": {
          get: {
            parameters: [
              {
                name: "q",
                in: "querystring",
                content: {
                  "application/x-www-form-urlencoded": {
                    schema: {
                      type: "object",
                      required: ["a"],
                      properties: { a: { type: "string" }, b: { type: "array" } },
                    },
                    encoding: { b: { style: "pipeDelimited" } },
                  },
                },
              },
            ],
          },
        },
      },
    });
    expect(parameters).toEqual([
      { ...parameter({ name: "a", in: "query", required: true, schema: { type: "string" } }), encoding: {} },
      parameter({
        name: "b",
        in: "query",
        style: "pipeDelimited",
        explode: false,
        schema: { type: "array" },
      }),
    ]);
  });
});

describe("a path item", () => {
  test("is rejected when its path is longer than an address may be", async () => {
    const path = `/${"{a}".repeat(3000)}`;
    const { operations, rejected } = await readDocument("3.1.0", {
      paths: { [path]: { get: {} }, "/a": { get: {} } },
    });
    expect([operations.map((operation) => operation.path), rejected]).toEqual([
      ["/a"],
      [{ method: "GET", path, reason: "the path has more than 8000 characters" }],
    ]);
  });

  test("has an operation for every method, and for query and additionalOperations of 3.2", async () => {
    const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];
    const item = {
      ...Object.fromEntries(methods.map((method) => [method, {}])),
      additionalOperations: { QUERY: { summary: "q" }, COPY: {}, Lock: {}, CONNECT: {}, "A B": {} },
    };
    const { operations, rejected } = await readDocument("3.2.0", { paths: { "/a": item } });
    expect(operations.map(({ method }) => method)).toEqual([
      "GET",
      "PUT",
      "POST",
      "DELETE",
      "OPTIONS",
      "HEAD",
      "PATCH",
      "TRACE",
      "QUERY",
      "COPY",
      "Lock",
    ]);
    expect(rejected).toEqual([
      { method: "CONNECT", path: "/a", reason: "method CONNECT is not supported" },
      { method: "A B", path: "/a", reason: "method A B is not supported" },
    ]);
  });

  test("may be a reference with other fields next to it", async () => {
    const { operations } = await readDocument("3.1.0", {
      paths: { "/a": { $ref: "#/components/pathItems/A", post: { summary: "sibling" } } },
      components: { pathItems: { A: { get: { summary: "target" }, post: { summary: "target" } } } },
    });
    expect(operations.map(({ method, path, summary }) => [method, path, summary])).toEqual([
      ["POST", "/a", "sibling"],
      ["GET", "/a", "target"],
    ]);
  });
});

describe("servers", () => {
  const root = [
    {
      url: "https://{region}.example.com/{base}",
      variables: { region: { default: "eu" }, base: { enum: ["v1", "v2"] } },
    },
  ];

  test("come from the operation, the path item or the document, in this order", async () => {
    const { operations, servers } = await readDocument("3.0.3", {
      servers: root,
      paths: {
        "/a": { get: {} },
        "/b": {
          servers: [{ url: "/b" }],
          get: {},
          post: { servers: [{ url: "https://c" }, { url: "//d" }] },
        },
        "/c": { servers: [], get: { servers: [] } },
      },
    });
    expect(servers).toEqual(["https://eu.example.com/v1"]);
    expect(operations.map(({ servers }) => servers)).toEqual([
      ["https://eu.example.com/v1"],
      ["/b"],
      ["https://c", "//d"],
      ["https://eu.example.com/v1"],
    ]);
  });

  test("keep a variable without a value", async () => {
    expect((await readDocument("3.0.3", { servers: [{ url: "https://{a}" }] })).servers).toEqual([
      "https://{a}",
    ]);
  });
});

describe("security", () => {
  test("of the operation replaces that of the document, and an empty list removes it", async () => {
    const { operations } = await readDocument("3.0.3", {
      security: [{ a: [] }, { b: ["read"], c: [] }],
      paths: { "/a": { get: {}, post: { security: [] }, put: { security: [{}, { d: [] }] } } },
    });
    expect(operations.map(({ security }) => security)).toEqual([
      [{ a: [] }, { b: ["read"], c: [] }],
      [],
      [{}, { d: [] }],
    ]);
  });

  test("schemes of every type are read", async () => {
    const { securitySchemes } = await readDocument("3.1.0", {
      components: {
        securitySchemes: {
          key: { type: "apiKey", name: "X-Key", in: "header" },
          bearer: { type: "http", scheme: "Bearer", bearerFormat: "JWT" },
          oauth: {
            type: "oauth2",
            flows: {
              authorizationCode: { authorizationUrl: "https://a", tokenUrl: "https://b", scopes: { x: "" } },
              clientCredentials: { tokenUrl: "https://c", scopes: { read: "", write: "" } },
            },
          },
          openid: { type: "openIdConnect", openIdConnectUrl: "https://d" },
          mutual: { type: "mutualTLS" },
          alias: { $ref: "#/components/securitySchemes/key" },
          broken: { type: "apiKey" },
        },
      },
    });
    expect(securitySchemes).toEqual({
      key: { type: "apiKey", name: "X-Key", in: "header" },
      bearer: { type: "http", scheme: "bearer" },
      oauth: { type: "oauth2", tokenUrl: "https://c", scopes: ["read", "write"] },
      openid: { type: "openIdConnect", url: "https://d" },
      mutual: { type: "mutualTLS" },
      alias: { type: "apiKey", name: "X-Key", in: "header" },
      broken: { type: "unknown", name: "apiKey" },
    });
  });
});

test("operations share schemas and do not copy them", async () => {
  const item = { $ref: "#/components/schemas/Item" };
  const body = {
    requestBody: { content: { "application/json": { schema: { type: "array", items: item } } } },
  };
  const { operations } = await readDocument("3.0.3", {
    paths: { "/a": { post: body }, "/b": { post: body } },
    components: { schemas: { Item: { type: "object", nullable: true } } },
  });
  const [first, second] = operations.map(({ definitions }) => definitions.Item);
  expect(first).toEqual({ type: ["object", "null"] });
  expect(second).toBe(first);
});
