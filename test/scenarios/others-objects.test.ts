/** What belongs to another user does not exist for a client, and the audit log says who asked for it. Administrators of texts may read. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectMcp, createHttpTransport } from "../protocols/mcp/client.ts";
import { type CallerName, type Matrix, startMatrix } from "../support/access-callers.ts";
import { NativeClient } from "../support/harness.ts";

type Headers = Readonly<Record<string, string>>;
type Entry = Readonly<Record<string, unknown>>;

let folder: string;
let matrix: Matrix;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "others-objects-"));
  matrix = await startMatrix("--audit-log", join(folder, "audit.jsonl"));
});
afterAll(async () => {
  await matrix.stop();
  await rm(folder, { recursive: true, force: true });
});

async function send(method: string, path: string, headers: Headers, body?: object) {
  const response = await fetch(`${matrix.specchat.url}${path}`, {
    method,
    headers: { ...headers, ...(body && { "Content-Type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

/** Runs work and returns what it has recorded. */
async function recordedBy(work: () => Promise<unknown>): Promise<readonly Entry[]> {
  const start = await mark();
  await work();
  const end = await mark();
  return (await readEntries()).slice(start + 1, end);
}

/** Records an entry, and returns its position once it is written. */
async function mark(): Promise<number> {
  const act = randomUUID();
  matrix.specchat.app.audit.record({ event: "administration", act });
  for (;;) {
    const position = (await readEntries()).findIndex((entry) => entry.act === act);
    if (position >= 0) return position;
    await Bun.sleep(2);
  }
}

async function readEntries(): Promise<readonly Entry[]> {
  const lines = (await readFile(join(folder, "audit.jsonl"), "utf8")).split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Entry);
}

/** Requests for an object by its id, with what the audit log calls it. */
function requestsFor(id: Readonly<Record<"session" | "file" | "approval", string>>) {
  const session = `/bedrock-chat/sessions/${id.session}`;
  return [
    ["GET", session, undefined, `session ${id.session}`],
    ["PATCH", session, { title: "Mine" }, `session ${id.session}`],
    ["DELETE", session, undefined, `session ${id.session}`],
    ["GET", `${session}/export`, undefined, `session ${id.session}`],
    ["GET", `${session}/calls/c1/result`, undefined, `session ${id.session}`],
    ["GET", `${session}/calls/c1/request`, undefined, `session ${id.session}`],
    ["POST", `${session}/stop`, {}, `session ${id.session}`],
    ["POST", `${session}/branches`, { before: "m" }, `session ${id.session}`],
    ["PUT", `${session}/feedback`, { message_id: "m", rating: "up" }, `session ${id.session}`],
    ["GET", `${session}/share`, undefined, `session ${id.session}`],
    ["PUT", `${session}/share`, {}, `session ${id.session}`],
    ["DELETE", `${session}/share`, undefined, `session ${id.session}`],
    [
      "POST",
      "/bedrock-chat/tools/createThing/request",
      { arguments: { name: "n" }, session_id: id.session },
      `session ${id.session}`,
    ],
    ["GET", `/api/v1/sessions/${id.session}`, undefined, `session ${id.session}`],
    ["GET", `/bedrock-chat/files/${id.file}`, undefined, `file ${id.file}`],
    ["GET", `/api/v1/approvals/${id.approval}`, undefined, `approval ${id.approval}`],
    ["POST", `/api/v1/approvals/${id.approval}/approve`, {}, `approval ${id.approval}`],
  ] as const;
}

