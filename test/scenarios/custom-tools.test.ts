/** Custom tools end to end: a real server, a strict stand-in for Bedrock and a folder of modules. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { StartError } from "../../src/errors.ts";
import type { ServerFrame } from "../../src/protocols/native/types.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { type StandIn, startBedrock } from "../bedrock/index.ts";
import { createPatientBedrock } from "../model/bedrock/front-door.ts";
import {
  MODEL,
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";

let folder: string;
let bedrock: StandIn;
let api: RecordingApi;
let authorizations: (string | null)[];
let specchat: Specchat | undefined;
let client: NativeClient;
let debug: string[];
let established: ServerFrame;

beforeEach(async () => {
  folder = await mkdtemp(`${tmpdir()}/specchat-tools-`);
  await symlink(`${import.meta.dir}/../../node_modules`, `${folder}/node_modules`);
  [bedrock, api] = await Promise.all([startBedrock(), startApi(respond)]);
  debug = [];
  authorizations = [];
});

afterEach(async () => {
  client?.close();
  await specchat?.stop();
  specchat = undefined;
  await Promise.all([bedrock.stop(), api.stop(), rm(folder, { recursive: true })]);
});

function respond(request: Request): Response {
  authorizations.push(request.headers.get("Authorization"));
  return Response.json({});
}

/** Starts specchat with the given files, name → text. A text that begins with `{` becomes a default export. */
async function start(files: Readonly<Record<string, string>>, ...argv: string[]): Promise<Specchat> {
  for (const [name, text] of Object.entries(files))
    await Bun.write(`${folder}/${name}`, text.startsWith("{") ? `export default ${text}` : text);
  specchat = await startSpecchat({
    argv: [
      ...(argv.includes("--spec") ? [] : ["--spec", api.spec]),
      ...["--base-url", api.url, "--model", MODEL, "--no-summarize"],
      ...["--tools-dir", folder, "--data-dir", `${folder}/data`],
      ...(argv.includes("--approve") ? [] : ["--approve", "none"]),
      ...argv,
    ],
    model: createPatientBedrock(bedrock.url),
    ports: { log: createLog({ level: "debug", now: () => new Date(), write: (line) => debug.push(line) }) },
  });
  client = await NativeClient.connect(specchat.url, { Authorization: "Bearer s3cret" });
  established = await client.next();
  return specchat;
}

/** Runs a turn in which the model makes these calls. Returns the frames and the tool results for the model. */
async function runCalls(...calls: readonly { readonly name: string; readonly input: object }[]) {
  bedrock.script([
    { calls: calls.map(({ name, input }) => ({ name, input: { ...input } })) },
    { text: "Done." },
  ]);
  const frames = await client.runTurn("go");
  expect(bedrock.requests.filter(({ refusal }) => refusal !== undefined)).toEqual([]);
  return { frames, results: modelResults() };
}

interface Body {
  readonly messages: readonly { readonly content: readonly Block[] }[];
  readonly toolConfig: { readonly tools: readonly { readonly toolSpec?: ToolSpec }[] };
  readonly system: readonly { readonly text?: string }[];
}
interface Block {
  readonly toolResult?: { readonly status?: string; readonly content: readonly { readonly text?: string }[] };
}
interface ToolSpec {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: { readonly json: object };
}

function body(): Body {
  return bedrock.requests.at(-1)?.body as unknown as Body;
}

function modelResults(): string[] {
  return (body().messages.at(-1)?.content ?? []).flatMap(({ toolResult }) =>
    toolResult ? [toolResult.content.map(({ text = "" }) => text).join("")] : [],
  );
}

function advertisedTools(): readonly ToolSpec[] {
  return body().toolConfig.tools.flatMap(({ toolSpec }) => (toolSpec ? [toolSpec] : []));
}

const probeTool = (run: string, fields = "") =>
  `{ name: "probe", description: "Probes.", parameters: { type: "object", properties: { n: {} } }, ${fields} run: ${run} }`;

