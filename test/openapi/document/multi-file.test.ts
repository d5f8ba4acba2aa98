import { afterAll, describe, expect, test } from "bun:test";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { readDescription } from "../../../src/openapi/read.ts";
import type { ApiDescription } from "../../../src/openapi/types.ts";
import { createFolder, createRealIo, removeFolders } from "../reading.ts";

afterAll(removeFolders);

const ROOT = `openapi: 3.1.0
info: { title: Split, version: '1' }
paths:
  /pets/{id}: { $ref: 'paths/pet.yaml' }
  /owners: { $ref: './paths/all.json#/owners' }
`;
const PET_PATH = `parameters:
  - $ref: ../parameters.yaml#/id
post:
  operationId: savePet
  requestBody: { $ref: '../bodies.yaml#/components/requestBodies/Pet' }
`;
const PARAMETERS = "id: { name: id, in: path, required: true, schema: { $ref: 'schemas/Id.json' } }\n";
const BODIES = `components:
  requestBodies:
    Pet: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } }
  schemas:
    Pet:
      type: object
      properties:
        id: { $ref: schemas/Id.json }
        owner: { $ref: 'schemas/Owner.json#/$defs/Owner' }
`;
const OWNER = {
  $defs: {
    Owner: {
      type: "object",
      properties: { pets: { type: "array", items: { $ref: "../bodies.yaml#/components/schemas/Pet" } } },
    },
  },
};
const FILES = {
  "api/openapi.yaml": ROOT,
  "api/paths/pet.yaml": PET_PATH,
  "api/paths/all.json": { owners: { get: { operationId: "owners" } } },
  "api/parameters.yaml": PARAMETERS,
  "api/bodies.yaml": BODIES,
  "api/schemas/Id.json": { type: "string", pattern: "^[0-9]+$" },
  "api/schemas/Owner.json": OWNER,
};

/** Expects the operations and definitions of all files. */
function expectComplete(description: ApiDescription) {
  const id = { type: "string", pattern: "^[0-9]+$" };
  const pet = {
    type: "object",
    properties: { id: { $ref: "#/$defs/Id" }, owner: { $ref: "#/$defs/Owner" } },
  };
  expect(description.rejected).toEqual([]);
  expect(
    description.operations.map(({ method, path, operationId, parameters, body, definitions }) => ({
      method,
      path,
      operationId,
      parameters: parameters.map(({ name, schema }) => ({ name, schema })),
      body: body?.content.map(({ schema }) => schema),
      definitions,
    })),
  ).toEqual([
    {
      method: "POST",
      path: "/pets/{id}",
      operationId: "savePet",
      parameters: [{ name: "id", schema: id }],
      body: [pet],
      definitions: {
        Id: id,
        Owner: { type: "object", properties: { pets: { type: "array", items: { $ref: "#/$defs/Pet" } } } },
        Pet: pet,
      },
    },
    {
      method: "GET",
      path: "/owners",
      operationId: "owners",
      parameters: [],
      body: undefined,
      definitions: {},
    },
  ]);
}

test("a document in several files is read completely", async () => {
  const folder = await createFolder(FILES);
  expectComplete(await readDescription(join(folder, "api/openapi.yaml"), createRealIo()));
});

