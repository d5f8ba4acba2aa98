/** Values of any type where a document needs a text. */
import { expect, test } from "bun:test";
import { readDescriptionText } from "../../src/openapi/read.ts";
import { readBodySchema, readDocument } from "./reading.ts";

test("A parameter with an object or a long integer as its name or location rejects its operation only.", async () => {
  const responses = { default: { description: "Done" } };
  const item = (parameter: string) =>
    `{"get": {"parameters": [${parameter}], "responses": ${JSON.stringify(responses)}}}`;
  const { operations, rejected } = await readDescriptionText(
    `{"openapi": "3.1.0", "info": {"title": "T", "version": {"toString": 1}}, "paths": {
      "/a": ${item('{"name": "x", "in": {"toString": 1}}')},
      "/b": ${item('{"name": {"toString": 1}, "in": "query"}')},
      "/c": ${item('{"name": "x", "in": 9007199254740993}')},
      "/d": ${item('{"name": "x", "in": "query"}')}
    }}`,
    "test.json",
  );
  expect(operations.map(({ path }) => path)).toEqual(["/d"]);
  expect(rejected.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
    '/a: parameter x has the unknown location {"toString":1}',
    "/b: a parameter has no name",
    "/c: parameter x has the unknown location 9007199254740993",
  ]);
});

test("Objects as values of an enumeration have names like any other values.", async () => {
  const values = [{ toString: 1 }, "b"];
  const { schema } = await readBodySchema("3.1.0", {
    enum: values,
    "x-enum-descriptions": ["First", "Second"],
  });
  expect(schema).toMatchObject({ enum: values, "x-value-names": '{"toString":1} = First; b = Second' });
});

test("An object as the value of a discriminator does not stop the reading.", async () => {
  const kind = { kind: { enum: [{ toString: 1 }, "cat"] } };
  const schemas = {
    Pet: { type: "object", properties: kind, discriminator: { propertyName: "kind" } },
    Cat: { allOf: [{ $ref: "#/components/schemas/Pet" }] },
  };
  const { operations } = await readDocument("3.1.0", {
    paths: {
      "/a": {
        post: {
          requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Pet" } } } },
        },
      },
    },
    components: { schemas },
  });
  expect(operations).toHaveLength(1);
});
