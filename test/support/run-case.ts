/** Runs the cases of `test/fixtures/cases`: a command or a chat in process, against an API that records its requests. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commands } from "../../src/commands/index.ts";
import { loadConfig } from "../../src/config/load.ts";
import { parseJson } from "../../src/json.ts";
import type { Expectation, ListedTool, Outcome } from "./case-expectations.ts";
import { NativeClient, startSpecchat, testPorts } from "./harness.ts";
import { type RawAnswer, type RawRequest, startRawApi } from "./raw-api.ts";
import { createScriptedModel, replyWithCalls, replyWithText } from "./scripted-model.ts";

interface CaseCall {
  readonly tool: string;
  /** An object, or its JSON where digits or keys matter. */
  readonly args: Record<string, unknown> | string;
}

export interface Case {
  readonly id: string;
  /** What must happen. */
  readonly about: string;
  /** A file of `test/fixtures/cases/documents`. */
  readonly document?: string;
  /** The document itself, in place of a file. */
  readonly inline?: unknown;
  /** Several files in place of one, by path: a text, or a value that is written as JSON. The first is the root. */
  readonly files?: Readonly<Record<string, unknown>>;
  readonly options?: readonly string[];
  readonly list?: true;
  readonly call?: CaseCall & {
    /** Other arguments that mean the same. One of them must work. */
    readonly or?: readonly CaseCall["args"][];
  };
  /** Sends the call to the API instead of printing its request. */
  readonly wire?: boolean;
  readonly chat?: CaseCall & {
    readonly attachments?: readonly {
      readonly name: string;
      readonly type: string;
      readonly base64: string;
    }[];
  };
  /** The API's response to each request. */
  readonly answer?: RawAnswer;
  readonly expect: Expectation;
}

const DOCUMENTS = `${import.meta.dir}/../fixtures/cases/documents`;

/** Runs a case. A call with alternative arguments has one outcome for each. */
export async function runCase(input: Case): Promise<readonly Outcome[]> {
  const folder = await mkdtemp(join(tmpdir(), "specchat-case-"));
  const files = input.files ?? (input.inline === undefined ? {} : { "api.json": input.inline });
  const [root] = Object.keys(files);
  const spec = root === undefined ? `${DOCUMENTS}/${input.document}` : `${folder}/${root}`;
  for (const [name, content] of Object.entries(files))
    await Bun.write(`${folder}/${name}`, typeof content === "string" ? content : JSON.stringify(content));
  const argv = ["--spec", spec, "--data-dir", folder, ...(input.options ?? [])];
  try {
    if (input.list) return [await list(argv)];
    if (input.chat) return [await chat(input, argv)];
    const { call } = input;
    if (!call) throw new Error(`case ${input.id} has neither list, call nor chat`);
    const outcomes: Outcome[] = [];
    for (const args of [call.args, ...(call.or ?? [])])
      outcomes.push(await runCall(input, { ...call, args }, argv));
    return outcomes;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Printed {
  readonly out: string;
  readonly err: string;
}

async function run(name: string, argv: readonly string[]): Promise<Printed> {
  const printed = { out: "", err: "" };
  const specs = Object.fromEntries(Object.entries(commands).map(([key, { spec }]) => [key, spec]));
  try {
    const loaded = loadConfig({
      argv: [name, ...argv],
      environment: {},
      readFile: () => undefined,
      commands: specs,
    });
    const log: string[] = [];
    await commands[name]?.run({
      loaded,
      terminal: {
        out: (text) => {
          printed.out += text;
        },
        err: (text) => {
          printed.err += text;
        },
        flush: async () => {},
      },
      ports: testPorts(log),
      useDemoModel: false,
      onReload: () => {},
      stop: new AbortController().signal,
    });
    printed.err += log.join("");
  } catch (error) {
    printed.err += error instanceof Error ? error.message : String(error);
  }
  return printed;
}

async function list(argv: readonly string[]): Promise<Outcome> {
  const printed = await run("tools", ["--json", ...argv]);
  const tools = printed.out === "" ? [] : (parseJson(printed.out) as readonly ListedTool[]);
  return { ...printed, requests: [], tools };
}

async function runCall({ wire, answer }: Case, call: CaseCall, argv: readonly string[]): Promise<Outcome> {
  const args = typeof call.args === "string" ? call.args : JSON.stringify(call.args);
  const callArgv = [call.tool, "--args", args, "--show-secrets", ...argv];
  if (wire) {
    const api = await startRawApi(answer);
    try {
      const printed = await run("call", [...callArgv, "--base-url", api.url]);
      return { ...printed, requests: api.requests.map((request) => ({ ...request, url: request.target })) };
    } finally {
      api.stop();
    }
  }
  const printed = await run("call", [...callArgv, "--dry-run"]);
  if (printed.out === "") return { ...printed, requests: [] };
  const { method, url, headers, body } = parseJson(printed.out) as Omit<RawRequest, "body"> & {
    readonly url: string;
    readonly body: unknown;
  };
  const target = url.replace(/^https?:\/\/[^/]+/, "").replace(/^\/v1(?=\/|$)/, "");
  const lowered = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  const text = typeof body === "string" ? body : body === null ? "" : JSON.stringify(body);
  return {
    ...printed,
    requests: [{ method, target, url, headers: Object.fromEntries(lowered), body: Buffer.from(text) }],
  };
}

async function chat({ id, chat, answer }: Case, argv: readonly string[]): Promise<Outcome> {
  if (!chat) throw new Error(`case ${id} has no chat`);
  const args = typeof chat.args === "string" ? (parseJson(chat.args) as Record<string, unknown>) : chat.args;
  const api = await startRawApi(answer);
  const model = createScriptedModel([replyWithCalls(["c1", chat.tool, args]), replyWithText("Done.")]);
  const specchat = await startSpecchat({
    argv: [
      ...argv.filter((word, index) => word !== "--data-dir" && argv[index - 1] !== "--data-dir"),
      "--approve",
      "none",
      "--base-url",
      api.url,
    ],
    model,
  });
  try {
    const client = await NativeClient.connect(specchat.url);
    const attachments = (chat.attachments ?? []).map(({ name, type, base64 }) => ({
      name,
      media_type: type,
      data: base64,
    }));
    client.send({ type: "message", message: "Go", ...(attachments.length > 0 && { attachments }) });
    await client.waitFor("ai_response", "error");
    client.close();
    const message = model.requests[1]?.messages.at(-1);
    return {
      out: "",
      err: specchat.log.join(""),
      requests: api.requests.map((request) => ({ ...request, url: request.target })),
      model: message?.role === "results" ? message.results.map(({ content }) => content).join("\n") : "",
    };
  } finally {
    await specchat.stop();
    api.stop();
  }
}
