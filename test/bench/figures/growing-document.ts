/** Documents with any number of operations. */

/** Writes a document with so many operations to a folder and returns its path. */
export async function writeDocument(folder: string, operations: number): Promise<string> {
  const paths = Object.fromEntries(
    Array.from({ length: operations }, (_, index) => [
      `/resources-${index}/{id}`,
      {
        get: {
          operationId: `getResource${index}`,
          summary: `Get a resource of kind ${index}`,
          parameters: [
            { name: "id", in: "path", required: true, schema: { type: "string" } },
            { name: "fields", in: "query", schema: { type: "array", items: { type: "string" } } },
          ],
          responses: { "200": { description: "The resource" } },
        },
      },
    ]),
  );
  const document = { openapi: "3.1.0", info: { title: "Resources", version: "1" }, paths };
  const path = `${folder}/${operations}.json`;
  await Bun.write(path, JSON.stringify(document));
  return path;
}
