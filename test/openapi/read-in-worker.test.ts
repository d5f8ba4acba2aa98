import { afterAll, expect, test } from "bun:test";
import { DocumentError } from "../../src/errors.ts";
import type { ReadIo } from "../../src/openapi/document/read-io.ts";
import { readDescription } from "../../src/openapi/read.ts";
import { readDescriptionInWorker } from "../../src/openapi/read-in-worker.ts";
import type { ApiDescription } from "../../src/openapi/types.ts";
import { GITHUB_DOCUMENT } from "../bench/github.ts";
import { createFolder, createRealIo, removeFolders } from "./reading.ts";

afterAll(removeFolders);

const json = (value: unknown) => JSON.stringify(value);
const info = { title: "Test", version: "1" };

/** Reads a description, or the error of reading it, as a value. */
async function outcome(read: typeof readDescription, address: string, io: ReadIo, overlays: string[] = []) {
  try {
    return await read(address, io, overlays);
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    const { message, source, isUnreachable } = error;
    return { message, source, isUnreachable };
  }
}

async function expectEqualOutcomes(address: string, io = createRealIo(), overlays: string[] = []) {
  const inWorker = await outcome(readDescriptionInWorker, address, io, overlays);
  expect(inWorker).toEqual(await outcome(readDescription, address, io, overlays));
  return inWorker;
}

test("A large document is read in a worker as it is on this thread, and operations share the same objects.", async () => {
  const [inWorker, direct] = await Promise.all([
    readDescriptionInWorker(GITHUB_DOCUMENT, createRealIo()),
    readDescription(GITHUB_DOCUMENT, createRealIo()),
  ]);
  expect(inWorker).toEqual(direct);
  const countObjects = ({ operations }: ApiDescription) =>
    [
      operations.flatMap(({ parameters }) => parameters),
      operations.flatMap(({ responses }) => responses),
      operations.map(({ definitions }) => definitions),
      operations.flatMap(({ definitions }) => Object.values(definitions)),
      operations.map(({ servers }) => servers),
    ].map((objects) => new Set<unknown>(objects).size);
  expect(countObjects(inWorker)).toEqual(countObjects(direct));
}, 60_000);

test("Files, overlays, exact integers and unusual keys are read in a worker as they are on this thread.", async () => {
  const folder = await createFolder({
    "api.yaml": `openapi: 3.1.0
info: { title: Words, version: "1" }
paths:
  /a:
    $ref: paths/a.json#/item
  /b/{id}:
    get: { parameters: [{ name: id, in: path, schema: { enum: [9007199254740993, 1e20, -0.0, .inf, .nan] } }], x-specchat: { __proto__: 1 } }
  /c: { post: { requestBody: { content: { application/json: { schema: { $ref: missing.json } } } } } }
  /d: { get: { parameters: [{ in: query }] } }
`,
    "paths/a.json": `{"item":{"post":{"requestBody":{"content":{"application/json":{"schema":{"$ref":"#/$defs/A"}}}}}},"$defs":{"A":{"properties":{"a":{"$ref":"#/$defs/A"},"constructor":{"enum":[18446744073709551615,1.5]}}}}}`,
    "words.json": json({
      overlay: "1.0.0",
      info,
      actions: [
        { target: "$.paths['/a']", update: { summary: "Added" } },
        { target: "$.nothing", remove: true },
      ],
    }),
  });
  const description = await expectEqualOutcomes(`${folder}/api.yaml`, createRealIo(), [
    `${folder}/words.json`,
  ]);
  const { operations, rejected, overlays } = description as ApiDescription;
  expect(operations.map(({ path }) => path)).toEqual(["/a", "/b/{id}", "/c"]);
  expect([rejected.length, overlays?.effects.length]).toEqual([1, 2]);
});

test("A document that cannot be read has the same error.", async () => {
  const folder = await createFolder({
    "broken.json": '{"openapi": ',
    "broken.yaml": "openapi: [",
    "other.json": "[]",
    "large.json": json({ openapi: "3.1.0", info, paths: {}, "x-long": "a".repeat(100) }),
  });
  const refuse = createRealIo({ fetch: () => Promise.reject(new Error("refused")) });
  const outcomes = [
    await expectEqualOutcomes(`${folder}/broken.json`),
    await expectEqualOutcomes(`${folder}/broken.yaml`),
    await expectEqualOutcomes(`${folder}/other.json`),
    await expectEqualOutcomes(`${folder}/none.json`),
    await expectEqualOutcomes(folder),
    await expectEqualOutcomes("ftp://a.test/a.json"),
    await expectEqualOutcomes("http://me:secret@127.0.0.1:1/a.json", refuse),
    await expectEqualOutcomes(`${folder}/large.json`, createRealIo({ maxBytes: 50 })),
    await expectEqualOutcomes(`${folder}/large.json`, createRealIo(), [`${folder}/none.json`]),
  ];
  for (const one of outcomes) expect(one).toEqual(expect.objectContaining({ message: expect.any(String) }));
});

test("Documents at URLs are fetched with their headers, and standard input is read once.", async () => {
  const seen: (string | null)[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      seen.push(`${new URL(request.url).pathname} ${request.headers.get("authorization")}`);
      return Response.json(
        request.url.endsWith("/a.json")
          ? { openapi: "3.1.0", info, paths: { "/a": { $ref: "b.json" } } }
          : { get: { operationId: "fetched" } },
      );
    },
  });
  const description = await readDescriptionInWorker(
    `http://ann:pw@127.0.0.1:${server.port}/a.json`,
    createRealIo(),
  );
  await server.stop(true);
  expect(description.operations.map(({ operationId }) => operationId)).toEqual(["fetched"]);
  expect(seen).toEqual(["/a.json", "/b.json"].map((path) => `${path} Basic ${btoa("ann:pw")}`));
  const readStdin = () => new Blob([json({ openapi: "3.1.0", info, paths: {} })]).stream();
  expect(await expectEqualOutcomes("-", createRealIo({ readStdin }))).toMatchObject({
    source: "standard input",
  });
});

test("A document that takes too long is refused, in the worker and on this thread.", async () => {
  const properties = Object.fromEntries(
    Array.from({ length: 400 }, (_, index) => [`p${index}`, { $ref: `#/components/schemas/S${index}` }]),
  );
  const schemas = Object.fromEntries(
    Object.keys(properties).map((_, index) => [`S${index}`, { properties }]),
  );
  const content = { "application/json": { schema: { $ref: "#/components/schemas/S0" } } };
  const paths = { "/a": { post: { requestBody: { content } } } };
  const folder = await createFolder({
    "slow.json": json({ openapi: "3.0.3", info, paths, components: { schemas } }),
  });
  const outcomeOfSlow = await expectEqualOutcomes(`${folder}/slow.json`, createRealIo({ maxReadMs: 1 }));
  expect(outcomeOfSlow).toEqual({
    message: `${folder}/slow.json: is not used: reading it takes longer than 0.001 seconds. Remove parts of it, or divide it into several documents`,
    source: `${folder}/slow.json`,
    isUnreachable: false,
  });
  expect(await expectEqualOutcomes(`${folder}/slow.json`)).toMatchObject({ rejected: [] });
});
