import { afterAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { DocumentError } from "../../../src/errors.ts";
import { readDescription, readDescriptionText } from "../../../src/openapi/read.ts";
import { createFolder, createRealIo, removeFolders } from "../reading.ts";

afterAll(removeFolders);

const VALID = JSON.stringify({ openapi: "3.0.3", info: { title: "A", version: "1" }, paths: {} });

/** Returns the message of the DocumentError that reading ends with. */
async function errorMessage(read: Promise<unknown>): Promise<string> {
  try {
    await read;
  } catch (error) {
    if (error instanceof DocumentError) return error.message;
    throw error;
  }
  throw new Error("reading did not fail");
}

describe("a text that cannot be read gives one clear line:", () => {
  const rows: readonly (readonly [string, string, string, string])[] = [
    ["an empty text", "a.json", " \n", "a.json: is empty"],
    [
      "HTML",
      "a.json",
      "<!DOCTYPE html><html></html>",
      "a.json: is an HTML page, not an OpenAPI document; pass the address of the JSON or YAML file",
    ],
    [
      "XML",
      "a.xml",
      "<?xml version='1.0'?>",
      "a.xml: is XML or HTML, not an OpenAPI document; pass the address of the JSON or YAML file",
    ],
    [
      "JSON with a missing value",
      "a.json",
      '{\n  "openapi": "3.0.3",\n  "info":\n}',
      "a.json: JSON syntax error at line 4, column 1: value expected",
    ],
    [
      "truncated JSON",
      "a.json",
      '{"openapi": "3.0.3", "info": {',
      "a.json: JSON syntax error at line 1, column 31: close brace expected",
    ],
    [
      "JSON with a trailing comma",
      "a.json",
      '{"openapi": "3.0.3",\n}',
      "a.json: JSON syntax error at line 2, column 1: property name expected",
    ],
    [
      "YAML with a tab",
      "a.yaml",
      "openapi: 3.0.3\ninfo:\n\ttitle: A\n",
      "a.yaml: YAML syntax error at line 3, column 1: Tabs are not allowed as indentation",
    ],
    [
      "YAML with an open bracket",
      "a.yaml",
      "openapi: 3.0.3\ntags: [a\npaths: {}\n",
      "a.yaml: YAML syntax error at line 3, column 1: Flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
    [
      "a plain sentence",
      "a.yaml",
      "Not found",
      "a.yaml: is not an OpenAPI document: it contains a string instead of an object",
    ],
    ["a list", "a.json", "[]", "a.json: is not an OpenAPI document: it contains a list instead of an object"],
    [
      "another object",
      "a.json",
      '{"name": "a"}',
      'a.json: is not an OpenAPI document: it has neither "openapi" nor "swagger"',
    ],
    [
      "AsyncAPI",
      "a.json",
      '{"asyncapi": "2.0.0"}',
      'a.json: is not an OpenAPI document: it has neither "openapi" nor "swagger"; it is an AsyncAPI document',
    ],
    [
      "OpenAPI 4",
      "a.json",
      '{"openapi": "4.0.0"}',
      "a.json: is OpenAPI 4.0.0; supported versions are 2.0, 3.0, 3.1 and 3.2",
    ],
    [
      "Swagger 1.2",
      "a.json",
      '{"swagger": "1.2"}',
      "a.json: is Swagger 1.2; supported versions are 2.0, 3.0, 3.1 and 3.2",
    ],
    [
      "paths that are a list",
      "a.json",
      '{"openapi": "3.0.3", "paths": []}',
      'a.json: is not an OpenAPI document: "paths" is not an object (at #/paths)',
    ],
  ];
  test.each(rows)("%s", async (_name, location, text, message) => {
    expect(await errorMessage(readDescriptionText(text, location))).toBe(message);
  });
});

describe("an unusual but valid text is read:", () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ["JSON with a byte order mark", "a.json", `\ufeff${VALID}`],
    ["JSON in a .yaml file", "a.yaml", VALID],
    ["a YAML flow mapping", "a", "{openapi: 3.0.3, info: {title: A, version: 1}, paths: {}}"],
    [
      "the first of several YAML documents",
      "a.yaml",
      "---\nopenapi: 3.0.3\ninfo: {title: A, version: '1'}\npaths: {}\n---\nb: 1\n",
    ],
    [
      "a version that is a number in YAML",
      "a.yaml",
      "swagger: 2.0\ninfo: {title: A, version: 1}\npaths: {}\n",
    ],
  ];
  test.each(rows)("%s", async (_name, location, text) => {
    expect(await readDescriptionText(text, location)).toMatchObject({
      title: "A",
      version: "1",
      operations: [],
    });
  });
});