describe("a document in several files on a server", () => {
  const requestedPaths: string[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request): Response {
      const path = new URL(request.url).pathname.slice(1);
      requestedPaths.push(path);
      if (path === "leak.json") return Response.redirect(secret.url.href, 302);
      const content: unknown = { ...FILES, ...HOSTILE }[path];
      if (content === undefined) return new Response("", { status: 404 });
      return new Response(typeof content === "string" ? content : JSON.stringify(content));
    },
  });
  let secretRequests = 0;
  const secret = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(): Response {
      secretRequests += 1;
      return Response.json({ type: "string", description: "secret" });
    },
  });
  const referring = (...references: string[]) => ({
    openapi: "3.0.3",
    paths: Object.fromEntries(
      references.map(($ref, index) => [
        `/${index}`,
        { post: { requestBody: { content: { "application/json": { schema: { $ref } } } } } },
      ]),
    ),
  });
  const HOSTILE = {
    "hostile.json": referring(
      "file:///etc/passwd",
      "http://169.254.169.254/latest/meta-data/iam.json",
      secret.url.href,
      "/leak.json",
      "/gone.json",
      "api/schemas/Id.json",
    ),
  };
  afterAll(async () => {
    await server.stop(true);
    await secret.stop(true);
  });
  const EFFECT = "any value is accepted in its place";

  test("is read completely", async () => {
    expectComplete(await readDescription(`${server.url.origin}/api/openapi.yaml`, createRealIo()));
  });

  test("may refer only to its own origin; other references accept any value", async () => {
    const { origin } = server.url;
    const description = await readDescription(`${origin}/hostile.json`, createRealIo());
    expect(description.warnings).toEqual(
      [
        "$ref file:///etc/passwd points to a document that cannot be read",
        `$ref http://169.254.169.254/latest/meta-data/iam.json cannot be read: http://169.254.169.254/latest/meta-data/iam.json: is not allowed for a document from ${origin}; allow it with --allow-hosts 169.254.169.254`,
        `$ref ${secret.url.href} cannot be read: ${secret.url.href}: is not allowed for a document from ${origin}; allow it with --allow-hosts ${secret.url.host}`,
        `$ref /leak.json cannot be read: ${origin}/leak.json: redirects to another origin, ${secret.url.origin}; use that URL or allow it with --allow-hosts ${secret.url.host}`,
        `$ref /gone.json cannot be read: ${origin}/gone.json: returned 404: there is no document at this URL; check it`,
      ].map((problem) => `${origin}/hostile.json: ${problem}; ${EFFECT}`),
    );
    const schemas = description.operations.map(({ body }) => body?.content[0]?.schema);
    expect(schemas.map((schema) => schema?.type)).toEqual([
      ...Array.from({ length: 5 }, () => undefined),
      "string",
    ]);
    expect(secretRequests).toBe(0);
  });

  test("may refer to allowed hosts", async () => {
    const io = createRealIo({ allowHosts: [secret.url.host] });
    const description = await readDescription(`${server.url.origin}/hostile.json`, io);
    const read = description.operations.filter(({ body }) => body?.content[0]?.schema.type === "string");
    expect(read.map(({ path }) => path)).toEqual(["/2", "/3", "/5"]);
  });

  test("requests each file once", async () => {
    requestedPaths.length = 0;
    await readDescription(`${server.url.origin}/api/openapi.yaml`, createRealIo());
    expect(requestedPaths.toSorted()).toEqual(Object.keys(FILES).toSorted());
  });

  test("sends headers only to their origin", async () => {
    const headers: (string | null)[] = [];
    const other = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch(request): Response {
        headers.push(request.headers.get("authorization"));
        return Response.json({ type: "string" });
      },
    });
    const folder = await createFolder({
      "a.json": referring(`${server.url.origin}/api/schemas/Id.json`, other.url.href),
    });
    const io = createRealIo({
      allowHosts: [server.url.host, other.url.host],
      headers: { [server.url.origin]: { authorization: "Bearer a" } },
    });
    const description = await readDescription(join(folder, "a.json"), io);
    await other.stop(true);
    expect(description.warnings).toEqual([]);
    expect(headers).toEqual([null]);
  });
});

