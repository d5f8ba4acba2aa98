import { describe, expect, test } from "bun:test";
import { readDocument, readOnlyOperation } from "./reading.ts";

const post = (parameters: readonly unknown[], more: object = {}, root: object = {}) =>
  readOnlyOperation("2.0", { paths: { "/a/{id}": { post: { parameters, ...more } } }, ...root });

describe("Swagger 2.0", () => {
  test("lists are delimited as they say, in every place", async () => {
    const { parameters } = await post(
      ["path", "query", "header"].flatMap((place) =>
        ["csv", "ssv", "tsv", "pipes"].map((collectionFormat) => ({
          ...{ name: place === "path" ? "id" : collectionFormat, in: place, required: place === "path" },
          ...{ type: "array", items: { type: "string" }, collectionFormat },
        })),
      ),
    );
    expect(parameters.map(({ in: place, style, explode }) => `${place} ${style} ${explode}`)).toEqual([
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

  test("parameters say their schema and their collection format themselves", async () => {
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
      parameters.map(({ name, in: place, required, style, explode, schema, description }) => ({
        name,
        place,
        required,
        style,
        explode,
        schema,
        description,
      })),
    ).toEqual([
      {
        name: "id",
        place: "path",
        required: true,
        style: "simple",
        explode: false,
        schema: { type: "integer", format: "int64" },
        description: "which",
      },
      {
        name: "a",
        place: "query",
        required: false,
        style: "form",
        explode: true,
        schema: { type: "array", items: { type: "string", enum: ["x", "y"] } },
        description: undefined,
      },
      {
        name: "b",
        place: "query",
        required: false,
        style: "form",
        explode: false,
        schema: { type: "array", items: { type: "string" } },
        description: undefined,
      },
      {
        name: "c",
        place: "query",
        required: false,
        style: "pipeDelimited",
        explode: false,
        schema: { type: "array", items: { type: "string" }, default: ["x"] },
        description: undefined,
      },
      {
        name: "d",
        place: "query",
        required: false,
        style: "spaceDelimited",
        explode: false,
        schema: { type: "array", items: { type: "string" } },
        description: undefined,
      },
      {
        name: "e",
        place: "header",
        required: false,
        style: "simple",
        explode: false,
        schema: { type: "string", pattern: "^x" },
        description: undefined,
      },
      {
        name: "page",
        place: "query",
        required: false,
        style: "form",
        explode: true,
        schema: { type: "integer", exclusiveMinimum: 0 },
        description: undefined,
      },
    ]);
  });

  test("a body parameter is the body, also through a reference and from the path item", async () => {
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

  test("the body's media types are those the operation consumes, else the document", async () => {
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

  test("form fields are one object, with everything that is said of them", async () => {
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

  test("a file is sent as multipart", async () => {
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

  test("servers are made of schemes, host and base path", async () => {
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

  test("security definitions", async () => {
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

  test("one malformed parameter loses its operation and no other", async () => {
    const { operations, rejected } = await readDocument("2.0", {
      paths: { "/a": { get: { parameters: [{ name: "a", type: "string" }] } }, "/b": { get: {} } },
    });
    expect(operations.map(({ path }) => path)).toEqual(["/b"]);
    expect(rejected).toEqual([
      { method: "GET", path: "/a", reason: 'parameter a does not say where it goes ("in" is missing)' },
    ]);
  });
});