describe("A request for another user's object", () => {
  test.each<CallerName>(["other user", "other organization"])(
    "is answered like one for an object that does not exist, and is recorded: %s.",
    async (caller) => {
      const { session, file, request } = matrix.belongings;
      const theirs = { session, file: file.split("/").at(-1) ?? "", approval: request };
      const none = randomUUID();
      const made = { session: none, file: none, approval: none };
      const missing = requestsFor(made);
      for (const [index, [method, path, body, subject]] of requestsFor(theirs).entries()) {
        const other = missing[index];
        if (!other) throw new Error("no request");
        const answers: { status: number; text: string }[] = [];
        const entries = await recordedBy(async () => {
          answers.push(await send(method, path, matrix.headers[caller], body));
        });
        const denials = [{ event: "denied", reason: "authorization", code: "other_owner", subject }];
        expect([method, path, entries]).toEqual([
          method,
          path,
          denials.map((denial) => expect.objectContaining(denial)),
        ]);
        const nothing = await recordedBy(async () => {
          answers.push(await send(other[0], other[1], matrix.headers[caller], other[2]));
        });
        expect([path, nothing]).toEqual([path, []]);
        const texts = answers.map(({ status, text }) =>
          JSON.stringify({ status, text }).replaceAll(theirs.session, none).replaceAll(request, none),
        );
        expect(texts[0]).toBe(texts[1] as string);
        expect(answers[0]?.status).toBe(404);
      }
    },
  );

  test("is recorded over MCP and WebSockets too.", async () => {
    const { approval, session, file } = matrix.belongings;
    const headers = matrix.headers["other user"];
    const uri = `specchat://files/${file.split("/").at(-1)}`;
    const ask = (caller: CallerName, body: object) =>
      send("POST", "/v1/responses", matrix.headers[caller], { model: matrix.belongings.model, ...body });
    const response = JSON.parse((await ask("right", { input: "hi", store: true })).text).id;
    const entries = await recordedBy(async () => {
      const refused = await ask("other user", { input: "hi", previous_response_id: response });
      expect(refused.status).toBe(400);
      const mcp = await connectMcp(createHttpTransport(matrix.specchat.url, { headers }));
      expect(mcp.readResource({ uri })).rejects.toThrow();
      await mcp.readResource({ uri }).catch(() => undefined);
      await mcp.close();
      const client = await NativeClient.connect(matrix.specchat.url, headers);
      client.send({ type: "resume", session_id: session, last_seq: 0 });
      expect((await client.waitFor("error")).code).toBe("session_not_found");
      for (const approval_id of [approval, randomUUID()]) {
        for (const decision of [
          { type: "approve", approval_id, approved: true },
          { type: "edit", approval_id, tool_call_id: "c3", arguments: { name: "y" } },
        ]) {
          client.send(decision);
          expect((await client.waitFor("error")).code).toBe("approval_not_found");
        }
      }
      client.close();
    });
    const denied = entries.filter(({ event }) => event === "denied").map(({ subject }) => subject);
    expect([...new Set(denied)]).toEqual([
      `response ${response}`,
      `file ${file.split("/").at(-1)}`,
      `session ${session}`,
      `approval ${approval}`,
    ]);
  });
});

describe("Conversations of others", () => {
  const paths = () => {
    const { session } = matrix.belongings;
    return [`/bedrock-chat/sessions/${session}`, `/bedrock-chat/sessions/${session}/export?format=markdown`];
  };

  test("are read by an administrator of texts of the same organization, and each reading is recorded.", async () => {
    const auditor = await matrix.signIn({ sub: "auditor", roles: ["auditor"] });
    const texts: string[] = [];
    const entries = await recordedBy(async () => {
      for (const path of paths()) texts.push((await send("GET", path, auditor)).text);
    });
    for (const text of texts) expect(text).toContain("Read.");
    const reading = {
      ...{ event: "administration", act: "texts_read", subject: `session ${matrix.belongings.session}` },
      ...{ user: "auditor", organization: "acme" },
    };
    expect(entries).toEqual([expect.objectContaining(reading), expect.objectContaining(reading)]);
  });

  test("are changed, continued and downloaded by nobody else.", async () => {
    const auditor = await matrix.signIn({ sub: "auditor", roles: ["auditor"] });
    const { session, file, request } = matrix.belongings;
    const all = requestsFor({ session, file: file.split("/").at(-1) ?? "", approval: request });
    const statuses = [];
    for (const [method, path, body] of all)
      if (!paths().includes(path) && !path.endsWith("/export"))
        statuses.push((await send(method, path, auditor, body)).status);
    statuses.push(
      (await send("POST", "/api/v1/chat", auditor, { message: "hi", session_id: session })).status,
    );
    // The session is the first of the requests and the only one that is read.
    expect([...new Set(statuses)]).toEqual([404]);
  });

  test.each([
    ["an administrator of usage", { sub: "eve", roles: ["administrator"] }],
    [
      "an administrator of texts of another organization",
      { sub: "eve", org: "umbrella", roles: ["auditor"] },
    ],
    ["another user", { sub: "eve" }],
  ])("are not read by %s.", async (_name, claims) => {
    const headers = await matrix.signIn(claims);
    for (const path of paths()) expect((await send("GET", path, headers)).status).toBe(404);
  });
});

test("An administrator sees the usage of its own organization, and one of texts sees none.", async () => {
  const usageOf = async (claims: Readonly<Record<string, unknown>>) => {
    const headers = await matrix.signIn(claims);
    const { status, text } = await send("GET", "/bedrock-chat/usage?by=caller", headers);
    return [status, status === 200 ? JSON.parse(text).usage.length : undefined];
  };
  expect(await usageOf({ sub: "eve", roles: ["administrator"] })).toEqual([200, 2]);
  expect(await usageOf({ sub: "eve", org: "umbrella", roles: ["administrator"] })).toEqual([200, 0]);
  expect(await usageOf({ sub: "eve", roles: ["auditor"] })).toEqual([403, undefined]);
});
