/** A conversation is shared as a read-only copy under an unguessable link, and revoked. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { SharedSessionFrame } from "../../src/protocols/native/http-types.ts";
import { NativeClient, type Specchat, startSpecchat } from "../support/harness.ts";
import { createScriptedModel, replyWithText } from "../support/scripted-model.ts";

let specchat: Specchat;
let client: NativeClient;
let session = "";
/** The cookie of the browser that owns the session. */
let owner: Record<string, string>;

beforeAll(async () => {
  const model = createScriptedModel(() => replyWithText("Reply."));
  specchat = await startSpecchat({ argv: ["--share-links"], useDemoModel: true, model });
  const page = await fetch(`${specchat.url}/bedrock-chat/ui`);
  owner = { Cookie: page.headers.get("set-cookie")?.split(";")[0] ?? "" };
  client = await NativeClient.connect(specchat.url, owner);
  session = (await client.waitFor("connection_established")).session_id;
  await client.runTurn("First");
});

afterAll(async () => {
  client.close();
  await specchat.stop();
});

const request = (path: string, method = "GET", headers: Record<string, string> = owner) =>
  fetch(`${specchat.url}/bedrock-chat/${path}`, { method, headers });
const share = async (): Promise<string> =>
  (await (await request(`sessions/${session}/share`, "PUT")).json()).share.share_id;
const read = async (id: string) => {
  const response = await request(`shares/${id}`, "GET", {});
  const body: SharedSessionFrame = await response.json();
  return { status: response.status, robots: response.headers.get("x-robots-tag"), body };
};

test("The link shows the conversation as it was, without figures, and says nothing of its session.", async () => {
  const id = await share();
  await client.runTurn("Second");
  const { status, robots, body } = await read(id);
  expect([status, robots]).toEqual([200, "noindex"]);
  const common = { message_id: expect.any(String), timestamp: expect.any(String) };
  const rest = { tool_calls: [], tool_results: [] };
  expect(body).toEqual({
    title: "First",
    created_at: expect.any(String),
    messages: [
      { ...common, ...rest, role: "user", content: "First" },
      { ...common, ...rest, role: "assistant", content: "Reply.", stop_reason: "end_turn" },
    ],
  });
  expect(JSON.stringify(body)).not.toContain(session);
});

test("A copy is no session: nobody opens, lists or continues it.", async () => {
  const id = await share();
  expect((await request(`sessions/${id}`)).status).toBe(404);
  expect((await request(`sessions/${id}`, "GET", {})).status).toBe(404);
  const listed = await (await request("sessions")).json();
  expect(listed.sessions.map((one: { session_id: string }) => one.session_id)).toEqual([session]);
  const stranger = await NativeClient.connect(specchat.url);
  stranger.send({ type: "resume", session_id: id, last_seq: 0 });
  expect(await stranger.waitFor("error")).toMatchObject({ code: "session_not_found" });
  stranger.close();
});

test("Sharing again replaces the link, revoking ends it, and the session's own id is no link.", async () => {
  const first = await share();
  const second = await share();
  expect([(await read(first)).status, (await read(second)).status]).toEqual([404, 200]);
  expect(await (await request(`sessions/${session}/share`)).json()).toEqual({
    share: { share_id: second, created_at: expect.any(String) },
  });
  expect((await request(`sessions/${session}/share`, "DELETE")).status).toBe(204);
  expect([(await read(second)).status, (await read(session)).status]).toEqual([404, 404]);
  expect(await (await request(`sessions/${session}/share`)).json()).toEqual({ share: null });
});

test("Deleting the conversation revokes its link.", async () => {
  const id = await share();
  expect((await request(`sessions/${session}`, "DELETE")).status).toBe(204);
  expect((await read(id)).status).toBe(404);
});

test("Without the setting there is nothing to share.", async () => {
  const plain = await startSpecchat({ useDemoModel: true });
  const statuses = await Promise.all(
    [`sessions/${session}/share`, `shares/${session}`].map(
      async (path) => (await fetch(`${plain.url}/bedrock-chat/${path}`)).status,
    ),
  );
  await plain.stop();
  expect(statuses).toEqual([404, 404]);
});
