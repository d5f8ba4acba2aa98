/** Small valid documents of each version of OpenAPI, with many features each. */

const node = {
  type: "object",
  required: ["name"],
  properties: {
    name: { type: "string", minLength: 1, maxLength: 40, pattern: "^[a-z]+$", example: "ann" },
    kind: { type: "string", enum: ["a", "b"], default: "a" },
    size: { type: "integer", format: "int64", minimum: 0, maximum: 100, multipleOf: 2 },
    parent: { $ref: "#/components/schemas/Node" },
    children: { type: "array", items: { $ref: "#/components/schemas/Node" }, maxItems: 5 },
    owner: { oneOf: [{ $ref: "#/components/schemas/Cat" }, { $ref: "#/components/schemas/Dog" }] },
    labels: { type: "object", additionalProperties: { type: "string" } },
  },
};
const animal = (name: string, more: object) => ({
  allOf: [{ $ref: "#/components/schemas/Animal" }, { type: "object", properties: { [name]: more } }],
});
const schemas = {
  Node: node,
  Animal: {
    type: "object",
    required: ["type"],
    properties: { type: { type: "string" }, id: { type: "string", readOnly: true } },
    discriminator: {
      propertyName: "type",
      mapping: { cat: "#/components/schemas/Cat", dog: "#/components/schemas/Dog" },
    },
  },
  Cat: animal("lives", { type: "integer" }),
  Dog: animal("bark", { anyOf: [{ type: "boolean" }, { type: "string" }] }),
};

const parameters = [
  { name: "id", in: "path", required: true, schema: { type: "string" } },
  {
    name: "filter",
    in: "query",
    style: "deepObject",
    schema: { type: "object", properties: { a: { type: "string" } } },
  },
  { name: "tags", in: "query", explode: false, schema: { type: "array", items: { type: "string" } } },
  { name: "X-Trace", in: "header", schema: { type: "string", format: "uuid" } },
  { name: "account", in: "cookie", schema: { type: "string" } },
  {
    name: "where",
    in: "query",
    content: { "application/json": { schema: { $ref: "#/components/schemas/Node" } } },
  },
];

const paths = {
  "/nodes/{id}": {
    parameters: [parameters[0]],
    get: {
      operationId: "getNode",
      summary: "Get a node",
      tags: ["nodes"],
      parameters: [...parameters.slice(1, 3), { $ref: "#/components/parameters/Trace" }],
      responses: {
        "200": {
          description: "A node",
          content: { "application/json": { schema: { $ref: "#/components/schemas/Node" } } },
          links: { parent: { operationId: "getNode", parameters: { id: "$response.body#/parent" } } },
        },
      },
    },
    put: {
      operationId: "putNode",
      "x-specchat": { description: "Replaces a node", approve: true, examples: ["Rename node 7"] },
      parameters: parameters.slice(3),
      requestBody: {
        required: true,
        content: {
          "application/json": { schema: { $ref: "#/components/schemas/Node" }, example: { name: "ann" } },
          "application/xml": { schema: { $ref: "#/components/schemas/Node" } },
        },
      },
      responses: { default: { description: "Done" } },
    },
  },
  "/files/{name}.{ext}": {
    post: {
      security: [{ key: [] }, { token: ["write"], basic: [] }],
      parameters: [
        { name: "name", in: "path", required: true, schema: { type: "string" } },
        { name: "ext", in: "path", required: true, schema: { enum: ["txt", "pdf"] } },
      ],
      requestBody: {
        content: {
          "multipart/form-data": {
            schema: {
              type: "object",
              properties: {
                file: { type: "string", format: "binary" },
                meta: { $ref: "#/components/schemas/Cat" },
                tags: { type: "array", items: { type: "string" } },
              },
            },
            encoding: {
              meta: { contentType: "application/json", headers: { "X-A": { schema: { type: "string" } } } },
            },
          },
          "application/x-www-form-urlencoded": {
            schema: { type: "object", properties: { q: { type: "string" } } },
          },
          "text/csv": { schema: { type: "array", items: { type: "object", properties: { a: {} } } } },
          "application/octet-stream": {},
        },
      },
      responses: { "204": { description: "Stored" } },
    },
  },
};