describe("a module in --tools-dir", () => {
  test("is advertised after the API's tools, called, counted and logged, as in the manual's example", async () => {
    const example = await Bun.file(`${import.meta.dir}/../fixtures/tools/delivery-date.tool.ts`).text();
    const page = await Bun.file(`${import.meta.dir}/../../src/manual/custom-tools.md`).text();
    expect(page).toContain(`\n\`\`\`ts\n${example}\`\`\`\n`);

    await start({ "delivery-date.tool.ts": example }, "--log-api-calls");
    expect(established).toMatchObject({ type: "connection_established", tools: 4 });
    const call = { name: "delivery_date", input: { sent: "2026-01-30", workingDays: "3" } };
    const { frames, results } = await runCalls(call);
    expect(results).toEqual(['{"arrives":"2026-02-04"}']);
    expect(frames.slice(1, 3)).toEqual([
      {
        type: "tool_call",
        seq: 2,
        turn_id: expect.any(String),
        tool_call_id: expect.any(String),
        name: "delivery_date",
        arguments: call.input,
      },
      {
        type: "tool_result",
        seq: 3,
        turn_id: expect.any(String),
        tool_call_id: expect.any(String),
        name: "delivery_date",
        status: "ok",
        result: '{"arrives":"2026-02-04"}',
        duration_ms: expect.any(Number),
      },
    ]);
    expect(advertisedTools().map(({ name }) => name)).toEqual([
      ...["listThings", "createThing", "getThing", "delivery_date"],
      ...["read_result", "search_result", "query_result", "fetch_all", "show_chart"],
    ]);
    expect(advertisedTools()[3]).toEqual({
      name: "delivery_date",
      description: "Tells when a parcel arrives that is sent on a given day. Use it instead of calculating.",
      inputSchema: {
        json: {
          type: "object",
          properties: {
            sent: { type: "string", format: "date" },
            workingDays: {
              type: "integer",
              minimum: 1,
              maximum: 60,
              description: "Days it is on its way",
            },
            _filter: { type: "string" },
          },
          required: ["sent", "workingDays"],
        },
      },
    });
    expect(body().system[0]?.text).toContain(
      "Tools that are not operations, and do what their descriptions say: delivery_date.",
    );
    expect(await (await fetch(`${specchat?.url}/bedrock-chat/health`)).json()).toMatchObject({
      tools: 4,
    });
    expect(await (await fetch(`${specchat?.url}/metrics`)).text()).toContain(
      'bedrock_tool_calls_total{endpoint="tool delivery_date",status="ok"} 1\n',
    );
    expect(debug.find((line) => line.includes("api call"))).toMatch(
      / tool=delivery_date endpoint="tool delivery_date" status=ok ms=\d+\n$/,
    );
    expect(api.requests).toEqual([]);
  });

  test("is found by name with its approval fields", async () => {
    const { app } = await start({
      "a.tool.js": probeTool("() => 1", 'readOnly: true, confirm: "never",'),
      "b.tool.mjs": probeTool("() => 1").replace("probe", "other"),
    });
    const { find, custom } = app.apis.current;
    expect(custom.map(({ source }) => source)).toEqual(["a.tool.js", "b.tool.mjs"]);
    expect(["Probe", "other", "getThing", "createThing"].map((name) => find(name))).toMatchObject([
      { name: "probe", readOnly: true, confirm: "never" },
      { name: "other", readOnly: false, confirm: undefined },
      { name: "getThing", readOnly: true, confirm: undefined },
      { name: "createThing", readOnly: false, confirm: undefined },
    ]);
  });

  test("that writes runs after approval, like an operation", async () => {
    await start(
      {
        "a.tool.ts": probeTool("() => 1"),
        "b.tool.ts": probeTool("() => 2", "readOnly: true,").replace("probe", "looks"),
        "c.tool.ts": probeTool("() => 3", 'confirm: "never",').replace("probe", "trusted"),
      },
      ...["--approve", "writes"],
    );
    client.send({ type: "hello", capabilities: ["approval"] });
    bedrock.script([
      { calls: ["probe", "looks", "trusted"].map((name) => ({ name, input: { n: 5, _filter: "" } })) },
      { text: "Done." },
    ]);
    client.send({ message: "go" });
    const request = await client.waitFor("approval_request");
    expect(request.tool_calls).toEqual([
      { tool_call_id: expect.any(String), name: "probe", arguments: { n: 5, _filter: "" } },
    ]);
    client.send({ type: "approve", approval_id: request.approval_id, approved: true });
    await client.waitFor("ai_response");
    expect(modelResults()).toEqual(["1", "2", "3"]);
  });

  test("that writes does not run for a client that cannot ask for approval", async () => {
    await start({ "a.tool.ts": probeTool("() => 1") }, "--approve", "writes");
    const { results } = await runCalls({ name: "probe", input: {} });
    expect(results).toEqual([
      "Not called: it needs a person's approval, and this client cannot ask for it. Tell the person what you would have done.",
    ]);
  });

  test("receives the caller and the session, but no credentials", async () => {
    await start(
      { "a.tool.ts": probeTool("(...args) => [args, args[2] instanceof AbortSignal]") },
      ...["--forward-headers", "Authorization"],
    );
    const { results } = await runCalls(
      { name: "getThing", input: { id: "5" } },
      { name: "probe", input: {} },
    );
    expect(authorizations).toEqual(["Bearer s3cret"]);
    const session = established.type === "connection_established" ? established.session_id : "";
    expect(JSON.parse(results[1] ?? "")).toEqual([
      [{}, { id: expect.stringMatching(/^anonymous:/), kind: "anonymous", session }, {}],
      true,
    ]);
  });

  test("receives and returns integers of any length exactly", async () => {
    await start({ "a.tool.ts": probeTool("({ n }) => ({ n, type: typeof n, next: n + 1n })") });
    bedrock.script([
      { calls: [{ name: "probe", input: '{"n":9007199254740993}' as never }] },
      { text: "Done." },
    ]);
    await client.runTurn("go");
    expect(modelResults()).toEqual(['{"n":9007199254740993,"type":"bigint","next":9007199254740994}']);
  });
});

