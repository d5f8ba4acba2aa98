import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rename, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { watchDocuments } from "../../src/apis/watch-documents.ts";
import type { ReadIo } from "../../src/openapi/document/read-io.ts";
import {
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
  testPorts,
} from "../support/harness.ts";
import { createScriptedModel, replyWithText } from "../support/scripted-model.ts";

let folder: string;
let api: RecordingApi;
let specchat: Specchat;
let stop: AbortController;
let reload: () => void;

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

async function start(spec: string, ...argv: string[]): Promise<NativeClient> {
  return startWithIo({}, spec, ...argv);
}

async function startWithIo(io: Partial<ReadIo>, spec: string, ...argv: string[]): Promise<NativeClient> {
  specchat = await startSpecchat({
    argv: ["--spec", spec, ...argv],
    ports: { io: { ...testPorts().io, ...io } },
    model: createScriptedModel(() => replyWithText("Hello")),
  });
  const { apis, log } = specchat.app;
  reload = watchDocuments({ apis, log, fetch: (url, init) => fetch(url, init), pollMs: 20 }, stop.signal);
  const client = await NativeClient.connect(specchat.url);
  expect(await client.next()).toMatchObject({ type: "connection_established" });
  return client;
}

const toolNames = () => specchat.app.apis.current.toolbox.tools.map(({ name }) => name);

async function waitForLog(text: string): Promise<void> {
  while (!specchat.log.join("").includes(text)) await Bun.sleep(5);
}

test("a changed or replaced file is reloaded atomically, and sessions continue", async () => {
  const spec = `${folder}/api.json`;
  await Bun.write(spec, document(api.url, "one"));
  const client = await start(spec);
  await client.runTurn("hi");
  await Bun.write(spec, document(api.url, "one", "two"));
  expect(await client.waitFor("notice")).toMatchObject({
    code: "spec_reloaded",
    message: expect.stringContaining("2 tools"),
  });
  expect(toolNames()).toEqual(["one", "two"]);
  await Bun.write(`${folder}/new.json`, document(api.url, "three"));
  await rename(`${folder}/new.json`, spec);
  await client.waitFor("notice");
  expect(toolNames()).toEqual(["three"]);
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

test("a broken document, or one with another server, is not loaded, and the log says why", async () => {
  const spec = `${folder}/api.json`;
  await Bun.write(spec, document(api.url, "one"));
  const client = await start(spec);
  await Bun.write(spec, "{broken");
  await waitForLog("keeping previous documents code=document_outdated detail=");
  expect(specchat.log.join("")).toContain(`${spec}: `);
  await Bun.write(spec, document("http://elsewhere.test", "one", "two"));
  await waitForLog("now names the server http://elsewhere.test");
  expect(toolNames()).toEqual(["one"]);
  client.close();
});

test("a document that would send a client secret to another origin is not loaded", async () => {
  const spec = `${folder}/api.json`;
  const documentWith = (tokenUrl: string, fields = {}) => {
    const clientCredentials = { tokenUrl, scopes: {} };
    const securitySchemes = { client: { type: "oauth2", flows: { clientCredentials } } };
    return JSON.stringify({
      ...JSON.parse(document(api.url, "one")),
      ...fields,
      components: { securitySchemes },
    });
  };
  await Bun.write(spec, documentWith("/token"));
  const client = await start(spec, "--api-credential", "client: id:s3cret");
  await Bun.write(spec, documentWith("http://elsewhere.test/token", { paths: {} }));
  await waitForLog("now fetches tokens for client from http://elsewhere.test");
  expect(toolNames()).toEqual(["one"]);
  await Bun.write(spec, documentWith(`${api.url}/v2/token`, { paths: {} }));
  await client.waitFor("notice");
  expect(toolNames()).toEqual([]);
  client.close();
});

test("a URL is requested with its ETag, and reloaded when the ETag changes", async () => {
  let version = 1;
  const etags: (string | null)[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const etag = `"v${version}"`;
      etags.push(request.headers.get("if-none-match"));
      if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304 });
      return new Response(document(api.url, `version${version}`), { headers: { ETag: etag } });
    },
  });
  const client = await start(`http://127.0.0.1:${server.port}/openapi.json`);
  while (etags.filter((tag) => tag === '"v1"').length < 20) await Bun.sleep(5);
  expect(specchat.log.join("")).not.toContain("documents reloaded");
  version = 2;
  await client.waitFor("notice");
  expect(toolNames()).toEqual(["version2"]);
  client.close();
  await server.stop(true);
});

/** Serves `text()` without an ETag to requests with the credential. */
function servePrivately(authorization: string, text: (path: string) => string | Response) {
  const refused: string[] = [];
  const requested: string[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const { pathname } = new URL(request.url);
      requested.push(pathname);
      if (request.headers.get("authorization") === authorization) {
        const content = text(pathname);
        return typeof content === "string" ? new Response(content) : content;
      }
      refused.push(pathname);
      return new Response(null, { status: 401 });
    },
  });
  // One request at the start, one for the baseline, and one that is compared with it.
  const waitForPolls = async (path: string) => {
    while (requested.filter((one) => one === path).length < 3) await Bun.sleep(5);
  };
  return { refused, waitForPolls, url: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) };
}

