/** An approval of the ag-ui protocol is for the exact request that was shown, and is used once. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { HttpAgent, type Interrupt, type Message } from "@ag-ui/client";
import { type StandIn, startBedrock } from "../../bedrock/index.ts";
import {
  createBedrockAt,
  MODEL,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../../support/harness.ts";

let bedrock: StandIn;
let api: RecordingApi;
let specchat: Specchat;
let folder: string;

beforeEach(async () => {
  [bedrock, api] = await Promise.all([startBedrock(), startApi()]);
  folder = await mkdtemp(`${tmpdir()}/specchat-ag-ui-`);
  await copyFile(api.spec, `${folder}/things.yaml`);
  specchat = await start();
});

afterEach(async () => {
  await specchat.stop();
  await Promise.all([bedrock.stop(), api.stop(), rm(folder, { recursive: true })]);
});

function start(): Promise<Specchat> {
  return startSpecchat({
    argv: ["--spec", `${folder}/things.yaml`, "--base-url", api.url, "--model", MODEL],
    model: createBedrockAt(bedrock.url),
  });
}

async function editDocument(edit: (text: string) => string): Promise<void> {
  const path = `${folder}/things.yaml`;
  await Bun.write(path, edit(await Bun.file(path).text()));
  await specchat.app.apis.reload();
}

const moveCreateThing = (text: string) => text.replace("    post:\n", "  /orders:\n    post:\n");
const box = { name: "createThing", input: { body: { name: "box" } } };
const jar = { name: "createThing", input: { body: { name: "jar" } } };
const approve = ({ id }: Interrupt) => ({
  interruptId: id,
  status: "resolved" as const,
  payload: { approved: true },
});

/** A client with a history of its own. `run` returns how the run ended: its interrupts, its outcome or its error. */
function connect(threadId = "t1", messages: readonly Message[] = []) {
  const agent = new HttpAgent({
    url: `${specchat.url}/bedrock-chat/ag-ui`,
    threadId,
    initialMessages: structuredClone([...messages]),
  });
  const run = async (resume?: ReturnType<typeof approve>[]): Promise<unknown> => {
    let end: unknown;
    await agent
      .runAgent(resume ? { resume } : {}, {
        onRunErrorEvent({ event }) {
          end = event.code;
        },
        onRunFinishedEvent({ event }) {
          end = event.outcome?.type;
        },
      })
      .catch(() => undefined);
    return end;
  };
  const ask = (content: string) => {
    agent.addMessage({ id: crypto.randomUUID(), role: "user", content });
    return run();
  };
  return { agent, run, ask };
}

function shownRequests({ pendingInterrupts }: HttpAgent): readonly unknown[] {
  return pendingInterrupts.map(({ metadata }) => metadata?.request);
}

test("An answer that is sent again runs nothing, whatever the thread is called.", async () => {
  bedrock.script([{ calls: [box] }, { text: "Done." }, { text: "Done." }, { text: "Done." }]);
  const { agent, run, ask } = connect();
  expect(await ask("Make a box")).toBe("interrupt");
  const messages = [...agent.messages];
  const resume = agent.pendingInterrupts.map(approve);
  expect(await run(resume)).toBe("success");
  for (const threadId of ["t1", "t2", "", "t1 "])
    expect(await connect(threadId, messages).run(resume)).toBe("approval_not_found");
  expect(api.requests).toEqual(['POST /things {"name":"box"}']);
});

test("A refused call cannot be approved with the same question.", async () => {
  bedrock.script([{ calls: [box] }, { text: "Very well." }, { text: "Done." }]);
  const { agent, run, ask } = connect();
  await ask("Make a box");
  const messages = [...agent.messages];
  const resume = agent.pendingInterrupts.map(approve);
  expect(await run(resume.map((entry) => ({ ...entry, payload: { approved: false } })))).toBe("success");
  expect(await connect("t1", messages).run(resume)).toBe("approval_not_found");
  expect(api.requests).toEqual([]);
});