describe("the return value of run", () => {
  test.each([
    ["text", "() => 'two\\nlines'", "two\nlines"],
    ["empty text", "() => ''", "(no content)"],
    ["undefined", "async () => {}", "(no content)"],
    ["null", "() => null", "null"],
    ["JSON", "async () => [{ a: 1.5, b: undefined }]", '[{"a":1.5}]'],
    ["a function", "() => () => 1", "probe returned a value that JSON cannot represent."],
    [
      "a circular object",
      "() => { const a = {}; a.a = a; return a; }",
      expect.stringMatching(/^probe failed: .*cyclic/),
    ],
    [
      "a file without a media type",
      "() => ({ file: { name: 'a', mediaType: 'x', bytes: new Uint8Array(1) } })",
      expect.stringContaining("without a name, a media type"),
    ],
    ["an exception", "() => { throw new Error('the stock is locked') }", "probe failed: the stock is locked"],
    ["a rejection without an Error", "async () => { throw 'no' }", "probe failed: no"],
    ["an exception without a message", "() => { throw new Error() }", "probe failed: no error message"],
  ])("can be %s", async (_description, run, result) => {
    await start({ "a.tool.ts": probeTool(run) });
    expect((await runCalls({ name: "probe", input: {} })).results).toEqual([result]);
  });

  test("has no stack of an exception, which is only in the debug log", async () => {
    await start({ "a.tool.ts": probeTool("function lookUp() { throw new Error('locked') }") });
    const { frames } = await runCalls({ name: "probe", input: {} });
    expect(frames[2]).toMatchObject({
      type: "tool_result",
      status: "failed",
      result: "probe failed: locked",
    });
    expect(debug.filter((line) => line.includes("lookUp"))).toEqual([
      expect.stringMatching(/ DEBUG tool failed request=\S+ session=\S+ turn=\S+ tool=probe .*a\.tool\.ts/),
    ]);
  });

  test("can be a file, which is stored for the caller", async () => {
    const bytes = "new Uint8Array([0x25, 0x50, 0, 1])";
    await start({
      "a.tool.ts": probeTool(
        `() => ({ file: { name: "../bill.pdf", mediaType: "application/pdf", bytes: ${bytes} } })`,
      ),
    });
    const { frames, results } = await runCalls({ name: "probe", input: {} });
    expect(results).toEqual([
      "(binary content: application/pdf, 4 bytes, file name bill.pdf) The user sees it as a download named bill.pdf.",
    ]);
    expect(frames[2]).toMatchObject({
      status: "ok",
      file: {
        name: "bill.pdf",
        media_type: "application/pdf",
        size: 4,
        url: expect.stringMatching(/^\.\/files\//),
      },
    });
  });

  test("is stored and read in parts when it is too long, and can be filtered like an API response", async () => {
    await start({
      "a.tool.ts": probeTool("() => Array.from({ length: 20_000 }, (_, id) => ({ id, name: 'row ' + id }))"),
    });
    expect((await runCalls({ name: "probe", input: {} })).results[0]).toContain("Kept as r1.");
    const { results } = await runCalls(
      { name: "query_result", input: { id: "r1", filter: "[-1].name" } },
      { name: "probe", input: { _filter: "length(@)" } },
      { name: "fetch_all", input: { tool: "probe", arguments: {} } },
    );
    expect(results).toEqual([
      '"row 19999"',
      "20000",
      "probe is not an operation of the API, so it has no pages; call it directly.",
    ]);
  });
});

describe("arguments", () => {
  test("are validated like those of an operation before the tool runs", async () => {
    const example = await Bun.file(`${import.meta.dir}/../fixtures/tools/delivery-date.tool.ts`).text();
    await start({ "a.tool.ts": example });
    const { results } = await runCalls({
      name: "delivery_date",
      input: { sent: "soon", workingDays: 100, workingHours: 1 },
    });
    expect(results).toEqual([
      [
        "Tool not run: invalid arguments for delivery_date.",
        "- workingHours: is unknown; did you mean workingDays? Known: sent, workingDays",
        '- sent: must have the format date (2026-01-31), got "soon"',
        "- workingDays: must be at most 60, got 100",
      ].join("\n"),
    ]);
  });

  test("of a zod schema follow Claude's rules for any key and recursion, and zod's checks and transforms apply", async () => {
    await start({
      "a.tool.ts": `
        import { z } from "zod";
        const Part = z.object({ name: z.string(), get parts() { return z.array(Part).optional(); } });
        export default {
          name: "probe",
          description: "Probes.",
          parameters: z.object({
            "filter[state]": z.enum(["open", "closed"]).default("open").describe("Which ones"),
            id: z.coerce.bigint().optional(),
            tags: z.array(z.string()).readonly().optional(),
            part: Part.optional(),
            even: z.int().refine((n) => n % 2 === 0, "must be even").optional(),
          }),
          run: async (values) => values,
        };`,
    });
    const part = { name: "a", parts: [{ name: "b", parts: [] }] };
    const { results } = await runCalls(
      { name: "probe", input: { part, id: 5, tags: ["x"] } },
      { name: "probe", input: { filter_state: "closed", even: 2 } },
      { name: "probe", input: { even: 3 } },
    );
    expect(advertisedTools().find(({ name }) => name === "probe")?.inputSchema.json).toEqual({
      type: "object",
      properties: {
        filter_state: {
          default: "open",
          enum: ["open", "closed"],
          type: "string",
          description: 'Which ones. Sent as "filter[state]".',
        },
        id: { type: "integer" },
        tags: { type: "array", items: { type: "string" } },
        part: { $ref: "#/$defs/__schema0" },
        even: { type: "integer", minimum: -9007199254740991, maximum: 9007199254740991 },
      },
      $defs: {
        __schema0: {
          type: "object",
          properties: {
            name: { type: "string" },
            parts: { type: "array", items: { $ref: "#/$defs/__schema0" } },
          },
          required: ["name"],
        },
      },
    });
    expect(results).toEqual([
      `{"filter[state]":"open","id":5,"tags":["x"],"part":${JSON.stringify(part)}}`,
      '{"filter[state]":"closed","even":2}',
      "Tool not run: invalid arguments for probe.\n- even: must be even",
    ]);
  });

  test("are refused when they are not a JSON object", async () => {
    await start({ "a.tool.ts": probeTool("() => 1") });
    bedrock.script([{ calls: [{ name: "probe", input: "[1]" as never }] }, { text: "Done." }]);
    await client.runTurn("go");
    expect(modelResults()).toEqual([
      "Tool not run: the arguments of probe are not a JSON object. Call it again with one.",
    ]);
  });

  test("that the schema does not describe are accepted when it allows them", async () => {
    await start({
      "a.tool.ts":
        '{ name: "probe", description: "Probes.", parameters: { type: "object", properties: { self: { $ref: "#" } }, additionalProperties: { type: "integer" } }, run: (values) => values }',
    });
    const { results } = await runCalls(
      { name: "probe", input: { a: "1", self: { b: 2 } } },
      { name: "probe", input: { self: { b: "x" } } },
    );
    expect(results).toEqual([
      '{"a":1,"self":{"b":2}}',
      'Tool not run: invalid arguments for probe.\n- self.b: must be integer, got "x"',
    ]);
  });
});

describe("the time limit", () => {
  const NEVER_ENDS = "() => new Promise(() => {})";

  test("ends the call of a tool that ignores its signal", async () => {
    await start({ "a.tool.ts": probeTool(NEVER_ENDS) }, "--timeout", "0.3");
    const { frames, results } = await runCalls({ name: "probe", input: {} });
    expect(results).toEqual(["probe did not finish within 0.3 s."]);
    expect(frames.at(-1)).toMatchObject({ type: "ai_response", message: "Done." });
  });

  test("drops a file that is returned too late", async () => {
    const late =
      "(_, __, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve({ file: { name: 'a', mediaType: 'a/b', bytes: new Uint8Array(9) } })))";
    const { app } = await start({ "a.tool.ts": probeTool(late) }, "--timeout", "0.3");
    const { save } = app.files;
    const saved: string[] = [];
    app.files.save = (file) => {
      saved.push(file.name);
      save.call(app.files, file);
    };
    expect((await runCalls({ name: "probe", input: {} })).results).toEqual([
      "probe did not finish within 0.3 s.",
    ]);
    expect(saved).toEqual([]);
  });

  test("aborts the signal of the tool, and a later exception is not logged as a failure", async () => {
    const rejectsOnAbort =
      "(_, __, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('gave up'))))";
    await start({ "a.tool.ts": probeTool(rejectsOnAbort) }, "--timeout", "0.3");
    const { results } = await runCalls({ name: "probe", input: {} });
    expect(results).toEqual(["probe did not finish within 0.3 s."]);
    expect(debug.filter((line) => line.includes("tool failed"))).toEqual([]);
  });

  test("`stop` ends a turn whatever its tools do, and queued calls do not run", async () => {
    await start({ "a.tool.ts": probeTool(NEVER_ENDS) }, "--max-parallel-calls", "1");
    const call = { name: "probe", input: {} };
    bedrock.script([{ calls: [call, { ...call, input: { n: 2 } }] }, { text: "Done." }]);
    client.send({ message: "go" });
    await client.waitFor("tool_call");
    client.send({ type: "stop" });
    expect(await client.waitFor("ai_response", "error")).toMatchObject({
      stop_reason: "stopped",
      tool_results: Array(2).fill({ status: "failed", result: "The call was stopped." }),
    });
  });

  test("calls count towards --max-tool-calls", async () => {
    await start({ "a.tool.ts": probeTool("({ n }) => n") }, "--max-tool-calls", "1");
    const { results } = await runCalls(
      { name: "probe", input: { n: 1 } },
      { name: "probe", input: { n: 2 } },
    );
    expect(results).toEqual([
      "1",
      "Not called: the limit of 1 tool calls for one message was reached.\n\nThe limit of 1 tool calls for this message is reached: no further call will be carried out. Reply now with what you have, and say what is missing.",
    ]);
  });
});

describe("an invalid tool", () => {
  const tool = (fields: string) =>
    `{ name: "probe", description: "Probes.", parameters: { type: "object" }, run: () => 1, ${fields} }`;

  test.each([
    ["a syntax error", "\nexport default {{", expect.stringMatching(/^line 2: /)],
    ["an import that throws", "throw new Error('no database');", "no database"],
    ["an import that does not exist", 'import "./nothing.ts";', expect.stringContaining("./nothing.ts")],
    [
      "an import that never ends",
      "await new Promise(() => {});",
      "the import takes longer than 0.5 s (--timeout)",
    ],
    [
      "no default export",
      "export const a = 1;",
      "must have a default export with name, description, parameters and run",
    ],
    [
      "a name that models refuse",
      tool('name: "look up",'),
      "name: must be 1 to 64 characters of a-z, A-Z, 0-9, _ and -",
    ],
    [
      "no description",
      tool('description: " ",'),
      "description: must be a non-empty string that describes the tool to the model",
    ],
    ["no run", tool('run: "x",'), "run: must be a function"],
    [
      "a misspelled field",
      tool("readonly: true,"),
      "readonly: is unknown; did you mean readOnly? Known: name, description, parameters, run, readOnly, confirm",
    ],
    ["an invalid value", tool('confirm: "sometimes",'), 'confirm: must be "always" or "never"'],
    ["no parameters", tool("parameters: undefined,"), "parameters: must be a JSON Schema or a zod schema"],
    [
      "parameters that are not a schema",
      tool("parameters: 7,"),
      "parameters: must be a JSON Schema or a zod schema",
    ],
    [
      "parameters that are not an object",
      tool('parameters: { type: "string" },'),
      'parameters: the schema must have "type": "object" at its root',
    ],
    [
      "a choice at the root",
      tool('parameters: { type: "object", anyOf: [{}] },'),
      'parameters: the schema must have "type": "object" at its root and no anyOf there',
    ],
    [
      "a wrong keyword",
      tool('parameters: { type: "object", properties: { a: { type: "text" } } },'),
      expect.stringMatching(/^parameters: invalid JSON Schema 2020-12: it\/properties\/a\/type /),
    ],
    [
      "an unresolved reference",
      tool('parameters: { type: "object", properties: { a: { $ref: "#/$defs/b" } } },'),
      "parameters: the reference #/$defs/b cannot be resolved; only # and #/$defs/NAME are supported",
    ],
    [
      "a zod 3 schema",
      'import { z } from "zod/v3";\nexport default { name: "probe", description: "P.", parameters: z.object({}), run() {} };',
      expect.stringContaining("cannot be converted to JSON Schema, like those of zod 3"),
    ],
    [
      "a zod schema without JSON",
      'import { z } from "zod";\nexport default { name: "probe", description: "P.", parameters: z.object({ a: z.symbol() }), run() {} };',
      "parameters: Symbols cannot be represented in JSON Schema",
    ],
    [
      "the name of an operation",
      tool('name: "get_thing",'),
      "tool get_thing is left out because API operation getThing has the same name",
    ],
    [
      "the name of another tool",
      tool('name: "Good",'),
      "tool Good is left out because tool good of a.tool.ts has the same name",
    ],
  ])("is reported and left out: %s", async (_description, text, reason) => {
    const good = tool('name: "good",');
    const { app } = await start(
      { "a.tool.ts": good, "b.tool.ts": text, "c.ts": "throw 1", "d.tool.txt": "" },
      "--timeout",
      "0.5",
    );
    const { custom, warnings } = app.apis.current;
    expect(custom.map(({ name }) => name)).toEqual(["good"]);
    expect(warnings.map((line) => line.slice(0, 21))).toEqual(["tools-dir b.tool.ts: "]);
    expect(warnings[0]?.slice(21)).toEqual(reason);
  });

  test("a custom tool keeps its name, and a built-in tool of that name is renamed", async () => {
    await start({ "a.tool.ts": tool('name: "read_result",') });
    const { results } = await runCalls({ name: "read_result", input: {} });
    expect(results).toEqual(["1"]);
    expect(
      advertisedTools()
        .map(({ name }) => name)
        .slice(3, 5),
    ).toEqual(["read_result", "specchat_read_result"]);
  });

  test("an operation takes the name of a custom tool on reload, until the document drops it", async () => {
    const document = await Bun.file(api.spec).text();
    const spec = `${folder}/api.yaml`;
    await Bun.write(spec, document);
    const { app } = await start({ "a.tool.ts": tool("") }, "--spec", spec);
    const reloaded = async (text: string) => {
      await Bun.write(spec, text);
      await app.apis.reload();
      const { custom, tools, warnings } = app.apis.current;
      return { custom: custom.map(({ name }) => name), tools: tools.length, warnings };
    };
    expect(await reloaded(document.replace("getThing", "probe"))).toEqual({
      custom: [],
      tools: 3,
      warnings: ["tools-dir a.tool.ts: tool probe is left out because API operation probe has the same name"],
    });
    expect(await reloaded(document)).toEqual({ custom: ["probe"], tools: 4, warnings: [] });
  });

  test.each(["nowhere", "a.tool.ts"])("a folder that cannot be read fails the start: %s", async (name) => {
    await Bun.write(`${folder}/a.tool.ts`, "");
    const argv = ["--tools-dir", `${folder}/${name}`];
    const error = await startSpecchat({ argv, model: createPatientBedrock(bedrock.url) }).catch(
      (reason) => reason,
    );
    expect(error).toBeInstanceOf(StartError);
    expect(error.message).toBe(
      `--tools-dir ${folder}/${name}: ${name === "nowhere" ? "the folder does not exist" : "not a folder"}`,
    );
  });
});
