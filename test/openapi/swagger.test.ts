import { describe, expect, test } from "bun:test";
import { readDocument, readOnlyOperation } from "./reading.ts";

const post = (parameters: readonly unknown[], more: object = {}, root: object = {}) =>
  readOnlyOperation("2.0", { paths: { "/a/{id}": { post: { parameters, ...more } } }, ...root });

describe("Swagger 2.0:", () => {
  test("collectionFormat decides the style of lists at every location", async () => {
    const { parameters } = await post(
      ["path", "query", "header"].flatMap((location) =>
        ["csv", "ssv", "tsv", "pipes"].map((collectionFormat) => ({
          ...{
            name: location === "path" ? "id" : collectionFormat,
            in: location,
            required: location === "path",
          },
          ...{ type: "array", items: { type: "string" }, collectionFormat },
        })),
      ),
    );
    expect(parameters.map(({ in: location, style, explode }) => `${location} ${style} ${explode}`)).toEqual([
      "path pipeDelimited false",
      "query form false",
      "query spaceDelimited false",
      "query tabDelimited false",
      "query pipeDelimited false",
      "header simple false",
      "header spaceDelimited false",
      "header tabDelimited false",
      "header pipeDelimited false",
    ]);
  });

  test("parameters have a schema and a collection format", async () => {
    const { parameters } = await post(
      [
        { name: "id", in: "path", required: true, type: "integer", format: "int64", description: "which" },
        {
          name: "a",
          in: "query",
          type: "array",
          items: { type: "string", enum: ["x", "y"] },
          collectionFormat: "multi",
        },
        { name: "b", in: "query", type: "array", items: { type: "string" } },
        {
          name: "c",
          in: "query",
          type: "array",
          items: { type: "string" },
          collectionFormat: "pipes",
          default: ["x"],
        },
        { name: "d", in: "query", type: "array", items: { type: "string" }, collectionFormat: "ssv" },
        { name: "e", in: "header", type: "string", pattern: "^x" },
        { $ref: "#/parameters/page" },
      ],
      {},
      {
        parameters: {
          page: { name: "page", in: "query", type: "integer", minimum: 0, exclusiveMinimum: true },
        },
      },
    );
    expect(
      parameters.map(({ name, in: location, required, style, explode, schema, description }) => ({
        name,
        location,
        required,
        style,
        explode,
        schema,
        description,
      })),
    ).toEqual([
      {
        name: "id",
        location: "path",
        required: true,
        style: "simple",
        explode: false,
        schema: { type: "integer", format: "int64" },
        description: "which",
      },
      {
        name: "a",
        location: "query",
        required: false,
        style: "form",
        explode: true,
        schema: { type: "array", items: { type: "string", enum: ["x", "y"] } },
        description: undefined,
      },
      {
        name: "b",
        location: "query",
        required: false,
        style: "form",
        explode: false,
        schema: { type: "array", items: { type: "string" } },
        description: undefined,
      },
      {
        name: "c",
        location: "query",
        required: false,
        style: "pipeDelimited",
        explode: false,
        schema: { type: "array", items: { type: "string" }, default: ["x"] },
        description: undefined,
      },
      {
        name: "d",
        location: "query",
        required: false,
        style: "spaceDelimited",
        explode: false,
        schema: { type: "array", items: { type: "string" } },
        description: undefined,
      },
      {
        name: "e",
        location: "header",
        required: false,
        style: "simple",
        explode: false,
        schema: { type: "string", pattern: "^x" },
        description: undefined,
      },
      {
        name: "page",
        location: "query",
        required: false,
        style: "form",
        explode: true,
        schema: { type: "integer", exclusiveMinimum: 0 },
        description: undefined,
      },
    ]);
  });

  test("a body parameter becomes the body, also as a reference and in the path item", async () => {
    const definitions = {
      Pet: { type: "object", properties: { name: { type: "string" }, id: { readOnly: true } } },
    };
    const parameters = {
      pet: {
        name: "pet",
        in: "body",
        required: true,
        description: "the pet",
        schema: { $ref: "#/definitions/Pet" },
      },
    };
    const body = {
      required: true,
      description: "the pet",
      content: [
        {
          mediaType: "application/json",
          schema: { type: "object", properties: { name: { type: "string" } } },
          encoding: {},
        },
      ],
    };
    expect((await post([{ $ref: "#/parameters/pet" }], {}, { parameters, definitions })).body).toEqual(body);
    const fromPath = await readOnlyOperation("2.0", {
      paths: { "/a": { parameters: [{ $ref: "#/parameters/pet" }], put: {} } },
      parameters,
      definitions,
    });
    expect(fromPath.body).toEqual(body);
  });

  test("the media types of the body come from `consumes` of the operation or the document", async () => {
    const body = [{ name: "a", in: "body", schema: {} }];
    const types = async (more: object, root: object) =>
      (await post(body, more, root)).body?.content.map(({ mediaType }) => mediaType);
    expect(await types({}, {})).toEqual(["application/json"]);
    expect(await types({}, { consumes: ["text/csv", "application/json"] })).toEqual([
      "text/csv",
      "application/json",
    ]);
    expect(await types({ consumes: ["application/xml"] }, { consumes: ["text/csv"] })).toEqual([
      "application/xml",
    ]);
  });

  test("form fields become one object with their schemas", async () => {
    const { body } = await post([
      {
        name: "kind",
        in: "formData",
        type: "string",
        enum: ["a", "b"],
        default: "a",
        required: true,
        description: "what",
      },
      { name: "tags", in: "formData", type: "array", items: { type: "string" } },
    ]);
    expect(body).toEqual({
      required: true,
      description: undefined,
      content: [
        {
          mediaType: "application/x-www-form-urlencoded",
          schema: {
            type: "object",
            properties: {
              kind: { type: "string", enum: ["a", "b"], default: "a", description: "what" },
              tags: { type: "array", items: { type: "string" } },
            },
            required: ["kind"],
          },
          encoding: { tags: { style: "form", explode: false } },
        },
      ],
    });
  });

  test("a file makes the body multipart", async () => {
    const { body } = await post([{ name: "f", in: "formData", type: "file" }], {
      consumes: ["application/x-www-form-urlencoded", "multipart/form-data"],
    });
    expect(body?.content).toEqual([
      {
        mediaType: "multipart/form-data",
        schema: { type: "object", properties: { f: { type: "string", format: "binary" } } },
        encoding: {},
      },
    ]);
  });

  test("servers consist of schemes, host and base path", async () => {
    const servers = async (root: object) => (await readDocument("2.0", root)).servers;
    expect(await servers({ host: "a.com:80", basePath: "/v1", schemes: ["http", "https", "ws"] })).toEqual([
      "https://a.com:80/v1",
      "http://a.com:80/v1",
    ]);
    expect(await servers({ host: "a.com", basePath: "v1" })).toEqual(["//a.com/v1"]);
    expect(await servers({ basePath: "/v1" })).toEqual(["/v1"]);
    expect(await servers({})).toEqual([]);
    expect((await post([], { schemes: ["https"] }, { host: "a.com", schemes: ["http"] })).servers).toEqual([
      "https://a.com",
    ]);
  });

  test("security definitions are read", async () => {
    const { securitySchemes } = await readDocument("2.0", {
      securityDefinitions: {
        basic: { type: "basic" },
        key: { type: "apiKey", name: "k", in: "query" },
        oauth: { type: "oauth2", flow: "application", tokenUrl: "https://a", scopes: { read: "" } },
      },
    });
    expect(securitySchemes).toEqual({
      basic: { type: "http", scheme: "basic" },
      key: { type: "apiKey", name: "k", in: "query" },
      oauth: { type: "oauth2", tokenUrl: "https://a", scopes: ["read"] },
    });
  });

  test("a malformed parameter rejects only its operation", async () => {
    const { operations, rejected } = await readDocument("2.0", {
      paths: { "/a": { get: { parameters: [{ name: "a", type: "string" }] } }, "/b": { get: {} } },
    });
    expect(operations.map(({ path }) => path)).toEqual(["/b"]);
    expect(rejected).toEqual([
      { method: "GET", path: "/a", reason: 'parameter a has no location ("in" is missing)' },
    ]);
  });
});
