/** Shared helpers: create documents around one part, and read that part. */
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonSchema } from "../../src/chat/types.ts";
import type { ReadIo } from "../../src/openapi/document/read-io.ts";
import { readDescriptionText } from "../../src/openapi/read.ts";
import type { ApiDescription, Operation } from "../../src/openapi/types.ts";

export type Version = "2.0" | "3.0.3" | "3.1.0" | "3.2.0";

/** Creates a document of a version with the additional fields `more`. */
export function createDocument(version: Version, more: object): string {
  const versionField = version === "2.0" ? { swagger: version } : { openapi: version };
  return JSON.stringify({ ...versionField, info: { title: "Test", version: "1" }, ...more });
}

export function readDocument(version: Version, more: object): Promise<ApiDescription> {
  return readDescriptionText(createDocument(version, more), "test.json");
}

/** Returns the only operation of a document. Throws with the reason when it was rejected. */
export async function readOnlyOperation(version: Version, more: object): Promise<Operation> {
  const { operations, rejected } = await readDocument(version, more);
  const [operation] = operations;
  if (operation === undefined || operations.length + rejected.length > 1)
    throw new Error(`not one operation: ${JSON.stringify(rejected)}`);
  return operation;
}

/** Reads a schema as a JSON body. Returns the result and the definitions that it needs. */
export async function readBodySchema(
  version: Exclude<Version, "2.0">,
  schema: unknown,
  schemas: object = {},
): Promise<{ schema: JsonSchema | undefined; definitions: Readonly<Record<string, JsonSchema>> }> {
  const operation = await readOnlyOperation(version, {
    paths: { "/a": { post: { requestBody: { content: { "application/json": { schema } } } } } },
    components: { schemas },
  });
  return { schema: operation.body?.content[0]?.schema, definitions: operation.definitions };
}

/** Creates the IO of a real server. */
export function createRealIo(more: Partial<ReadIo> = {}): ReadIo {
  return {
    fetch: (url, init) => fetch(url, init),
    readFile: (path) => Bun.file(path),
    realPath: (path) => realpath(path),
    readStdin: () => new Blob([]).stream(),
    ...more,
  };
}

const folders: string[] = [];

/** Removes all folders. For `afterAll` of a file that calls `createFolder`. */
export async function removeFolders(): Promise<void> {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
}

/** Creates a temporary folder with the given files. Values that are not strings are written as JSON. */
export async function createFolder(files: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "specchat-openapi-"));
  folders.push(folder);
  for (const [name, content] of Object.entries(files))
    await Bun.write(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  return folder;
}
