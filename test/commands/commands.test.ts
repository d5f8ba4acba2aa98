import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { startBedrock } from "../bedrock/index.ts";
import { type RecordingApi, startApi } from "../support/harness.ts";
import { withoutProgress } from "../support/progress.ts";
import { SPECCHAT } from "../support/specchat-command.ts";

let folder: string;
let api: RecordingApi;
let specs: ReturnType<typeof Bun.serve>;

beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/specchat-commands-`);
  api = await startApi();
  specs = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) =>
      request.url.endsWith("/page.html")
        ? new Response("<!doctype html><html><body>Sign in</body></html>", {
            headers: { "Content-Type": "text/html" },
          })
        : new Response("gone", { status: 404 }),
  });
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await Promise.all([api.stop(), specs.stop(true)]);
});

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command in an empty folder, with an empty home and without AWS configuration. */
async function specchat(
  argv: readonly string[],
  options: { stdin?: string; environment?: Record<string, string>; keepsProgress?: boolean } = {},
): Promise<Run> {
  const child = Bun.spawn([...SPECCHAT, ...argv], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, NO_COLOR: undefined, ...options.environment },
    stdin: options.stdin === undefined ? "ignore" : new Blob([options.stdin]),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, out, err: options.keepsProgress ? err : withoutProgress(err) };
}

const things = () => ["--spec", api.spec, "--base-url", api.url];

test("`tools` and `call` have only the tools that --terminal-roles allow.", async () => {
  const roles = { defaults: { allow: ["GET /things"] }, roles: { writer: { allow: ["POST *"] } } };
  const settings = [...things(), "--roles", JSON.stringify(roles)];
  const call = ["call", "createThing", "--args", '{"name":"box"}', "--dry-run", ...settings];
  const writer = ["--terminal-roles", "writer"];
  const runs = await Promise.all([
    specchat(["tools", ...settings]),
    specchat(call),
    specchat(["tools", ...settings, ...writer]),
    specchat([...call, ...writer]),
  ]);
  expect(runs.map(({ code }) => code)).toEqual([0, 1, 0, 0]);
  const [reads, refused, writes, request] = runs.map(({ out, err }) => out + err);
  expect([reads, writes].map((text) => text?.match(/^\w+(?= +(GET|POST))/gm))).toEqual([
    ["listThings", "getThing"],
    ["createThing"],
  ]);
  expect(refused).toContain("Unknown tool");
  expect(request).toContain('"method": "POST"');
});

describe("tools", () => {
  test("lists the tools with their tokens", async () => {
    const { code, out, err } = await specchat(["tools", ...things()]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^listThings\s+GET {4}\/things {2}\(\d+ tokens\)$/m);
    expect(out).toMatch(/^3 tools, about \d+ tokens in every request$/m);
  });

  test("--json prints an array with the definitions and the operations of the tools", async () => {
    const { out } = await specchat(["tools", "--json", ...things()]);
    expect(JSON.parse(out)[2]).toEqual({
      name: "getThing",
      method: "GET",
      path: "/things/{id}",
      description: "Get a thing. (HTTP GET /things/{id})",
      inputSchema: {
        type: "object",
        properties: { id: { type: "string" } },
        required: ["id"],
      },
      tokens: expect.any(Number),
    });
  });

  test("prints rejected operations to standard error, and as JSON with --rejected", async () => {
    const some = ["tools", ...things(), "--excluded-paths", "/things/{"];
    expect((await specchat(some)).err).toBe(
      "rule: --excluded-paths /things/{ excludes 1 operation\n" +
        "no tool: GET /things/{id}: excluded by --excluded-paths /things/{\n",
    );
    expect(JSON.parse((await specchat([...some, "--rejected"])).out)).toEqual([
      { method: "GET", path: "/things/{id}", reason: "excluded by --excluded-paths /things/{" },
    ]);
  });

  test("reads a document from standard input", async () => {
    const stdin = await Bun.file(api.spec).text();
    const { code, out } = await specchat(["tools", "--spec", "-"], { stdin });
    expect([code, out.split("\n").at(-2)]).toEqual([0, expect.stringContaining("3 tools")]);
  });
});

test("tools of MCP servers are listed, and a server that does not respond causes a warning", async () => {
  const server = `${process.execPath} ${import.meta.dir}/../tools/mcp/notes-server.ts echo write`;
  const argv = [...things(), "--mcp", `notes=${server}`, "--mcp", "gone=./no-such-program"];
  const { code, out, err } = await specchat(["tools", ...argv]);
  expect([code, out]).toEqual([0, expect.stringMatching(/^notes_echo +MCP server notes +\(\d+ tokens\)$/m)]);
  expect(err).toMatch(
    /^Warning: MCP server gone: .*no-such-program.*; its tools become available when it responds$/m,
  );
  const call = await specchat(["call", "notes_echo", ...argv, "--args", '{"text":"hello"}']);
  expect([call.code, JSON.parse(call.out)]).toEqual([
    0,
    { tool: "notes_echo", source: "MCP server notes", status: "ok", content: "hello" },
  ]);
  expect((await specchat(["check", ...argv])).out).toMatch(/^Warning +MCP server gone: /m);
});

describe("call", () => {
  test("sends the request of the assistant and prints it with the response", async () => {
    const { code, out, err } = await specchat(["call", "getThing", ...things(), "--args", '{"id":"a/b c"}']);
    expect([code, err]).toEqual([0, ""]);
    expect(JSON.parse(out)).toEqual({
      request: {
        method: "GET",
        url: `${api.url}/things/a%2Fb%20c`,
        headers: { Accept: expect.any(String) },
        body: null,
      },
      status: 200,
      headers: expect.objectContaining({ "content-type": expect.stringContaining("application/json") }),
      body: { id: null, name: "thing a%2Fb%20c" },
    });
    expect(api.requests.at(-1)).toBe("GET /things/a%2Fb%20c");
  });

  test.each([
    [
      "application/json",
      '{"a":1,"a":[],"n":1.0,"big":9007199254740993}',
      '{"a":1,"a":[],"n":1.0,"big":9007199254740993}',
    ],
    ["text/plain; charset=iso-8859-1", new Uint8Array([0x4d, 0xfc]), '"Mü"'],
    ["text/csv; charset=shift_jis", new Uint8Array([0x83, 0x65]), '"テ"'],
    ["text/plain; charset=utf-16le", new Uint8Array([0x4d, 0, 0xfc, 0]), '"Mü"'],
    ["application/octet-stream", new Uint8Array([0, 255]), '"AP8="'],
    ["application/json", "{broken", '"{broken"'],
  ] as const)("prints a body of %s as it is", async (type, content, printed) => {
    const other = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => new Response(content, { headers: { "Content-Type": type } }),
    });
    const { out } = await specchat([
      "call",
      "listThings",
      "--spec",
      api.spec,
      "--base-url",
      other.url.origin,
    ]);
    await other.stop(true);
    expect(out.replaceAll(/\n */g, "").replaceAll('": ', '":')).toEndWith(`"body":${printed}}`);
    expect(JSON.parse(out).status).toBe(200);
  });

  test("--dry-run sends nothing, masks credentials without --show-secrets, and keeps integers exact", async () => {
    const before = api.requests.length;
    const dry = [
      "call",
      "createThing",
      ...things(),
      "--dry-run",
      "--api-header",
      "X-Key: s3cret",
      "--args",
      '{"name":"n","size":9007199254740993}',
    ];
    const masked = await specchat(dry);
    expect(JSON.parse(masked.out)).toEqual({
      method: "POST",
      url: `${api.url}/things`,
      headers: { Accept: expect.any(String), "Content-Type": "application/json", "X-Key": "***" },
      body: '{"name":"n","size":9007199254740993}',
    });
    expect((await specchat([...dry, "--show-secrets"])).out).toContain('"X-Key": "s3cret"');
    expect(api.requests).toHaveLength(before);
  });

  test("prints an error response and exits with 1", async () => {
    const { code, out } = await specchat(["call", "getThing", ...things(), "--args", '{"id":"404"}']);
    expect([code, JSON.parse(out)]).toMatchObject([1, { status: 404, body: { message: "no such thing" } }]);
  });

  test.each([
    [["getThing"], "id"],
    [["getThing", "--args", '{"id":".."}'], '".." cannot be sent in a path'],
    [["getThing", "--args", "{bad"], "--args is not valid JSON"],
    [["getThing", "--args", "[1]"], "--args must be a JSON object"],
    [["getThings", "--args", "{}"], "getThing"],
  ])("refuses %p before anything is sent", async (args, expected) => {
    const before = api.requests.length;
    const { code, out, err } = await specchat(["call", ...args, ...things()]);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain(expected);
    expect(api.requests).toHaveLength(before);
  });
});

describe("custom tools", () => {
  const customTools = () => [...things(), "--tools-dir", "own"];

  beforeAll(async () => {
    const example = "delivery-date.tool.ts";
    await mkdir(`${folder}/own`);
    await copyFile(`${import.meta.dir}/../fixtures/tools/${example}`, `${folder}/own/${example}`);
    await Bun.write(`${folder}/own/broken.tool.js`, "throw new Error('no database');");
  });
  afterAll(() => rm(`${folder}/own`, { recursive: true }));

  test("are listed with their file, and a broken module causes a warning", async () => {
    const { code, out, err } = await specchat(["tools", ...customTools()]);
    expect([code, err]).toEqual([0, "Warning: tools-dir broken.tool.js: no database\n"]);
    expect(out).toMatch(/^delivery_date {2}delivery-date\.tool\.ts {2}\(\d+ tokens\)$/m);
    expect(out).toMatch(/^4 tools, about \d+ tokens in every request$/m);
    const listing = JSON.parse((await specchat(["tools", "--json", ...customTools()])).out);
    expect(listing[3]).toEqual({
      name: "delivery_date",
      source: "delivery-date.tool.ts",
      description: expect.stringContaining("Tells when a parcel arrives"),
      inputSchema: expect.objectContaining({ type: "object" }),
      tokens: expect.any(Number),
    });
  });

  test("are called, and a failed result exits with 1", async () => {
    const call = (values: object) =>
      specchat(["call", "deliveryDate", ...customTools(), "--args", JSON.stringify(values)]);
    const { code, out, err } = await call({ sent: "2026-01-30", workingDays: 3 });
    expect([code, err]).toEqual([0, ""]);
    expect(JSON.parse(out)).toEqual({
      tool: "delivery_date",
      source: "delivery-date.tool.ts",
      status: "ok",
      content: '{"arrives":"2026-02-04"}',
    });
    const refused = await call({ sent: "2026-01-30" });
    expect([refused.code, JSON.parse(refused.out).content]).toEqual([
      1,
      "Tool not run: invalid arguments for delivery_date.\n- workingDays: is required",
    ]);
    expect(await specchat(["call", "delivery_date", ...customTools(), "--dry-run"])).toEqual({
      code: 1,
      out: "",
      err: "--dry-run prints HTTP requests only: delivery_date is a tool of delivery-date.tool.ts.\n",
    });
  });

  test("are counted by `check`", async () => {
    const { out } = await specchat(["check", ...customTools(), "--model", "demo"]);
    expect(out).toMatch(/^Document\s+4 tools, 0 operations left out$/m);
    expect(out).toMatch(/^Warning\s+tools-dir broken.tool.js: no database$/m);
  });

  test("from a missing folder end the command with one line, and are one problem of `check`", async () => {
    expect(await specchat(["tools", ...things(), "--tools-dir", "nowhere"])).toEqual({
      code: 1,
      out: "",
      err: "--tools-dir nowhere: the folder does not exist\n",
    });
    const { code, out } = await specchat(["check", ...things(), "--tools-dir", "nowhere", "--model", "demo"]);
    expect(code).toBe(1);
    expect(out).toMatch(/^Document\s+--tools-dir nowhere: the folder does not exist$/m);
    expect(out).toMatch(/^Model\s+demo responds$/m);
  });
});

describe("ask", () => {
  test("prints the reply to standard output and the calls to standard error", async () => {
    const { code, out, err } = await specchat(["ask", "list the products under 50 dollars"]);
    expect(code).toBe(0);
    expect(out).toContain("| Cast iron skillet |");
    expect(err).toMatch(/^→ listProducts \{"maxPrice":50\}\n← listProducts ok 200 in \d+ ms\n$/);
    expect(out + err).not.toContain("\u001b");
  });

  test("--json prints one event per line", async () => {
    const { code, out, err } = await specchat(["ask", "--json", "how many customers are there?"]);
    expect([code, err]).toEqual([0, ""]);
    const events = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events[0]).toEqual({
      type: "turn_started",
      turnId: expect.any(String),
      question: {
        role: "user",
        id: expect.any(String),
        at: expect.any(String),
        text: "how many customers are there?",
      },
    });
    expect(events.at(-1)).toMatchObject({
      type: "turn_ended",
      end: { outcome: "answered", text: expect.stringContaining("24 customers") },
    });
  });

  test("exits with 1 and a text when the reply is empty twice", async () => {
    const bedrock = await startBedrock();
    bedrock.script([{ text: [] }, { text: [] }]);
    const { code, out, err } = await specchat(["ask", "hi", ...things()], {
      environment: {
        AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
        AWS_ACCESS_KEY_ID: "a",
        AWS_SECRET_ACCESS_KEY: "b",
      },
    });
    await bedrock.stop();
    expect([code, out, err]).toEqual([
      1,
      "(The model gave no reply. Please ask again, perhaps in other words.)\n",
      "",
    ]);
  });

  test("exits with 1 and the error when the turn fails", async () => {
    const environment = {
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: "http://127.0.0.1:1",
      AWS_ACCESS_KEY_ID: "a",
      AWS_SECRET_ACCESS_KEY: "b",
    };
    const { code, out, err } = await specchat(["ask", "hi", ...things(), "--max-retries", "0"], {
      environment,
    });
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain("technical difficulties");
    expect(err).not.toMatch(/^\s+at /m);
  });
});

describe("config and check", () => {
  test("config shows the source of each setting, and no secret", async () => {
    await Bun.write(`${folder}/.env`, "BEDROCK_MAX_TOKENS=100\n");
    const { code, out } = await specchat(
      ["config", "--json", "--port", "1234", "--api-header", "X-Key: s3cret"],
      { environment: { TEMPERATURE: "0.3" } },
    );
    await rm(`${folder}/.env`);
    expect(code).toBe(0);
    const rows = Object.fromEntries(
      JSON.parse(out).map(({ name, value, source }: Record<string, string>) => [name, [value, source]]),
    );
    expect(rows).toMatchObject({
      port: ["1234", "flag --port"],
      temperature: ["0.3", "environment TEMPERATURE"],
      maxTokens: ["100", ".env BEDROCK_MAX_TOKENS"],
      host: ["127.0.0.1", "default"],
    });
    expect(out).not.toContain("s3cret");
  });

  test("check finds no problem with the demo", async () => {
    const { code, out } = await specchat(["check"]);
    expect([code, out]).toEqual([0, expect.stringMatching(/^Credentials\s+not needed/m)]);
  });

  test("check reports an API that does not respond and missing credentials, with the fix", async () => {
    const { code, out } = await specchat(["check", "--spec", api.spec, "--region", "us-east-1"], {
      environment: { AWS_EC2_METADATA_DISABLED: "true" },
    });
    expect(code).toBe(1);
    expect(out).toMatch(/^API\s+http:\/\/127.0.0.1:1 does not respond: .*--base-url/m);
    expect(out).toMatch(/^Credentials\s+.*credentials/im);
  });
});

test("a server without credentials starts with a warning that says what to do", async () => {
  const child = Bun.spawn([...SPECCHAT, "--port", "0", ...things()], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, AWS_EC2_METADATA_DISABLED: "true" },
    stdout: "ignore",
    stderr: "pipe",
  });
  let stderr = "";
  for await (const chunk of child.stderr) {
    stderr += new TextDecoder().decode(chunk);
    if (/"level":"warning".*\n/.test(stderr)) break;
  }
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
  expect(stderr).toMatch(/"level":"warning","msg":"CredentialsError: .*aws sso login/);
});

test("check continues with the credentials when the document cannot be read", async () => {
  const { code, out } = await specchat(["check", "--spec", "missing.yaml"], {
    environment: { AWS_EC2_METADATA_DISABLED: "true" },
  });
  expect(code).toBe(1);
  expect(out).toMatch(/^Document\s+missing\.yaml: there is no such file$/m);
  expect(out).toMatch(/^Credentials\s+.*credentials/im);
});

describe("one clear line reports", () => {
  test.each([
    [["--spec", "missing.yaml"], 1, "missing.yaml: there is no such file"],
    [["--port", "70000"], 2, 'port: "70000" from flag --port is not a whole number from 0 to 65535'],
    [["--max-tokens", "many"], 2, 'maxTokens: "many" from flag --max-tokens is not a whole number from 1 up'],
    [["--model", "claude-haiku-4-5"], 2, "claude-haiku-4-5"],
    [["--host", "0.0.0.0"], 1, "--allow-unauthenticated"],
    [["--sepc", "x.yaml"], 2, "did you mean --spec?"],
    [["tols"], 2, "tools"],
  ] as const)("%p", async (argv, code, text) => {
    const run = await specchat(argv);
    expect(run).toMatchObject({ code, out: "" });
    expect(run.err).toContain(text);
    expect(run.err).not.toMatch(/^\s+at /m);
  });

  test("a missing document, and a web page instead of a document", async () => {
    const gone = await specchat(["--spec", `http://127.0.0.1:${specs.port}/gone.json`]);
    expect(gone).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringMatching(/^http:\/\/127.*gone\.json.*404.*\n$/),
    });
    const page = await specchat(["--spec", `http://127.0.0.1:${specs.port}/page.html`]);
    expect(page).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringMatching(/^http:\/\/127.*page\.html.*HTML.*\n$/),
    });
  });

  test("a document that loads slowly", async () => {
    const slow = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      async fetch() {
        await Bun.sleep(1500);
        return new Response(await Bun.file(api.spec).text());
      },
    });
    const run = await specchat(["tools", "--spec", `http://127.0.0.1:${slow.port}/api.yaml`], {
      keepsProgress: true,
    });
    expect(run).toMatchObject({ code: 0, err: "Loading API documents …\n" });
    await slow.stop(true);
  });

  test("invalid YAML, with its line", async () => {
    await Bun.write(`${folder}/broken.yaml`, "openapi: 3.0.3\ninfo:\n  title: [unclosed\npaths: {}\n");
    const run = await specchat(["tools", "--spec", "broken.yaml"]);
    expect(run).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringMatching(/^broken\.yaml: YAML syntax error at line 4, column 1: .*\n$/),
    });
  });

  test("a port that is in use", async () => {
    const run = await specchat(["--port", String(specs.port)]);
    expect(run).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringMatching(/^Port \d+ on 127\.0\.0\.1 is in use\..*--port\.\n$/),
    });
  });

  test("each of several invalid settings", async () => {
    const { code, err } = await specchat(["--port", "x"], { environment: { BEDROCK_TEMPERATURE: "3" } });
    expect(code).toBe(2);
    expect(err.split("\n").filter((line) => /^(port|temperature): /.test(line))).toHaveLength(2);
  });
});

test("--help groups every flag, and --version prints the version", async () => {
  const help = await specchat(["--help"]);
  expect(help).toMatchObject({ code: 0, err: "" });
  expect(help.out).toMatch(/^The API:$[\s\S]*--spec[\s\S]*^The model:$[\s\S]*--model[\s\S]*^Access:$/m);
  expect((await specchat(["--version"])).out).toMatch(/^specchat \d+\.\d+\.\d+\n$/);
});
