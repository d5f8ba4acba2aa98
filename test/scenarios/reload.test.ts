import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { watchDocuments } from "../../src/apis/watch-documents.ts";
import {
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";
import { createScriptedModel, replyWithText } from "../support/scripted-model.ts";

let folder: string;
let api: RecordingApi;
let specchat: Specchat;
let stop: AbortController;
let changed: () => void;

const document = (server: string, ...operations: string[]) =>
  JSON.stringify({
    openapi: "3.0.3",
    info: { title: "Things", version: "1" },
    servers: [{ url: server }],
    paths: Object.fromEntries(
      operations.map((name) => [`/${name}`, { get: { operationId: name, responses: {} } }]),
    ),
  });

beforeEach(async () => {
  folder = await mkdtemp(`${tmpdir()}/specchat-reload-`);
  api = await startApi();
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  await specchat.stop();
  await Promise.all([api.stop(), rm(folder, { recursive: true })]);
});

async function start(spec: string, ...more: string[]): Promise<NativeClient> {
  specchat = await startSpecchat({
    argv: ["--spec", spec, ...more],
    model: createScriptedModel(() => replyWithText("Hello")),
  });
  const { apis, log } = specchat.app;
  changed = watchDocuments({ apis, log, fetch: (url, init) => fetch(url, init), pollMs: 20 }, stop.signal);
  const client = await NativeClient.connect(specchat.url);
  expect(await client.next()).toMatchObject({ type: "connection_established" });
  return client;
}

const names = () => specchat.app.apis.current.toolbox.tools.map(({ name }) => name);

async function logged(text: string): Promise<void> {
  while (!specchat.log.join("").includes(text)) await Bun.sleep(5);
}

test("a file that changes, or is replaced as editors do, is swapped in whole, and sessions go on", async () => {
  const spec = `${folder}/api.json`;
  await Bun.write(spec, document(api.url, "one"));
  const client = await start(spec);
  await client.runTurn("hi");
  await Bun.write(spec, document(api.url, "one", "two"));
  expect(await client.waitFor("notice")).toMatchObject({
    code: "spec_reloaded",
    message: expect.stringContaining("2 tools"),
  });
  expect(names()).toEqual(["one", "two"]);
  await Bun.write(`${folder}/new.json`, document(api.url, "three"));
  await rename(`${folder}/new.json`, spec);
  await client.waitFor("notice");
  expect(names()).toEqual(["three"]);
  await client.runTurn("again");
  client.send({ type: "history" });
  expect((await client.waitFor("history")).messages.map(({ content }) => content)).toEqual([
    "hi",
    "Hello",
    "again",
    "Hello",
  ]);
  expect(specchat.log.join("")).not.toContain("WARNING");
  client.close();
});

test("a broken document, and one that names another server, leave the old one in use and say why", async () => {
  const spec = `${folder}/api.json`;
  await Bun.write(spec, document(api.url, "one"));
  const client = await start(spec);
  await Bun.write(spec, "{broken");
  await logged("keeping previous documents detail=");
  expect(specchat.log.join("")).toContain(`${spec}: `);
  await Bun.write(spec, document("http://elsewhere.test", "one", "two"));
  await logged("now names the server http://elsewhere.test");
  expect(names()).toEqual(["one"]);
  client.close();
});

test("a document that sends a client's secret to another address leaves the old one in use", async () => {
  const spec = `${folder}/api.json`;
  const asking = (tokenUrl: string, more = {}) => {
    const clientCredentials = { tokenUrl, scopes: {} };
    const securitySchemes = { client: { type: "oauth2", flows: { clientCredentials } } };
    return JSON.stringify({
      ...JSON.parse(document(api.url, "one")),
      ...more,
      components: { securitySchemes },
    });
  };
  await Bun.write(spec, asking("/token"));
  const client = await start(spec, "--api-credential", "client: id:s3cret");
  await Bun.write(spec, asking("http://elsewhere.test/token", { paths: {} }));
  await logged("now fetches tokens for client from http://elsewhere.test");
  expect(names()).toEqual(["one"]);
  await Bun.write(spec, asking(`${api.url}/v2/token`, { paths: {} }));
  await client.waitFor("notice");
  expect(names()).toEqual([]);
  client.close();
});

test("a URL is asked with its ETag, and read again when that has changed", async () => {
  let version = 1;
  const seen: (string | null)[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const etag = `"v${version}"`;
      seen.push(request.headers.get("if-none-match"));
      if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304 });
      return new Response(document(api.url, `version${version}`), { headers: { ETag: etag } });
    },
  });
  const client = await start(`http://127.0.0.1:${server.port}/openapi.json`);
  while (seen.filter((tag) => tag === '"v1"').length < 20) await Bun.sleep(5);
  expect(specchat.log.join("")).not.toContain("documents reloaded");
  version = 2;
  await client.waitFor("notice");
  expect(names()).toEqual(["version2"]);
  client.close();
  await server.stop(true);
});

/** Serves `text()` to those who prove who they are, with no word on its version. */
function servePrivately(authorization: string, text: (path: string) => string | Response) {
  const refused: string[] = [];
  const asked: string[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const { pathname } = new URL(request.url);
      asked.push(pathname);
      if (request.headers.get("authorization") === authorization) {
        const answer = text(pathname);
        return typeof answer === "string" ? new Response(answer) : answer;
      }
      refused.push(pathname);
      return new Response(null, { status: 401 });
    },
  });
  // Once by the start, once by the first look, which the next ones are compared with.
  const looked = async (path: string) => {
    while (asked.filter((one) => one === path).length < 3) await Bun.sleep(5);
  };
  return { refused, looked, url: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) };
}

test("a private URL is asked with its header, and one without an ETag for its text", async () => {
  let version = 1;
  const server = servePrivately("Bearer s3cret", () => document(api.url, `version${version}`));
  const client = await start(`${server.url}/api.json`, "--spec-header", "Authorization: Bearer s3cret");
  await server.looked("/api.json");
  version = 2;
  while (names()[0] !== "version2") await Bun.sleep(5);
  expect(server.refused).toEqual([]);
  client.close();
  await server.stop();
});

test("a URL that leads elsewhere than before is read again, with the password it was given", async () => {
  let version = 1;
  const server = servePrivately(`Basic ${btoa("ann:p w")}`, (path) =>
    path === "/latest"
      ? new Response(null, { status: 302, headers: { Location: `/v${version}.json` } })
      : document(api.url, path.slice(1, -".json".length)),
  );
  const client = await start(`${server.url.replace("//", "//ann:p%20w@")}/latest`);
  expect(names()).toEqual(["v1"]);
  await server.looked("/latest");
  version = 2;
  while (names()[0] !== "v2") await Bun.sleep(5);
  expect(server.refused).toEqual([]);
  client.close();
  await server.stop();
});

test("being asked to (SIGHUP) reads the document again", async () => {
  const spec = `${folder}/api.json`;
  await Bun.write(spec, document(api.url, "one"));
  const client = await start(spec);
  changed();
  await client.waitFor("notice");
  expect(names()).toEqual(["one"]);
  client.close();
});