describe("a document in a file", () => {
  const referring = ($ref: string) => ({
    openapi: "3.0.3",
    paths: { "/a": { post: { requestBody: { content: { "application/json": { schema: { $ref } } } } } } },
  });
  const SECRET = { type: "string" };

  async function outcome(root: string, files: Record<string, unknown>, more: { specRoot?: string } = {}) {
    const folder = await createFolder(files);
    const specRoot = more.specRoot === undefined ? undefined : join(folder, more.specRoot);
    const description = await readDescription(join(folder, root), createRealIo({ specRoot }));
    const [warning] = description.warnings;
    return (
      warning
        ?.replace(`${join(folder, root)}: `, "")
        .replace("; any value is accepted in its place", "")
        .replaceAll(folder, "<folder>") ?? "read"
    );
  }

  test("may refer to its folder, folders below, and siblings of its folder", async () => {
    expect(
      await outcome("x/api/a.json", { "x/api/a.json": referring("b.json"), "x/api/b.json": SECRET }),
    ).toBe("read");
    expect(
      await outcome("x/api/a.json", {
        "x/api/a.json": referring("./b/c.yaml"),
        "x/api/b/c.yaml": "type: string",
      }),
    ).toBe("read");
    expect(
      await outcome("x/api/a.json", { "x/api/a.json": referring("../common.json"), "x/common.json": SECRET }),
    ).toBe("read");
    expect(
      await outcome("x/api/a.json", {
        "x/api/a.json": referring("../common/b%20c.json"),
        "x/common/b c.json": SECRET,
      }),
    ).toBe("read");
  });

  test("may refer to folders above only with specRoot", async () => {
    const files = { "w/x/api/a.json": referring("../../b.json"), "w/b.json": SECRET };
    expect(await outcome("w/x/api/a.json", files)).toBe(
      "$ref ../../b.json cannot be read: <folder>/w/b.json: is outside the folders that this document may read; allow a folder with --spec-root",
    );
    expect(await outcome("w/x/api/a.json", files, { specRoot: "w" })).toBe("read");
  });

  test("may not refer to hidden sibling folders, other file types, or files outside through links", async () => {
    expect(
      await outcome("x/api/a.json", { "x/api/a.json": referring("../.aws/b.json"), "x/.aws/b.json": SECRET }),
    ).toContain("is outside the folders");
    expect(await outcome("x/a.json", { "x/a.json": referring("/etc/passwd") })).toBe(
      "$ref /etc/passwd cannot be read: /etc/passwd: is not a .json, .yaml or .yml file",
    );
    expect(await outcome("x/a.json", { "x/a.json": referring("../../../../../../../etc/passwd") })).toContain(
      "is not a .json, .yaml or .yml file",
    );
    const folder = await createFolder({ "w/x/api/a.json": referring("link.json"), "w/b.json": SECRET });
    await mkdir(join(folder, "w/x/api"), { recursive: true });
    await symlink(join(folder, "w/b.json"), join(folder, "w/x/api/link.json"));
    const { warnings } = await readDescription(join(folder, "w/x/api/a.json"), createRealIo());
    expect(warnings[0]).toContain("is outside the folders that this document may read");
  });

  test("may not refer to the network", async () => {
    expect(await outcome("a.json", { "a.json": referring("http://127.0.0.1:1/b.json") })).toBe(
      "$ref http://127.0.0.1:1/b.json cannot be read: http://127.0.0.1:1/b.json: is not allowed for a document from a file; allow it with --allow-hosts 127.0.0.1:1",
    );
  });

  test("with a missing or invalid reference gives its location and line", async () => {
    expect(await outcome("a.json", { "a.json": referring("b.json") })).toBe(
      "$ref b.json cannot be read: <folder>/b.json: there is no such file",
    );
    expect(await outcome("a.json", { "a.json": referring("b.json"), "b.json": '{\n"a":}' })).toBe(
      "$ref b.json cannot be read: <folder>/b.json: JSON syntax error at line 2, column 5: value expected",
    );
  });

  test("with a version of its own is read as that version", async () => {
    const pet = { name: { $ref: "#/components/schemas/Name", description: "mine" } };
    const schemas = { Name: { type: "string" }, Pet: { properties: pet } };
    const folder = await createFolder({
      "a.json": referring("b.json#/components/schemas/Pet"),
      "b.json": { openapi: "3.1.0", components: { schemas } },
    });
    const { operations } = await readDescription(`file://${join(folder, "a.json")}`, createRealIo());
    expect(operations[0]?.body?.content[0]?.schema).toEqual({
      type: "object",
      properties: { name: { $ref: "#/$defs/Name", description: "mine" } },
    });
  });

  test("resolves fields next to a path item reference against itself", async () => {
    const body = ($ref: string) => ({
      requestBody: { content: { "application/json": { schema: { $ref } } } },
    });
    const folder = await createFolder({
      "x/a.json": {
        openapi: "3.1.0",
        paths: { "/a": { $ref: "paths/a.json", put: body("here.json") } },
      },
      "x/here.json": { type: "string" },
      "x/paths/a.json": { post: body("there.json") },
      "x/paths/there.json": { type: "integer" },
    });
    const { operations, rejected } = await readDescription(join(folder, "x/a.json"), createRealIo());
    expect(rejected).toEqual([]);
    expect(operations.map(({ method, body }) => [method, body?.content[0]?.schema])).toEqual([
      ["PUT", { type: "string" }],
      ["POST", { type: "integer" }],
    ]);
  });

  test("may have circular references between files", async () => {
    const files = {
      "a.json": referring("b.json"),
      "b.json": { type: "object", properties: { c: { $ref: "c.json" } } },
      "c.json": { type: "object", properties: { b: { $ref: "b.json" }, a: { $ref: "a.json#/paths/~1a" } } },
    };
    expect(await outcome("a.json", files)).toBe("read");
  });
});