test("a private URL is requested with its header, and compared by its text without an ETag", async () => {
  let version = 1;
  const server = servePrivately("Bearer s3cret", () => document(api.url, `version${version}`));
  const client = await start(`${server.url}/api.json`, "--spec-header", "Authorization: Bearer s3cret");
  await server.waitForPolls("/api.json");
  version = 2;
  while (toolNames()[0] !== "version2") await Bun.sleep(5);
  expect(server.refused).toEqual([]);
  client.close();
  await server.stop();
});

test("a URL with a changed redirect is reloaded with its password", async () => {
  let version = 1;
  const server = servePrivately(`Basic ${btoa("ann:p w")}`, (path) =>
    path === "/latest"
      ? new Response(null, { status: 302, headers: { Location: `/v${version}.json` } })
      : document(api.url, path.slice(1, -".json".length)),
  );
  const client = await start(`${server.url.replace("//", "//ann:p%20w@")}/latest`);
  expect(toolNames()).toEqual(["v1"]);
  await server.waitForPolls("/latest");
  version = 2;
  while (toolNames()[0] !== "v2") await Bun.sleep(5);
  expect(server.refused).toEqual([]);
  client.close();
  await server.stop();
});

test("Previous versions are released.", async () => {
  const spec = `${folder}/api.json`;
  await Bun.write(spec, document(api.url, "one"));
  const client = await start(spec);
  const versions: WeakRef<object>[] = [];
  for (const name of ["two", "three", "four"]) {
    const { toolbox, describedApis } = specchat.app.apis.current;
    versions.push(new WeakRef(toolbox), new WeakRef(describedApis));
    await Bun.write(spec, document(api.url, name));
    await waitForTools(name);
  }
  while (versions.some((version) => version.deref() !== undefined)) {
    Bun.gc(true);
    await Bun.sleep(10);
  }
  client.close();
});

test("SIGHUP reloads the document", async () => {
  const spec = `${folder}/api.json`;
  await Bun.write(spec, document(api.url, "one"));
  const client = await start(spec);
  reload();
  await client.waitFor("notice");
  expect(toolNames()).toEqual(["one"]);
  client.close();
});

/** Waits until the tools have these names. Changes are noticed within four seconds; the limit is that of the test. */
async function waitForTools(...names: string[]): Promise<void> {
  while (!Bun.deepEquals(toolNames(), names)) await Bun.sleep(10);
}

const failuresInLog = () => specchat.log.filter((line) => line.includes("reload failed"));

test("A folder that is gone for a moment is logged once, and its new documents are used.", async () => {
  const spec = `${folder}/specs/api.json`;
  await Bun.write(spec, document(api.url, "one"));
  const client = await start(spec);
  await rm(`${folder}/specs`, { recursive: true });
  await waitForLog("keeping previous documents code=document_outdated detail=");
  expect(toolNames()).toEqual(["one"]);
  await Bun.sleep(1000);
  expect(failuresInLog()).toEqual([expect.stringContaining(`${spec}: there is no such file`)]);
  reload();
  while (failuresInLog().length < 2) await Bun.sleep(5);
  await Bun.write(spec, document(api.url, "two"));
  await waitForTools("two");
  await Bun.write(spec, document(api.url, "two", "three"));
  await waitForTools("two", "three");
  reload();
  while (specchat.log.filter((line) => line.includes("documents reloaded")).length < 3) await Bun.sleep(5);
  expect(failuresInLog()).toHaveLength(2);
  client.close();
});

/** Replaces a link in one step, as Kubernetes and deployments do. */
async function switchLink(target: string, link: string): Promise<void> {
  await symlink(target, `${link}.new`);
  await rename(`${link}.new`, link);
}

test("A switched link to a release, to a file or to a folder above is noticed.", async () => {
  for (const release of ["1", "2"])
    await Bun.write(`${folder}/releases/${release}/specs/api.json`, document(api.url, `release${release}`));
  await symlink("releases/1", `${folder}/current`);
  const client = await start(`${folder}/current/specs/api.json`);
  expect(toolNames()).toEqual(["release1"]);
  await switchLink("releases/2", `${folder}/current`);
  await waitForTools("release2");
  await switchLink(`${folder}/releases/1`, `${folder}/current`);
  await waitForTools("release1");
  await rename(`${folder}/releases`, `${folder}/old`);
  await Bun.write(`${folder}/releases/1/specs/api.json`, document(api.url, "replaced"));
  await waitForTools("replaced");
  client.close();
});

