import { afterEach, beforeEach, expect, test } from "bun:test";
import { type RecordingApi, type Specchat, startApi, startSpecchat } from "../support/harness.ts";
import { SocketClient } from "../support/socket-client.ts";

let specchat: Specchat;
let api: RecordingApi;
beforeEach(async () => {
  api = await startApi();
  const argv = ["--spec", api.spec, "--base-url", api.url, "--approve", "none", "--rate-limit", "3/hour"];
  specchat = await startSpecchat({ argv, useDemoModel: true });
});
afterEach(async () => {
  await specchat.stop();
  await api.stop();
});

const ATTEMPTS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const writes = () => api.requests.filter((request) => request.startsWith("POST"));
const WRITE_TOOL = "createThing";

test("Sessions that a client creates count, whatever cookie and address it makes up.", async () => {
  const statuses: number[] = [];
  for (const attempt of ATTEMPTS) {
    const headers = {
      Cookie: `specchat_caller=${crypto.randomUUID()}`,
      "X-Forwarded-For": `192.0.2.${attempt}`,
      Origin: specchat.url,
    };
    const response = await fetch(`${specchat.url}/api/v1/sessions`, { method: "POST", body: "{}", headers });
    statuses.push(response.status);
  }
  expect(statuses).toEqual([201, 201, 201, ...Array(9).fill(429)]);
});

test("Tool calls of the dashboard count.", async () => {
  const client = await SocketClient.connect(specchat.url, "/ws");
  await client.next();
  for (const id of ATTEMPTS)
    client.send({ id, type: "mcp_call", tool: WRITE_TOOL, arguments: { name: "x" } });
  for (const _ of ATTEMPTS) await client.next();
  client.close();
  expect(writes()).toHaveLength(3);
});

test("Tool calls over MCP count.", async () => {
  const post = (body: object, session?: string) =>
    fetch(`${specchat.url}/mcp`, {
      method: "POST",
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, ...body }),
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json, text/event-stream",
        ...(session && { "Mcp-Session-Id": session }),
      },
    });
  const params = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "a", version: "1" } };
  const session = (await post({ method: "initialize", params })).headers.get("mcp-session-id") ?? "";
  const call = {
    method: "tools/call",
    params: { name: WRITE_TOOL, arguments: { name: "x" } },
  };
  for (const _ of ATTEMPTS) await (await post(call, session)).text();
  expect(writes()).toHaveLength(3);
});
