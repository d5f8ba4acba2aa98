/** `specchat mcp` as a child process, with the official client. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { type RecordingApi, startApi } from "../../support/harness.ts";
import { SPECCHAT } from "../../support/specchat-command.ts";
import { type ClientSettings, connect, REVISIONS } from "./client.ts";

let folder: string;
let api: RecordingApi;
let client: Client | undefined;
let errors: string;

beforeEach(async () => {
  [folder, api] = await Promise.all([mkdtemp(`${tmpdir()}/specchat-mcp-`), startApi()]);
  errors = "";
});

afterEach(async () => {
  await client?.close();
  client = undefined;
  await Promise.all([api.stop(), rm(folder, { recursive: true })]);
});

async function open(argv: readonly string[], settings: ClientSettings = {}): Promise<Client> {
  const transport = new StdioClientTransport({
    command: SPECCHAT[0] ?? "",
    args: [
      ...SPECCHAT.slice(1),
      "mcp",
      "--base-url",
      api.url,
      ...(argv.includes("--spec") ? [] : ["--spec", api.spec]),
      ...argv,
    ],
    cwd: folder,
    env: { HOME: folder, PATH: "" },
    stderr: "pipe",
  });
  transport.stderr?.on("data", (bytes: Uint8Array) => {
    errors += new TextDecoder().decode(bytes);
  });
  client = await connect(transport, settings);
  return client;
}

describe.each(REVISIONS)("Revision %s", (revision) => {
  test("lists and calls tools, and keeps the output of tools off standard output.", async () => {
    await Bun.write(
      `${folder}/tools/loud.tool.ts`,
      `console.log("at import");
      export default { name: "loud", description: "Prints.", parameters: { type: "object" }, readOnly: true,
        run() { console.log("in a call"); console.table([1]); console.write("bun's own\\n"); process.stdout.write("written\\n"); return "done"; } };`,
    );
    const opened = await open(["--tools-dir", `${folder}/tools`], { revision });
    const problems: Error[] = [];
    opened.onerror = (error) => problems.push(error);
    const { tools } = await opened.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      ...["listThings", "createThing", "getThing", "loud"],
      ...["read_result", "search_result", "query_result", "fetch_all"],
    ]);
    expect(await opened.callTool({ name: "getThing", arguments: { id: "5" } })).toMatchObject({
      structuredContent: { id: 5, name: "thing 5" },
    });
    expect(await opened.callTool({ name: "loud" })).toMatchObject({
      content: [{ type: "text", text: "done" }],
    });
    expect(problems).toEqual([]);
    for (const printed of ["at import", "in a call", "bun's own", "written"])
      expect(errors).toContain(printed);
  });

  test("asks the user through the client, and makes no refused call.", async () => {
    const questions: string[] = [];
    const opened = await open([], {
      revision,
      onElicit: (message) => {
        questions.push(message);
        return questions.length === 1 ? "accept" : "decline";
      },
    });
    const create = () => opened.callTool({ name: "createThing", arguments: { name: "box" } });
    expect(await create()).toMatchObject({ structuredContent: { id: 7 } });
    expect(await create()).toMatchObject({ isError: true });
    expect(api.requests).toEqual(['POST /things {"name":"box"}']);
    expect(questions).toEqual(Array(2).fill(`Allow this call?\nPOST ${api.url}/things\n{"name":"box"}`));
  });

  test("notifies the client of a changed document.", async () => {
    const spec = `${folder}/api.yaml`;
    const document = await Bun.file(api.spec).text();
    await Bun.write(spec, document);
    const changed = Promise.withResolvers<readonly string[]>();
    await open(["--spec", spec], { revision, onTools: changed.resolve });
    await Bun.write(spec, document.replace("getThing", "readThing"));
    expect((await changed.promise)[2]).toBe("readThing");
  });
});

test("Credentials come from the settings, and integers of any length are forwarded exactly.", async () => {
  const lines = [
    {
      id: 1,
      method: "initialize",
      params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } },
    },
    { method: "notifications/initialized" },
  ].map((message) => JSON.stringify({ jsonrpc: "2.0", ...message }));
  const long = `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"createThing","arguments":{"name":"n","size":9007199254740993}}}`;
  const child = Bun.spawn(
    [...SPECCHAT, "mcp", "--spec", api.spec, "--base-url", api.url, "--approve", "none"],
    { cwd: folder, env: { HOME: folder }, stdin: "pipe", stdout: "pipe", stderr: "pipe" },
  );
  child.stdin.write(`${[...lines, "no JSON", "", long].join("\n")}\n`);
  await child.stdin.flush();
  let output = "";
  for await (const bytes of child.stdout) {
    output += new TextDecoder().decode(bytes);
    if (output.includes('"id":2')) break;
  }
  const answers = output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  // The line that is no JSON has no id: https://www.jsonrpc.org/specification#response_object
  expect(answers.map(({ id, error }) => [id, error?.code])).toEqual([
    [null, -32700],
    [1, undefined],
    [2, undefined],
  ]);
  expect(api.requests).toEqual(['POST /things {"name":"n","size":9007199254740993}']);
  // The process exits by itself when its client is gone.
  await child.stdin.end();
  expect(await child.exited).toBe(0);
});

test("The command exits on SIGTERM, and rejects a document on standard input.", async () => {
  const run = (...argv: string[]) =>
    Bun.spawn([...SPECCHAT, "mcp", ...argv], {
      cwd: folder,
      env: { HOME: folder },
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
    });
  const refused = run("--spec", "-");
  expect([await refused.exited, await new Response(refused.stderr).text()]).toEqual([
    1,
    "--spec - cannot be used here: standard input carries MCP messages. Name a file or a URL.\n",
  ]);
  const running = run("--spec", api.spec);
  running.stdin.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
  await running.stdin.flush();
  for await (const _bytes of running.stdout) break;
  running.kill("SIGTERM");
  expect(await running.exited).toBe(0);
});
