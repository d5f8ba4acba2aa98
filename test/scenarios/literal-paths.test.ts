/** The literal text of a path template arrives as it stands, whatever it resembles; only what stands in braces is an argument. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Specchat, startSpecchat } from "../support/harness.ts";
import { type RawApi, startRawApi } from "../support/raw-api.ts";

const VALUES = { id: "7", kid: "8" };

/** Template → the target of the request, with `id` 7 and `kid` 8. */
const TEMPLATES: readonly (readonly [template: string, target: string])[] = [
  ["/a-{id}.json", "/a-7.json"],
  ["/x({id})", "/x(7)"],
  ["/{id}{kid}", "/78"],
  ["/id{id}id{kid}id", "/id7id8id"],
  ["/{id}/{id}/id", "/7/7/id"],
  ["/bids;{id}", "/bids;7"],
  ["/bids;id={id};kid=id", "/bids;id=7;kid=id"],
  ["/ids/{id}/kid/kids/{kid}", "/ids/7/kid/kids/8"],
  ["/{id}:cancel", "/7:cancel"],
  ["/{id}@{kid}!id", "/7@8!id"],
  ["/=={id}==,~id", "/==7==,~id"],
  ["/Items('{id}')/Default.Id(kid={kid})", "/Items('7')/Default.Id(kid=8)"],
  ["/$&/{id}", "/$&/7"],
  ["/$1/{id}$1", "/$1/7$1"],
  ["/$$/$'{id}", "/$$/$'7"],
  ["/$<id>/{id}", "/$%3Cid%3E/7"],
  ["/a+b c/{id}", "/a+b%20c/7"],
  ["/caf%C3%A9/{id}", "/caf%C3%A9/7"],
  ["/café/{id}", "/caf%C3%A9/7"],
  ["/%7Bid%7D/{id}", "/%7Bid%7D/7"],
  ["/%69d%2F/{id}", "/%69d%2F/7"],
  ["/100%/{id}", "/100%25/7"],
  ["/open/{id/{id}", "/open/%7Bid/7"],
  ["/close/id}/{id}", "/close/id%7D/7"],
  ["/double/{{id}}", "/double/%7B7%7D"],
  ["/:id/{id}/:kid/{kid}", "/:id/7/:kid/8"],
  ["/<id>/{id}", "/%3Cid%3E/7"],
  ["/express/:id/id", "/express/7/id"],
  ["/flask/<int:id>/id", "/flask/7/id"],
  ["/twice//{id}//id", "/twice//7//id"],
  ["/slash/{id}/", "/slash/7/"],
  ["/query/{id}?mode=id&kid={kid}", "/query/7?mode=id&kid=8"],
  ["/query?id={id}id&{kid}=kid", "/query?id=7id&8=kid"],
  ["/query/{id}?$filter=id eq '{kid}'", "/query/7?$filter=id%20eq%20%278%27"],
  ["/constructor/{id}/__proto__", "/constructor/7/__proto__"],
];

let api: RawApi;
let specchat: Specchat;
let folder: string;

beforeAll(async () => {
  api = await startRawApi();
  folder = await mkdtemp(join(tmpdir(), "specchat-paths-"));
  const paths = Object.fromEntries(
    TEMPLATES.map(([template], index) => [
      template,
      {
        get: {
          operationId: `operation${index}`,
          parameters: Object.keys(VALUES)
            .filter((name) => new RegExp(`[{:]${name}\\b`).test(template))
            .map((name) => ({ name, in: "path", required: true, schema: { type: "string" } })),
        },
      },
    ]),
  );
  // The names of its variables, and their text, are names of parameters.
  const server = {
    url: "{kid}://127.0.0.1:{id}/{bids}/id",
    variables: {
      kid: { default: "http" },
      id: { default: new URL(api.url).port },
      bids: { default: "kid" },
    },
  };
  const path = join(folder, "openapi.json");
  const info = { title: "Paths", version: "1" };
  await Bun.write(path, JSON.stringify({ openapi: "3.1.0", info, servers: [server], paths }));
  specchat = await startSpecchat({ argv: ["--spec", path], useDemoModel: true });
});

afterAll(async () => {
  await specchat.stop();
  api.stop();
  await rm(folder, { recursive: true });
});

let session: string | undefined;

async function callMcp(method: string, params: object): Promise<Response> {
  return await fetch(`${specchat.url}/mcp`, {
    method: "POST",
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json, text/event-stream",
      ...(session && { "Mcp-Session-Id": session }),
    },
  });
}

test.each(TEMPLATES.map(([template, target], index) => [template, target, index] as const))(
  "%s is sent as %s",
  async (template, target, index) => {
    session ??= await startSession();
    const before = api.requests.length;
    const names = Object.entries(VALUES).filter(([name]) => new RegExp(`[{:]${name}\\b`).test(template));
    const call = { name: `operation${index}`, arguments: Object.fromEntries(names) };
    const text = await (await callMcp("tools/call", call)).text();
    expect([api.requests.slice(before).map((request) => request.target), text]).toEqual([
      [`/kid/id${target}`],
      expect.stringContaining("ok"),
    ]);
  },
);

async function startSession(): Promise<string> {
  const params = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "a", version: "1" } };
  return (await callMcp("initialize", params)).headers.get("mcp-session-id") ?? "";
}