test("A call that would send another request after a reload is asked about again.", async () => {
  bedrock.script([{ calls: [box, jar] }, { text: "Done." }]);
  const { agent, run, ask } = connect();
  await ask("Make two");
  const first = agent.pendingInterrupts.map(approve);
  await editDocument(moveCreateThing);
  expect(await run(first)).toBe("interrupt");
  expect(api.requests).toEqual([]);
  const request = (name: string) => ({
    method: "POST",
    url: `${api.url}/orders`,
    body: `{"name":"${name}"}`,
  });
  expect(shownRequests(agent)).toMatchObject([request("box"), request("jar")]);
  expect(await run(agent.pendingInterrupts.map(approve))).toBe("success");
  expect(api.requests).toEqual(['POST /orders {"name":"box"}', 'POST /orders {"name":"jar"}']);
  // Clients show a question at a call of the same run, so the calls have new ids. The history is valid for the model.
  const calls = agent.messages.flatMap((message) =>
    message.role === "assistant" ? (message.toolCalls ?? []) : [],
  );
  expect(new Set(calls.map(({ id }) => id)).size).toBe(4);
  expect(bedrock.requests.map(({ refusal }) => refusal)).toEqual([undefined, undefined]);
});

test("A reload that changes nothing of the request asks nothing.", async () => {
  bedrock.script([{ calls: [box] }, { text: "Done." }]);
  const { agent, run, ask } = connect();
  await ask("Make a box");
  await editDocument((text) => text.replace("Create a thing", "Make a thing"));
  expect(await run(agent.pendingInterrupts.map(approve))).toBe("success");
  expect(api.requests).toEqual(['POST /things {"name":"box"}']);
});

test("A call that the client changes in its history is asked about again; the others run.", async () => {
  bedrock.script([{ calls: [box, jar] }, { text: "Done." }]);
  const { agent, ask } = connect();
  await ask("Make two");
  const changed = JSON.parse(JSON.stringify(agent.messages).replace("jar", "bus")) as readonly Message[];
  const forged = connect("t1", changed);
  expect(await forged.run(agent.pendingInterrupts.map(approve))).toBe("interrupt");
  expect(shownRequests(forged.agent)).toMatchObject([{ body: '{"name":"bus"}' }]);
  expect(api.requests).toEqual(['POST /things {"name":"box"}']);
});

test("A call that nobody was asked about is asked about.", async () => {
  bedrock.script([{ text: "Done." }]);
  const call = (id: string) => ({
    id,
    type: "function" as const,
    function: { name: "createThing", arguments: '{"body":{"name":"box"}}' },
  });
  const history = (...ids: readonly string[]): readonly Message[] => [
    { id: "u", role: "user", content: "Make a box" },
    { id: "a", role: "assistant", toolCalls: ids.map(call) },
  ];
  const yes = approve({ id: "made-up", reason: "tool_call" });
  const { agent, run } = connect("t1", history("made-up"));
  expect(await run([yes])).toBe("interrupt");
  expect(api.requests).toEqual([]);
  expect(await run(agent.pendingInterrupts.map(approve))).toBe("success");
  expect(api.requests).toEqual(['POST /things {"name":"box"}']);
  // One answer decides on one call.
  expect(await connect("t2", history("made-up", "made-up")).run([yes, yes])).toBe("approval_not_found");
  expect(await connect("t2", history("twice", "twice")).run([{ ...yes, interruptId: "twice" }])).toBe(
    "approval_not_found",
  );
  expect(api.requests).toHaveLength(1);
});

test("A server that was restarted asks again.", async () => {
  bedrock.script([{ calls: [box] }, { text: "Done." }]);
  const { agent, ask } = connect();
  await ask("Make a box");
  await specchat.stop();
  specchat = await start();
  const later = connect("t1", agent.messages);
  expect(await later.run(agent.pendingInterrupts.map(approve))).toBe("interrupt");
  expect(shownRequests(later.agent)).toEqual(shownRequests(agent));
  expect(await later.run(later.agent.pendingInterrupts.map(approve))).toBe("success");
  expect(api.requests).toEqual(['POST /things {"name":"box"}']);
});