test("The swap of a mounted ConfigMap is noticed for documents, overlays and referenced files.", async () => {
  const path = (name: string, more: object = {}) =>
    JSON.stringify({ get: { operationId: name, responses: {}, ...more } });
  const write = async (version: string, name: string, summary: string) => {
    const data = `${folder}/mount/..${version}`;
    const root = { ...JSON.parse(document(api.url)), paths: { "/a": { $ref: "path.json" } } };
    const overlay = {
      overlay: "1.0.0",
      info: { title: "Words", version: "1" },
      actions: [{ target: "$.info", update: { title: summary } }],
    };
    await Bun.write(`${data}/spec.json`, JSON.stringify(root));
    await Bun.write(`${data}/path.json`, path(name));
    await Bun.write(`${data}/words.json`, JSON.stringify(overlay));
  };
  await write("1", "one", "First");
  await symlink("..1", `${folder}/mount/..data`);
  for (const file of ["spec.json", "path.json", "words.json"])
    await symlink(`..data/${file}`, `${folder}/mount/${file}`);
  const client = await start(`${folder}/mount/spec.json`, "--overlay", `${folder}/mount/words.json`);
  expect([toolNames(), specchat.app.apis.current.titles]).toEqual([["one"], ["First"]]);
  await write("2", "two", "Second");
  await switchLink("..2", `${folder}/mount/..data`);
  await waitForTools("two");
  expect(specchat.app.apis.current.titles).toEqual(["Second"]);
  client.close();
});

test("A document that cannot be read does not keep the others from being reloaded.", async () => {
  const [one, two] = [`${folder}/one/api.json`, `${folder}/two/api.json`];
  await Bun.write(one, document(api.url, "one"));
  await Bun.write(two, document(api.url, "two"));
  const client = await start(`one=${one}`, "--spec", `two=${two}`);
  await rm(`${folder}/one`, { recursive: true });
  await waitForLog(`${one}: there is no such file`);
  await Bun.write(two, document(api.url, "two", "three"));
  await waitForTools("one", "two", "three");
  await Bun.write(two, document("http://elsewhere.test", "four"));
  await waitForLog("now names the server http://elsewhere.test");
  await Bun.write(two, document(api.url, "two"));
  await waitForTools("one", "two");
  await Bun.write(one, document(api.url, "five"));
  await waitForTools("five", "two");
  expect(failuresInLog()).toEqual([
    expect.stringContaining(`${one}: there is no such file`),
    expect.stringContaining("now names the server http://elsewhere.test"),
  ]);
  client.close();
});

test("A new version at a URL that could not be fetched is fetched again.", async () => {
  let version = 1;
  let failures = 0;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const isPoll = request.headers.has("if-none-match");
      if (version === 2 && !isPoll && failures++ < 2) return new Response(null, { status: 503 });
      return new Response(document(api.url, `version${version}`), { headers: { ETag: `"v${version}"` } });
    },
  });
  const client = await start(`http://127.0.0.1:${server.port}/openapi.json`);
  await Bun.sleep(100);
  version = 2;
  await waitForTools("version2");
  expect(failuresInLog()).toHaveLength(1);
  client.close();
  await server.stop(true);
});

/** A document of schemas that all refer to each other. */
function documentOfSchemas(count: number): string {
  const properties = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`p${index}`, { $ref: `#/components/schemas/S${index}` }]),
  );
  const schemas = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`S${index}`, { properties }]),
  );
  const content = { "application/json": { schema: { $ref: "#/components/schemas/S0" } } };
  const paths = { "/slow": { post: { operationId: "slow", requestBody: { content } } } };
  return JSON.stringify({ ...JSON.parse(document(api.url)), paths, components: { schemas } });
}

test("A document that takes too long is refused once, while people are served, and the next one is used.", async () => {
  const spec = `${folder}/api.json`;
  await Bun.write(spec, document(api.url, "one"));
  const client = await startWithIo({ maxReadMs: 100 }, spec);
  await Bun.write(spec, documentOfSchemas(700));
  let answered = 0;
  while (failuresInLog().length === 0) answered += (await fetch(`${specchat.url}/livez`)).ok ? 1 : 0;
  expect(answered).toBeGreaterThan(2);
  expect(failuresInLog()).toEqual([expect.stringContaining("reading it takes longer than 0.1 seconds")]);
  expect(toolNames()).toEqual(["one"]);
  await Bun.write(spec, document(api.url, "two"));
  await waitForTools("two");
  client.close();
});

test("A ring of allOf in a new version costs its operation only.", async () => {
  const spec = `${folder}/api.json`;
  await Bun.write(spec, document(api.url, "one"));
  const client = await start(spec);
  const ring = (name: string) => ({ allOf: [{ $ref: `#/components/schemas/${name}` }] });
  const content = { "application/json": { schema: { $ref: "#/components/schemas/A" } } };
  const root = JSON.parse(document(api.url, "two"));
  const paths = { ...root.paths, "/ring": { post: { operationId: "ring", requestBody: { content } } } };
  await Bun.write(
    spec,
    JSON.stringify({ ...root, paths, components: { schemas: { A: ring("B"), B: ring("A") } } }),
  );
  await waitForTools("two");
  expect(specchat.app.apis.current.toolbox.rejected).toEqual([
    { method: "POST", path: "/ring", reason: expect.stringContaining("is infinitely recursive") },
  ]);
  client.close();
});
