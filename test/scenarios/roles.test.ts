/** Roles over every protocol: what they forbid is neither offered nor called, by no path. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { HttpAgent } from "@ag-ui/client";
import { createBedrockAgent } from "../../src/model/agent/index.ts";
import { watchUnmatchedRules } from "../../src/turns/unmatched-rules.ts";
import { type AgentStandIn, startAgentStandIn } from "../bedrock/agent.ts";
import { connect as connectMcp, createHttpTransport, REVISIONS } from "../protocols/mcp/client.ts";
import {
  NativeClient,
  type RecordingApi,
  type Specchat,
  type StartOptions,
  startApi,
} from "../support/harness.ts";
import { PROTOCOL_TURNS } from "../support/protocol-turns.ts";
import { headersOf, startWithRoles } from "../support/role-server.ts";
import {
  createScriptedModel,
  replyWithCalls,
  replyWithText,
  type ScriptedModel,
} from "../support/scripted-model.ts";
import { type JsonFrame, SocketClient } from "../support/socket-client.ts";

const SMALL = "amazon.nova-micro-v1:0";
const LARGE = "amazon.nova-pro-v1:0";
const SPEC = `${import.meta.dir}/../fixtures/linked-things.yaml`;
const ROLES = {
  roles: {
    reader: { allow: ["listThings"], models: [SMALL] },
    writer: { allow: ["*"], deny: [{ tag: "danger" }] },
    owner: { allow: ["*"], models: ["*"] },
    mobile: { allow: ["*"], protocols: ["native"] },
  },
};
const BUILTINS_OF_MCP = ["read_result", "search_result", "query_result", "fetch_all"];
const BUILTINS = [...BUILTINS_OF_MCP, "show_chart"];
/** Calls of which a reader may make only the last. */
const FORBIDDEN = [
  ["deleteThing", { id: "1" }],
  ["delete_thing", { id: "1" }],
  ["functions.deleteThing", { id: "1" }],
  ["auditReport", {}],
  ["fetch_all", { tool: "auditReport", arguments: {} }],
  ["fetch_all", { tool: "deleteThing", arguments: { id: "1" } }],
  ["createThing", { name: "x" }],
  ["getThing", { id: "1" }],
  ["listThings", {}],
] as const;
const READER = "rita@acme:reader";
const OWNER = "olga@acme:owner";

let api: RecordingApi;
let agents: AgentStandIn;
let specchat: Specchat | undefined;
let model: ScriptedModel;

beforeEach(async () => {
  [api, agents] = await Promise.all([startApi(), startAgentStandIn()]);
});

afterEach(async () => {
  await specchat?.stop();
  specchat = undefined;
  await Promise.all([api.stop(), agents.stop()]);
});

/** @param calls the calls that the model makes before it replies. */
async function start(
  calls: readonly (readonly [string, Record<string, unknown>])[] = [],
  options: StartOptions & { readonly roles?: object | string } = {},
): Promise<string> {
  model = createScriptedModel(({ messages }) => {
    const made = messages.filter(({ role }) => role === "assistant").length;
    const next = calls[made];
    return next ? replyWithCalls([`c${made}`, next[0], next[1]]) : replyWithText("Well.");
  });
  const agentPort = createBedrockAgent({
    region: "us-east-1",
    endpoint: agents.url,
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    connectTimeoutMs: 5000,
    idleTimeoutMs: 60_000,
  });
  specchat = await startWithRoles(options.roles ?? ROLES, {
    ...options,
    argv: [
      "--spec",
      SPEC,
      "--base-url",
      api.url,
      "--model",
      SMALL,
      "--models",
      LARGE,
      "--approve",
      "none",
      ...(options.argv ?? []),
    ],
    model,
    ports: { agents: agentPort, ...options.ports },
  });
  return specchat.url;
}