const components = {
  schemas,
  parameters: { Trace: parameters[3] },
  securitySchemes: {
    key: { type: "apiKey", in: "header", name: "X-Key" },
    basic: { type: "http", scheme: "basic" },
    token: {
      type: "oauth2",
      flows: { clientCredentials: { tokenUrl: "https://api.test/token", scopes: { write: "Writes" } } },
    },
  },
};

const info = { title: "Nodes", version: "1" };
const servers = [
  { url: "https://{zone}.api.test/v1", variables: { zone: { default: "eu", enum: ["eu", "us"] } } },
];

const withNullable = {
  ...components,
  schemas: { ...schemas, Node: { ...node, nullable: true, exclusiveMinimum: true } },
};

const newerSchemas = {
  ...schemas,
  Page: {
    $id: "https://api.test/page",
    $dynamicAnchor: "node",
    type: ["object", "null"],
    prefixItems: [{ const: 1 }, { $ref: "#/components/schemas/Node" }],
    patternProperties: { "^x-": { type: "string" } },
    if: { properties: { name: { const: "a" } } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
    then: { required: ["kind"] },
    else: { not: { required: ["kind"] } },
    dependentSchemas: { name: { required: ["size"] } },
    unevaluatedProperties: false,
    $defs: { inner: { $dynamicRef: "#node" } },
    examples: [{ name: "ann" }],
  },
};
const search = {
  operationId: "search",
  requestBody: {
    content: {
      "application/json": { schema: { $ref: "#/components/schemas/Page" } },
      "application/jsonl": {},
    },
  },
  responses: { "200": { description: "Found" } },
};

const body = { name: "node", in: "body", required: true, schema: { $ref: "#/definitions/Node" } };
const swaggerNode = {
  type: "object",
  required: ["name"],
  properties: {
    name: { type: "string" },
    next: { $ref: "#/definitions/Node" },
    items: { type: "array", items: { $ref: "#/definitions/Node" } },
  },
  allOf: [{ $ref: "#/definitions/Base" }],
};

export const SEED_DOCUMENTS: readonly object[] = [
  {
    swagger: "2.0",
    info,
    host: "api.test",
    basePath: "/v1",
    schemes: ["https"],
    consumes: ["application/json"],
    securityDefinitions: { key: { type: "apiKey", in: "query", name: "key" }, basic: { type: "basic" } },
    security: [{ key: [] }],
    paths: {
      "/nodes/{id}": {
        parameters: [{ name: "id", in: "path", required: true, type: "integer", format: "int64" }],
        get: {
          operationId: "getNode",
          parameters: [
            {
              name: "tags",
              in: "query",
              type: "array",
              items: { type: "string" },
              collectionFormat: "pipes",
            },
          ],
          responses: { "200": { description: "A node", schema: { $ref: "#/definitions/Node" } } },
        },
        put: { operationId: "putNode", parameters: [{ $ref: "#/parameters/Body" }], responses: {} },
        post: {
          consumes: ["multipart/form-data"],
          parameters: [
            { name: "file", in: "formData", type: "file", required: true },
            {
              name: "sizes",
              in: "formData",
              type: "array",
              items: { type: "integer" },
              collectionFormat: "multi",
            },
          ],
          responses: { default: { description: "Done" } },
        },
      },
    },
    parameters: { Body: body },
    definitions: {
      Node: swaggerNode,
      Base: { type: "object", discriminator: "kind", properties: { kind: { type: "string" } } },
    },
  },
  { openapi: "3.0.3", info, servers, paths, components: withNullable, security: [{ key: [] }] },
  {
    openapi: "3.1.0",
    info,
    servers,
    paths: { ...paths, "/search": { post: search } },
    components: { ...components, schemas: newerSchemas },
    webhooks: {},
  },
  {
    openapi: "3.2.0",
    $self: "https://api.test/openapi.json",
    info,
    servers,
    paths: { ...paths, "/search": { query: search, additionalOperations: { COPY: search } } },
    components: {
      ...components,
      schemas: newerSchemas,
      mediaTypes: { Page: { itemSchema: { $ref: "#/components/schemas/Page" } } },
    },
  },
];
