import { afterAll, expect, test } from "bun:test";
import { createFolder, removeFolders } from "../openapi/reading.ts";
import { compareRequest, type ReceivedRequest } from "./compare-request.ts";
import { corpus } from "./corpus.ts";
import { readOperations } from "./second-reading.ts";

afterAll(removeFolders);

const document = {
  openapi: "3.1.0",
  info: { title: "Boxes", version: "1" },
  paths: {
    "/boxes/{box}": {
      parameters: [{ $ref: "#/components/parameters/Box" }],
      put: {
        parameters: [
          { name: "tags", in: "query", schema: { type: "array", items: { type: "string" } } },
          { name: "ids", in: "query", explode: false, schema: { type: "array", items: { type: "integer" } } },
          { name: "X-Trace", in: "header", schema: { type: "string" } },
        ],
        requestBody: {
          required: true,
          content: { "application/json": { schema: { type: "object", properties: { size: {} } } } },
        },
      },
    },
  },
  components: {
    parameters: { Box: { name: "box", in: "path", required: true, schema: { type: "string" } } },
  },
};
const swagger = {
  swagger: "2.0",
  info: { title: "Forms", version: "1" },
  paths: {
    "/forms": {
      post: {
        consumes: ["application/x-www-form-urlencoded"],
        parameters: [
          { name: "kinds", in: "query", type: "array", items: { type: "string" }, collectionFormat: "pipes" },
          { name: "title", in: "formData", type: "string", required: true },
        ],
      },
    },
  },
};

test("`corpus()` finds no difference in documents of both generations", async () => {
  const folder = await createFolder({
    "a.json": document,
    "b/c.yaml": Bun.YAML.stringify(swagger),
    "d.json": {},
  });
  expect(await corpus(folder)).toBe(true);
});

test("`compareRequest()` reports every part that differs", () => {
  const [operation] = readOperations(document);
  if (!operation) throw new Error("no operation");
  const values = { box: "a/b", tags: ["x", "y"], ids: [1, 2], "X-Trace": "t", size: 1 };
  const right: ReceivedRequest = {
    method: "PUT",
    target: "/boxes/a%2Fb?tags=x&tags=y&ids=1,2",
    headers: new Headers({ "X-Trace": "t", "Content-Type": "application/json" }),
    body: new TextEncoder().encode('{"size":1}'),
  };
  const partsOf = (change: Partial<ReceivedRequest>) =>
    compareRequest(operation, values, { ...right, ...change }, false).map(({ part }) => part);
  expect(partsOf({})).toEqual([]);
  expect(partsOf({ method: "POST" })).toEqual(["method"]);
  expect(partsOf({ target: "/boxes/a/b?tags=x&tags=y&ids=1,2" })).toEqual(["path"]);
  expect(partsOf({ target: "/boxes/c?tags=x,y&ids=1&ids=2&more=1" })).toEqual([
    "path value",
    "query name",
    "query value",
    "query value",
  ]);
  expect(partsOf({ headers: new Headers({ "Content-Type": "text/plain" }) })).toEqual([
    "header",
    "media type",
  ]);
  expect(partsOf({ body: new TextEncoder().encode('{"size":2}') })).toEqual(["body"]);
  expect(partsOf({ body: new Uint8Array() })).toEqual(["body"]);
});