async function post(path: string, body: object, user: string): Promise<Response> {
  return await fetch(`${specchat?.url}${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headersOf(user) },
    body: JSON.stringify(body),
  });
}

const HISTORY = [{ role: "user", content: "Go on" }];
/** Runs one turn over each protocol and returns its response as text. */
const TURNS = Object.fromEntries(
  Object.entries(PROTOCOL_TURNS).map(([name, run]) => [
    name,
    (user: string) => run({ url: specchat?.url ?? "", model: SMALL, headers: headersOf(user) }),
  ]),
);
const turns = Object.entries(TURNS);

describe("A model that calls what its user may not use", () => {
  test.each(turns)("over %s reaches only what they may use.", async (_name, run) => {
    await start(FORBIDDEN);
    expect(await run(READER)).toContain("Well.");
    expect(api.requests).toEqual(["GET /things"]);
    const offered = model.requests.flatMap(({ tools }) => tools.map(({ name }) => name));
    expect([...new Set(offered)]).toEqual(["listThings", ...BUILTINS]);
  });

  test("with another role makes them, and descriptions name only operations that the role allows.", async () => {
    await start(FORBIDDEN);
    expect(await TURNS.langchain?.(OWNER)).toBeDefined();
    expect(model.requests[0]?.tools.find(({ name }) => name === "getThing")?.description).toContain(
      "deleteThing",
    );
    await specchat?.stop();
    await start(FORBIDDEN);
    await TURNS.langchain?.("will@acme:writer");
    const [request] = model.requests;
    expect(JSON.stringify(request?.tools)).not.toContain("deleteThing");
    expect(request?.tools.find(({ name }) => name === "getThing")?.description).toContain(
      "Leads to getThing",
    );
    expect(api.requests.filter((line) => line.startsWith("DELETE"))).toEqual([]);
  });

  test("neither finds, describes nor calls it in tool-search mode.", async () => {
    await start(
      [
        ["find_operations", { queries: ["delete a thing", "audit report"] }],
        ["describe_operation", { names: ["deleteThing", "DELETE /things/{id}", "getThing"] }],
        ["call_operation", { name: "deleteThing", arguments: { id: "1" } }],
        ["call_operation", { name: "DELETE /things/{id}", arguments: { id: "1" } }],
        ["fetch_all", { tool: "call_operation", arguments: { name: "auditReport", arguments: {} } }],
        ["call_operation", { name: "createThing", arguments: { name: "x" } }],
      ],
      { argv: ["--tool-budget", "1"] },
    );
    await TURNS.langchain?.("will@acme:writer");
    expect(api.requests).toEqual(['POST /things {"name":"x"}']);
    const seen = JSON.stringify([
      ...model.requests.flatMap(({ tools, system }) => [system, ...tools]),
      ...(model.requests.at(-1)?.messages.filter(({ role }) => role === "results") ?? []),
    ]);
    expect(seen).not.toContain("Delete a thing");
    expect(seen).not.toContain("Read the audit report");
  });
});

test("A link to the next page leads to no other operation.", async () => {
  await api.stop();
  api = await startApi(() =>
    Response.json(
      { items: [{ id: 1 }], next: "/reports/audit?page=2" },
      { headers: { Link: '</reports/audit?page=2>; rel="next"' } },
    ),
  );
  await start([["fetch_all", { tool: "listThings", arguments: {} }]]);
  await TURNS.langchain?.(READER);
  expect(new Set(api.requests.map((line) => line.split("?")[0]))).toEqual(new Set(["GET /things"]));
});

test("A client's own tool that is named like a forbidden operation is the client's to run.", async () => {
  await start([["deleteThing", { id: "1" }]]);
  const tool = { type: "function", function: { name: "deleteThing", parameters: { type: "object" } } };
  const response = await post(
    "/v1/chat/completions",
    { model: SMALL, messages: HISTORY, tools: [tool] },
    READER,
  );
  const { choices } = (await response.json()) as { choices: { finish_reason: string }[] };
  expect([choices[0]?.finish_reason, api.requests]).toEqual(["tool_calls", []]);
});

describe("Calls without a model", () => {
  test.each(REVISIONS)("MCP of %s lists and calls only what is allowed.", async (revision) => {
    const url = await start();
    const listNames = async (user: string) => {
      const client = await connectMcp(createHttpTransport(url, { headers: headersOf(user) }), { revision });
      const { tools } = await client.listTools();
      return { client, names: tools.map(({ name }) => name) };
    };
    const reader = await listNames(READER);
    const owner = await listNames(OWNER);
    expect(reader.names).toEqual(["listThings", ...BUILTINS_OF_MCP]);
    expect(owner.names).toContain("deleteThing");
    const isRefused = async (name: string, values: Record<string, unknown>) =>
      await reader.client.callTool({ name, arguments: values }).then(
        ({ isError }) => isError === true,
        ({ message }: Error) => message.startsWith("Unknown tool"),
      );
    const refusals = [];
    for (const [name, values] of FORBIDDEN) refusals.push(await isRefused(name, values));
    expect(refusals).toEqual(FORBIDDEN.map(([name]) => name !== "listThings"));
    expect(api.requests).toEqual(["GET /things"]);
    await Promise.all([reader.client.close(), owner.client.close()]);
  });

  test("A list of JSON-RPC requests reaches nothing that one request does not.", async () => {
    await start();
    const call = (id: number, name: string) => ({
      jsonrpc: "2.0",
      id,
      method: "tools/call",
      params: { name, arguments: { id: "1" } },
    });
    const response = await post("/mcp", [call(1, "deleteThing"), call(2, "auditReport")], READER);
    await response.text();
    expect(api.requests).toEqual([]);
  });

  test("The dashboard lists and calls only what is allowed.", async () => {
    await start();
    const client = await SocketClient.connect(specchat?.url ?? "", "/ws", headersOf(READER));
    const names = ["deleteThing", "auditReport", "fetch_all", "listThings"];
    client.send({ id: "0", type: "list_tools" });
    for (const [index, tool] of names.entries())
      client.send({
        id: String(index + 1),
        type: "mcp_call",
        tool,
        arguments: tool === "listThings" ? {} : { id: "1", tool: "auditReport" },
      });
    await client.waitUntil(() => client.frames.filter(({ id }) => id !== undefined).length === 5);
    const listed = client.frames.find(({ id }) => id === "0");
    expect(listed.result.tools.map(({ name }: JsonFrame) => name)).toEqual(["listThings"]);
    expect(api.requests).toEqual(["GET /things"]);
    client.terminate();
  });

  test("A Bedrock agent that returns control gets nothing done.", async () => {
    await start();
    const invocation = (name: string) => ({
      functionInvocationInput: {
        actionGroup: "things",
        function: name,
        parameters: name === "listThings" ? [] : [{ name: "id", type: "string", value: "1" }],
      },
    });
    const event = (name: string) => ({
      events: [{ returnControl: { invocationId: name, invocationInputs: [invocation(name)] } }],
    });
    agents.script([event("deleteThing")]);
    await (await post("/api/agent/stream", { input_text: "x", agent_id: "AGENT123" }, READER)).text();
    agents.script([event("listThings"), { events: [{ chunk: "Done." }] }]);
    await (await post("/api/agent/stream", { input_text: "x", agent_id: "AGENT123" }, READER)).text();
    expect(api.requests).toEqual(["GET /things"]);
  });
});

describe("Approval", () => {
  const roles = (fields: object) => ({ roles: { user: { allow: ["*"], ...fields } } });
  const pending = async (): Promise<[NativeClient, JsonFrame]> => {
    const client = await NativeClient.connect(specchat?.url ?? "", headersOf("uma@acme:user"));
    client.send({ type: "hello", capabilities: ["approval"] });
    client.send({ message: "Go on" });
    return [client, await client.waitFor("approval_request", "ai_response")];
  };

  test("`ask` needs it in spite of --approve none, `never` in spite of --approve all.", async () => {
    const calls = [["createThing", { name: "x" }]] as const;
    await start(calls, { roles: roles({ approval: { ask: ["createThing"] } }) });
    expect((await pending())[1].type).toBe("approval_request");
    expect(api.requests).toEqual([]);
    await specchat?.stop();
    await start(calls, { roles: roles({ approval: { never: ["*"] } }), argv: ["--approve", "all"] });
    expect((await pending())[1].type).toBe("ai_response");
    expect(api.requests).toEqual(['POST /things {"name":"x"}']);
  });

  test("What the document confirms is asked about in spite of `never`, but not of `waive`.", async () => {
    const calls = [["deleteThing", { id: "1" }]] as const;
    await start(calls, { roles: roles({ approval: { never: ["*"] } }) });
    expect((await pending())[1].type).toBe("approval_request");
    await specchat?.stop();
    await start(calls, { roles: roles({ approval: { waive: [{ tag: "danger" }] } }) });
    expect((await pending())[1].type).toBe("ai_response");
    expect(api.requests).toEqual(["DELETE /things/1"]);
  });

  test.each(["once", "session"])(
    "A call that was approved %s is not sent when the roles forbid it by then.",
    async (scope) => {
      const calls = [
        ["deleteThing", { id: "1" }],
        ["deleteThing", { id: "2" }],
      ] as const;
      await start(calls, { roles: roles({}) });
      const [client, question] = await pending();
      if (scope === "session") {
        client.send({ type: "approve", approval_id: question.approval_id, approved: true, scope });
        await client.waitFor("ai_response");
        expect(api.requests).toEqual(["DELETE /things/1", "DELETE /things/2"]);
      }
      forbidDanger();
      const before = api.requests.length;
      if (scope === "once")
        client.send({ type: "approve", approval_id: question.approval_id, approved: true, scope });
      else client.send({ message: "Once more" });
      await client.waitFor("ai_response");
      expect(api.requests.slice(before)).toEqual([]);
      client.close();
    },
  );

  const forbidDanger = () =>
    specchat?.app.authorizer.replace({ roles: { user: { allow: ["*"], deny: [{ tag: "danger" }] } } });
  const headers = headersOf("uma@acme:user");

  test.each(REVISIONS)("MCP of %s sends nothing that is forbidden when it is approved.", async (revision) => {
    const url = await start([], { roles: roles({}) });
    const onElicit = () => {
      forbidDanger();
      return "accept" as const;
    };
    const client = await connectMcp(createHttpTransport(url, { headers }), { revision, onElicit });
    await expect(client.callTool({ name: "deleteThing", arguments: { id: "1" } })).rejects.toThrow(
      "Unknown tool",
    );
    expect(api.requests).toEqual([]);
    await client.close();
  });

  test("AG-UI sends nothing that is forbidden when it is approved, also when the answer comes twice.", async () => {
    const url = await start([["deleteThing", { id: "1" }]], { roles: roles({}) });
    const agent = new HttpAgent({ url: `${url}/bedrock-chat/ag-ui`, headers, threadId: "t" });
    agent.addMessage({ id: "m", role: "user", content: "Go on" });
    await agent.runAgent();
    const resume = agent.pendingInterrupts.map(({ id }) => ({
      interruptId: id,
      status: "resolved" as const,
      payload: { approved: true },
    }));
    expect(resume).toHaveLength(1);
    forbidDanger();
    await agent.runAgent({ resume });
    await agent.runAgent({ resume }).catch(() => undefined);
    expect(api.requests).toEqual([]);
  });

  test("Roles that change during a turn hold for its next call.", async () => {
    await api.stop();
    api = await startApi(() => {
      specchat?.app.authorizer.replace({ roles: { user: { allow: ["*"], deny: ["auditReport"] } } });
      return Response.json([]);
    });
    const calls = [
      ["listThings", {}],
      ["auditReport", {}],
    ] as const;
    await start(calls, { roles: roles({}) });
    await TURNS.langchain?.("uma@acme:user");
    expect(api.requests).toEqual(["GET /things"]);
    expect(JSON.stringify(model.requests.at(-1)?.messages)).toContain("roles do not allow it");
  });
});

describe("Models", () => {
  test("Lists have only those that are allowed, and others cannot be selected.", async () => {
    const url = await start();
    const list = async (user: string) =>
      (await (await fetch(`${url}/v1/models`, { headers: headersOf(user) })).json()).data.map(
        ({ id }: JsonFrame) => id,
      );
    expect([await list(READER), await list(OWNER)]).toEqual([[SMALL], [SMALL, LARGE]]);
    const client = await NativeClient.connect(url, headersOf(READER));
    expect(await client.next()).toMatchObject({ model: SMALL, models: [SMALL], tools: 1 });
    client.send({ message: "hi", model: LARGE });
    expect(await client.next()).toMatchObject({ type: "error", code: "bad_request" });
    client.close();
    const select = async (path: string, body: object) =>
      (await post(path, { ...body, model: LARGE }, READER)).status;
    expect(await select("/v1/chat/completions", { messages: HISTORY })).toBe(404);
    expect(await select("/v1/responses", { input: "hi" })).toBe(404);
    expect(await select("/v1/messages", { max_tokens: 9, messages: HISTORY })).toBe(404);
    expect(await select("/v1/messages/count_tokens", { messages: HISTORY })).toBe(404);
    expect(await select("/api/v1/chat", { message: "hi" })).toBe(400);
    expect(
      await select("/bedrock-chat/ai", {
        id: "b",
        messages: [{ id: "1", role: "user", parts: [{ type: "text", text: "hi" }] }],
      }),
    ).toBe(400);
    expect((await fetch(`${url}/v1/models/${LARGE}`, { headers: headersOf(READER) })).status).toBe(404);
    expect(model.requests).toEqual([]);
  });

  test("A role has its own default, and without any model there is no turn.", async () => {
    await start([], {
      roles: { roles: { big: { allow: [], defaultModel: LARGE }, none: { allow: [], models: [] } } },
    });
    await TURNS.langchain?.("bob@acme:big");
    expect(model.requests.map((request) => request.model)).toEqual([LARGE]);
    expect((await post("/api/v1/chat", { message: "hi" }, "nat@acme:none")).status).toBe(403);
    expect(model.requests).toHaveLength(1);
  });

  test("Another model takes over only where the role allows it.", async () => {
    await start();
    await TURNS.langchain?.(READER);
    await TURNS.langchain?.(OWNER);
    expect(
      model.requests.map(({ allowsFallback }) => [SMALL, LARGE].map((id) => allowsFallback?.(id))),
    ).toEqual([
      [true, false],
      [true, true],
    ]);
  });
});

describe("Protocols", () => {
  const others = turns.filter(([name]) => name !== "native");

  test.each(others)("A role without %s is refused.", async (_name, run) => {
    await start();
    const refused = await run("mia@acme:mobile").catch(({ message }: Error) => message);
    expect(refused).toMatch(/Your roles do not allow this protocol|cannot connect/);
    expect(model.requests).toEqual([]);
  });

  test("403 has the shape of the protocol, and the allowed protocol works.", async () => {
    await start();
    const statuses = async (path: string) => {
      const response = await post(path, {}, "mia@acme:mobile");
      return [response.status, await response.json()];
    };
    expect(await statuses("/v1/chat/completions")).toMatchObject([403, { error: { code: "forbidden" } }]);
    expect(await statuses("/v1/messages")).toMatchObject([
      403,
      { type: "error", error: { type: "permission_error" } },
    ]);
    expect((await statuses("/mcp"))[0]).toBe(403);
    expect(await TURNS.native?.("mia@acme:mobile")).toContain("Well.");
  });
});

test.each([
  ["native", "/bedrock-chat/ws", { type: "ping" }],
  ["dashboard", "/ws", { id: 1, type: "ping" }],
  ["completions", "/ws/chat/completions", { question: "hello", session_id: "s" }],
])(
  "An open socket of %s is refused once the roles do not allow its protocol, until they do.",
  async (_name, path, frame) => {
    const url = await start();
    const client = await SocketClient.connect(url, path, headersOf(OWNER));
    const answerTo = async () => {
      client.send(frame);
      return JSON.stringify(await client.readUntil("pong", "end", "error", "auth_error"));
    };
    expect(await answerTo()).not.toContain("roles");
    specchat?.app.authorizer.replace({ roles: { owner: { allow: ["*"], protocols: ["mcp"] } } });
    expect(await answerTo()).toContain("Your roles do not allow this protocol.");
    specchat?.app.authorizer.replace({ roles: { owner: { allow: ["*"] } } });
    expect(await answerTo()).not.toContain("roles");
    client.close();
  },
);

test("Rules that forbid or ask and match no operation are a warning, again when others do.", async () => {
  const user = {
    allow: ["none"],
    deny: ["delete /things/*", { tag: "Danger" }, "DELETE,PUT /things"],
    approval: { forbidden: ["auditreport"], ask: ["createThing"], never: ["none"] },
  };
  await start([], { roles: { defaults: { deny: [{ method: "TRACE" }] }, roles: { user } } });
  if (!specchat) throw new Error("no server");
  const { app, log } = specchat;
  const warnings = () => log.filter((line) => line.includes("match no operation"));
  watchUnmatchedRules(app);
  expect(warnings()).toHaveLength(1);
  for (const rule of [
    'defaults.deny {"method":"TRACE"}; roles.user.deny {"tag":"Danger"}; roles.user.deny DELETE,PUT /things',
    "; roles.user.approval.forbidden auditreport",
  ])
    expect(warnings()[0]?.replaceAll("\\", "")).toContain(rule);
  expect(warnings()[0]).not.toContain("createThing");
  app.authorizer.replace({ roles: { user: { ...user, deny: [{ tag: "danger" }], approval: {} } } });
  expect(warnings()).toHaveLength(1);
  app.authorizer.replace({ roles: { user: { deny: ["deleteThings"] } } });
  expect(warnings()).toHaveLength(2);
});

describe("The file of the roles", () => {
  test("has a sample in the manual that can be used.", async () => {
    const manual = await Bun.file(`${import.meta.dir}/../../src/manual/roles.md`).text();
    const [, sample = ""] = /```yaml\n([\s\S]*?)```/.exec(manual) ?? [];
    const path = `${await mkdtemp(`${tmpdir()}/roles-scenario-`)}/roles.yaml`;
    await Bun.write(path, sample);
    await start([], { roles: path });
    await rm(dirname(path), { recursive: true });
    const ticket = { name: "createTicket", method: "POST", path: "/tickets", tags: [] };
    const customer = { name: "deleteCustomer", method: "DELETE", path: "/customers/{id}", tags: [] };
    const permissions = [[], ["support"], ["operations"]].map((names) =>
      specchat?.app.authorizer.permissionsOf(names),
    );
    expect(permissions.map((one) => [one?.operation(ticket), one?.operation(customer)])).toEqual([
      ["forbidden", "forbidden"],
      ["ask", "forbidden"],
      ["allowed", "forbidden"],
    ]);
  });
});
