/** Roles, through the front door. Nobody is authenticated, so everyone has the defaults. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import {
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";
import { createScriptedModel, replyWithCalls, replyWithText } from "../support/scripted-model.ts";

let folder: string;
let api: RecordingApi;
let specchat: Specchat | undefined;
beforeAll(async () => {
  [folder, api] = await Promise.all([mkdtemp(join(tmpdir(), "roles-scenario-")), startApi()]);
});
afterAll(async () => {
  await specchat?.stop();
  await Promise.all([rm(folder, { recursive: true, force: true }), api.stop()]);
});

const createModel = () =>
  createScriptedModel([replyWithCalls(["c1", "createThing", { name: "n" }]), replyWithText("Not allowed.")]);

async function start(roles: string, model = createModel()): Promise<Specchat> {
  await specchat?.stop();
  specchat = undefined;
  const path = join(folder, "roles.yaml");
  await Bun.write(path, roles);
  const argv = ["--spec", api.spec, "--base-url", api.url, "--approve", "none", "--roles", path];
  specchat = await startSpecchat({ argv, model });
  return specchat;
}

test("a forbidden operation is neither offered nor called, in a conversation and over MCP", async () => {
  const model = createModel();
  const { url } = await start("defaults:\n  allow: [GET *]\nroles: {}\n", model);
  const chat = await NativeClient.connect(url);
  chat.send({ message: "create a thing" });
  expect(await chat.waitFor("tool_result")).toMatchObject({ name: "createThing", status: "failed" });
  await chat.waitFor("ai_response");
  chat.close();
  const offered = model.requests.map(({ tools }) => tools.map(({ name }) => name));
  expect(offered.flat()).not.toContain("createThing");
  expect(offered.flat()).toContain("getThing");

  const mcp = new Client({ name: "test", version: "1" });
  await mcp.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`)));
  const { tools } = await mcp.listTools();
  expect(tools.map(({ name }) => name)).not.toContain("createThing");
  const call = await mcp
    .callTool({ name: "createThing", arguments: { name: "n" } })
    .catch(({ code }) => code);
  expect(typeof call === "number" || call.isError).toBe(true);
  await mcp.close();
  expect(api.requests).toEqual([]);
});

test("a protocol that the roles do not allow is refused", async () => {
  const { url } = await start("defaults:\n  allow: ['*']\n  protocols: [native]\nroles: {}\n");
  const response = await fetch(`${url}/mcp`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json, text/event-stream" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
  });
  expect(response.status).toBe(403);
  expect(await response.text()).toContain("Your roles do not allow this protocol.");
});

test("limits of roles are refused at the start, since they are not kept", async () => {
  await expect(start("defaults:\n  limits: 1/minute\nroles: {}\n")).rejects.toThrow(
    /limits of roles are not kept yet; remove those of defaults/,
  );
});

test("the sample of the manual can be used", async () => {
  const manual = await Bun.file(join(import.meta.dir, "../../src/manual/roles.md")).text();
  const [, sample = ""] = /```yaml\n([\s\S]*?)```/.exec(manual) ?? [];
  const { app } = await start(sample);
  const { permissionsOf } = app.authorizer;
  const ticket = { name: "createTicket", method: "POST", path: "/tickets", tags: [] };
  const customer = { name: "deleteCustomer", method: "DELETE", path: "/customers/{id}", tags: [] };
  const roles = [[], ["support"], ["operations"]];
  expect(roles.map((names) => permissionsOf(names).operation(ticket))).toEqual([
    "forbidden",
    "ask",
    "allowed",
  ]);
  expect(roles.map((names) => permissionsOf(names).operation(customer))).toEqual([
    "forbidden",
    "forbidden",
    "forbidden",
  ]);
});
