/** Tests the list of tools of the page: what a caller may use, and the request that a call would send. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { type RecordingApi, type Specchat, startApi, startSpecchat } from "../support/harness.ts";

let folder: string;
let api: RecordingApi;
let specchat: Specchat;
let tools: string;

beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/specchat-tools-`);
  api = await startApi();
  const roles = {
    roles: {},
    defaults: { allow: ["GET *", "createThing"], deny: ["getThing"], approval: { ask: ["listThings"] } },
  };
  await Bun.write(`${folder}/roles.json`, JSON.stringify(roles));
  specchat = await startSpecchat({
    argv: [
      ...["--spec", api.spec, "--base-url", api.url, "--roles", `${folder}/roles.json`],
      ...["--api-header", "X-Secret: hidden-value"],
    ],
  });
  tools = `${specchat.url}/bedrock-chat/tools`;
});

afterAll(async () => {
  await specchat.stop();
  await Promise.all([api.stop(), rm(folder, { recursive: true })]);
});

const dryRun = (name: string, body: string) =>
  fetch(`${tools}/${name}/request`, {
    method: "POST",
    body,
    headers: { "Content-Type": "application/json" },
  });

test("The list has what the caller may use, and whether it needs approval.", async () => {
  expect(await (await fetch(tools)).json()).toEqual({
    tools: [
      {
        ...{ name: "listThings", summary: "List the things", method: "GET", path: "/things", tags: [] },
        ...{ read_only: true, needs_approval: true },
      },
      {
        ...{ name: "createThing", summary: "Create a thing", method: "POST", path: "/things", tags: [] },
        ...{ read_only: false, needs_approval: true },
      },
    ],
  });
});

test("A tool has its description and its schema.", async () => {
  expect(await (await fetch(`${tools}/createThing`)).json()).toMatchObject({
    name: "createThing",
    description: expect.stringContaining("Create a thing"),
    input_schema: { type: "object", required: ["name"], properties: { name: { type: "string" } } },
  });
});

test("A dry run returns the exact request with its secrets masked, and sends nothing.", async () => {
  const response = await dryRun("createThing", '{"arguments":{"name":"pen\\u202e","size":9007199254740993}}');
  const text = await response.text();
  expect(JSON.parse(text)).toEqual({
    method: "POST",
    url: `${api.url}/things`,
    headers: { "X-Secret": expect.not.stringContaining("hidden") },
    body: '{"name":"pen\\u202e","size":9007199254740993}',
  });
  expect(api.requests).toEqual([]);
});

test("A dry run names the arguments that are wrong.", async () => {
  const response = await dryRun("listThings", '{"arguments":{"limit":0}}');
  expect([response.status, await response.json()]).toMatchObject([
    400,
    { detail: expect.stringContaining("limit") },
  ]);
});

test("A forbidden tool does not exist.", async () => {
  const found = await Promise.all([
    fetch(`${tools}/getThing`),
    dryRun("getThing", '{"arguments":{"id":"1"}}'),
  ]);
  const missing = await Promise.all([fetch(`${tools}/none`), dryRun("none", '{"arguments":{"id":"1"}}')]);
  const read = (responses: Response[]) =>
    Promise.all(responses.map(async (response) => [response.status, await response.json()]));
  expect(await read(found)).toEqual(await read(missing));
});

test("A session that is not the caller's is refused.", async () => {
  const response = await dryRun(
    "listThings",
    '{"arguments":{},"session_id":"0b9a2f0e-1111-4111-8111-111111111111"}',
  );
  expect(response.status).toBe(404);
});