describe("a document", () => {
  test("that is missing gives one clear line", async () => {
    expect(await errorMessage(readDescription("/no/such.yaml", createRealIo()))).toBe(
      "/no/such.yaml: there is no such file",
    );
  });

  test("that is a folder gives one clear line", async () => {
    const folder = await createFolder({ "a.json": VALID });
    expect(await errorMessage(readDescription(folder, createRealIo()))).toBe(
      `${folder}: is a folder, not a file`,
    );
  });

  test("at an unsupported URL gives one clear line", async () => {
    expect(await errorMessage(readDescription("ftp://a.com/a.json", createRealIo()))).toBe(
      "ftp://a.com/a.json: is not supported; pass a file, an http or https URL, or - for standard input",
    );
  });

  test("that is too large gives one clear line", async () => {
    const folder = await createFolder({ "a.json": VALID });
    const path = join(folder, "a.json");
    expect(await errorMessage(readDescription(path, createRealIo({ maxBytes: 50 })))).toBe(
      `${path}: is too large: the document and its references exceed 50 bytes`,
    );
  });

  test("in UTF-16 is read", async () => {
    const folder = await createFolder({});
    const path = join(folder, "a.json");
    await Bun.write(path, Buffer.from(`\ufeff${VALID}`, "utf16le"));
    expect((await readDescription(path, createRealIo())).title).toBe("A");
  });

  test("on standard input is read", async () => {
    const io = createRealIo({ readStdin: () => new Blob([VALID]).stream() });
    expect(await readDescription("-", io)).toMatchObject({ source: "standard input", title: "A" });
    const empty = createRealIo({ readStdin: () => new Blob([""]).stream() });
    expect(await errorMessage(readDescription("-", empty))).toBe("standard input: is empty");
  });
});

describe("a URL", () => {
  const otherServer = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response(VALID) });
  const authorizations: (string | null)[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request): Promise<Response> {
      const { pathname } = new URL(request.url);
      authorizations.push(request.headers.get("authorization"));
      if (pathname === "/moved") return Response.redirect("/spec", 302);
      if (pathname === "/round") return Response.redirect("/round", 302);
      if (pathname === "/elsewhere") return Response.redirect(otherServer.url.href, 302);
      if (pathname === "/private" && request.headers.get("authorization") !== "Bearer a")
        return new Response("", { status: 401 });
      if (pathname === "/slow") {
        await Bun.sleep(2000);
        return new Response(VALID);
      }
      if (pathname === "/endless")
        return new Response(
          new ReadableStream({
            pull: (controller) => controller.enqueue(new Uint8Array(65536).fill(32)),
          }),
        );
      if (pathname === "/gone") return new Response("", { status: 404 });
      return new Response(VALID);
    },
  });
  const base = server.url.origin;
  afterAll(async () => {
    await server.stop(true);
    await otherServer.stop(true);
  });

  test("is read, also after redirects and with the headers of its origin", async () => {
    expect(await readDescription(`${base}/spec`, createRealIo())).toMatchObject({
      title: "A",
      url: `${base}/spec`,
    });
    expect(await readDescription(`${base}/moved`, createRealIo())).toMatchObject({
      title: "A",
      url: `${base}/spec`,
    });
    const headers = { [base]: { authorization: "Bearer a" } };
    expect(await readDescription(`${base}/private`, createRealIo({ headers }))).toMatchObject({ title: "A" });
  });

  test("with credentials sends them as a header and does not show them", async () => {
    authorizations.length = 0;
    const { host } = server.url;
    const description = await readDescription(`http://me:s%40cret@${host}/spec`, createRealIo());
    expect(description).toMatchObject({ source: `${base}/spec`, url: `${base}/spec` });
    expect(authorizations).toEqual([`Basic ${btoa("me:s@cret")}`]);
    expect(await errorMessage(readDescription(`http://me:s@${host}/gone`, createRealIo()))).toStartWith(
      `${base}/gone: `,
    );
  });

  test("that redirects to another origin is not followed unless that host is allowed", async () => {
    const { host, origin } = otherServer.url;
    expect(await errorMessage(readDescription(`${base}/elsewhere`, createRealIo()))).toBe(
      `${base}/elsewhere: redirects to another origin, ${origin}; use that URL or allow it with --allow-hosts ${host}`,
    );
    expect(await readDescription(`${base}/elsewhere`, createRealIo({ allowHosts: [host] }))).toMatchObject({
      title: "A",
    });
  });

  test("that cannot be read gives one clear line", async () => {
    expect(await errorMessage(readDescription(`${base}/gone`, createRealIo()))).toBe(
      `${base}/gone: returned 404: there is no document at this URL; check it`,
    );
    expect(await errorMessage(readDescription(`${base}/private`, createRealIo()))).toBe(
      `${base}/private: returned 401: credentials are required; pass them with --spec-header`,
    );
    expect(await errorMessage(readDescription(`${base}/round`, createRealIo()))).toBe(
      `${base}/round: redirects more than 5 times`,
    );
    expect(await errorMessage(readDescription(`${base}/slow`, createRealIo({ timeoutMs: 50 })))).toBe(
      `${base}/slow: did not load within 0.05 seconds`,
    );
    expect(
      await errorMessage(readDescription(`${base}/endless`, createRealIo({ maxBytes: 1024 * 1024 }))),
    ).toBe(`${base}/endless: is too large: the document and its references exceed 1 MB`);
    expect(await errorMessage(readDescription("http://", createRealIo()))).toBe("http://: is not a URL");
    const message = await errorMessage(readDescription("http://127.0.0.1:1/spec.json", createRealIo()));
    expect(message).toStartWith("http://127.0.0.1:1/spec.json: cannot be reached: ");
  });
});
