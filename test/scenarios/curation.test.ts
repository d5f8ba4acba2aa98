/** Filters and overlays end to end: the command line, the server and a reload. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { watchDocuments } from "../../src/apis/watch-documents.ts";
import {
  NativeClient,
  type RecordingApi,
  type Specchat,
  startApi,
  startSpecchat,
} from "../support/harness.ts";
import { createScriptedModel, replyWithCalls, replyWithText } from "../support/scripted-model.ts";
import { SPECCHAT } from "../support/specchat-command.ts";

const GITHUB = `${import.meta.dir}/../../node_modules/@octokit/openapi/generated/api.github.com.json`;
let api: RecordingApi;
let folder: string;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());
beforeEach(async () => {
  folder = await mkdtemp(`${tmpdir()}/specchat-curation-`);
});
afterEach(() => rm(folder, { recursive: true }));

const overlay = (...actions: object[]) =>
  JSON.stringify({ overlay: "1.0.0", info: { title: "For the assistant", version: "1" }, actions });
const rename = (name: string) =>
  overlay({ target: "$.paths['/things'].get", update: { "x-specchat": { name } } });

function spawn(...argv: string[]) {
  return Bun.spawn([...SPECCHAT, ...argv], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}

async function specchat(...argv: string[]) {
  const child = spawn(...argv);
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, out, err };
}

describe("specchat tools", () => {
  test("prints the effect of each rule to standard error, apart from the JSON", async () => {
    await Bun.write(
      `${folder}/a.yaml`,
      `overlay: 1.0.0
info: { title: A, version: 1.0.0 }
actions:
  - target: $.paths['/things'].get
    update: { tags: [reading], x-specchat: { name: find_things, examples: [which are there?] } }
  - target: $.paths['/things'].post
    update: { x-specchat: { hide: true, confrim: always } }
  - target: $.paths['/gone']
    remove: true
`,
    );
    const rules = ["--overlay", "a.yaml", "--allowed-tags", "read*,writing"];
    const { code, out, err } = await specchat("tools", "--json", "--spec", api.spec, ...rules);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual([
      expect.objectContaining({
        name: "find_things",
        description: 'List the things. Examples: "which are there?". (HTTP GET /things)',
      }),
    ]);
    expect(err.trimEnd().split("\n")).toEqual([
      "rule: a.yaml action 1 (update $.paths['/things'].get) changes 1 place in 1 operation",
      "rule: a.yaml action 2 (update $.paths['/things'].post) changes 1 place in 1 operation",
      "rule: a.yaml action 3 (remove $.paths['/gone']) changes 0 places in 0 operations",
      "rule: x-specchat.name is set on 1 operation",
      "rule: x-specchat.hide is set on 1 operation",
      "rule: x-specchat.examples is set on 1 operation",
      "rule: --allowed-tags read* allows 1 operation",
      "rule: --allowed-tags writing allows 0 operations",
      "Warning: a.yaml: action 3: $.paths['/gone'] matches nothing",
      'Warning: POST /things: x-specchat has no field "confrim"; known fields: name, description, hide, read-only, confirm, pin, examples',
      "Warning: --allowed-tags writing matches no operation",
      "no tool: POST /things: hidden by x-specchat",
      "no tool: GET /things/{id}: no tag in --allowed-tags read*,writing",
    ]);
  });

  test("applies an overlay from a URL to one of several APIs, and one from a file to all", async () => {
    const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response(rename("named")) });
    await Bun.write(`${folder}/all.json`, overlay({ target: "$.paths.*.post", remove: true }));
    const { out } = await specchat(
      ...["tools", "--json", "--spec", `a=${api.spec}`, "--spec", `b=${api.spec}`],
      ...["--overlay", "all.json", "--overlay", `b=http://127.0.0.1:${server.port}/o.json`],
    );
    await server.stop(true);
    expect(JSON.parse(out).map(({ name }: { name: string }) => name)).toEqual([
      "listThings",
      "a_getThing",
      "named",
      "b_getThing",
    ]);
  });

  test("reports an invalid overlay in one line", async () => {
    await Bun.write(
      `${folder}/o.json`,
      overlay({ target: "$", update: {} }, { target: "paths", remove: true }),
    );
    expect(await specchat("tools", "--spec", api.spec, "--overlay", "o.json")).toEqual({
      code: 1,
      out: "",
      err: expect.stringMatching(
        /^o\.json: action 2: target "paths" is not a valid JSONPath \(RFC 9535\): .*, at character 1\n$/,
      ),
    });
  });
});

describe("the start of the server", () => {
  /** Starts and stops a server. Returns its output up to the complete banner, and its standard error. */
  async function start(...argv: string[]) {
    const child = spawn("--port", "0", ...argv);
    let out = "";
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      out += chunk;
      if (out.includes("\n\n") && /^ {2}Tools/m.test(out)) break;
    }
    child.kill("SIGTERM");
    const err = await new Response(child.stderr).text();
    await child.exited;
    return { out, err };
  }

  test("fails when an exclusion matches no operation, and every command says so", async () => {
    const argv = ["--spec", api.spec, "--base-url", api.url, "--excluded-tags", "intrenal"];
    const rules = [...argv, "--excluded-paths", "/thnigs,/things/{", "--excluded-methods", "DELETE"];
    const unmatched = "--excluded-paths /thnigs and --excluded-methods DELETE and --excluded-tags intrenal";
    const problem = `${unmatched} match no operation, so nothing is left out. Correct the rules (\`specchat tools\` lists the operations), or pass --allow-unmatched to go on.\n`;
    const runs = await Promise.all([
      specchat("--port", "0", ...rules),
      specchat("call", "listThings", ...rules),
      specchat("mcp", ...rules),
      specchat("tools", ...rules),
    ]);
    expect(runs.map(({ code }) => code)).toEqual([1, 1, 1, 1]);
    expect(runs.slice(0, 3).map(({ err }) => err)).toEqual([problem, problem, problem]);
    expect(runs[3]?.err.endsWith(problem)).toBe(true);
    expect(runs[3]?.out).toContain("listThings");
    expect((await specchat("tools", ...rules, "--allow-unmatched")).code).toBe(0);
    const [first] = await Promise.all([
      specchat("tools", ...argv.slice(0, 4), "--excluded-paths", "/redoc/,/docs"),
    ]);
    expect(first.code).toBe(0);
  });

  test("warns about rules without effect, and does not list the sizes of few tools", async () => {
    const rules = ["--excluded-operations", "delete*", "--allow-unmatched"];
    const { out, err } = await start("--spec", api.spec, ...rules);
    expect(err).toContain('"level":"warning","msg":"--excluded-operations delete* matches no operation"}\n');
    expect(err).not.toContain("cannot watch");
    expect(out).toMatch(
      /^ {2}Tools {5}3, about \d+ tokens in every request\n {2}Approval {2}required for 1 of 3 tools/m,
    );
  });

  test("names the largest tools of a large document and the savings of a smaller limit", async () => {
    const { out } = await start("--spec", GITHUB, "--tool-budget", "0");
    const [, total = "", largest = "", reduced = "", nextLine = ""] =
      /^ {2}Tools {5}\d+, about ([\d,]+) tokens.*\n {12}largest: (.*)\n {12}--description-limit 100 would leave about ([\d,]+) of these tokens\n {12}(.*)$/m.exec(
        out,
      ) ?? [];
    const number = (text: string) => Number(text.replaceAll(",", ""));
    const costs = largest.split(", ").map((entry) => number(entry.split(" ")[1] ?? ""));
    expect(costs).toHaveLength(10);
    expect(costs).toEqual(costs.toSorted((a, b) => b - a));
    expect(number(reduced)).toBeGreaterThan(number(total) / 10);
    expect(number(reduced)).toBeLessThan(number(total));
    expect(nextLine).toEndWith("operations left out: `specchat tools` lists the reasons");
  });

  test("lists the security schemes without a credential", async () => {
    await Bun.write(
      `${folder}/o.json`,
      overlay({
        target: "$",
        update: {
          security: [{ key: [] }],
          components: {
            securitySchemes: {
              key: { type: "apiKey", in: "header", name: "X-Key" },
              login: { type: "http", scheme: "bearer" },
            },
          },
          paths: { "/things": { post: { security: [{ login: [] }] } } },
        },
      }),
    );
    const argv = ["--spec", api.spec, "--overlay", "o.json"];
    expect((await start(...argv)).out).toContain(
      "            2 operations need a credential for key: set --api-credential, or use the caller's own\n" +
        "            1 operation needs a credential for login: set --api-credential, or use the caller's own\n",
    );
    const configured = await start(...argv, "--api-credential", "key: k", "--api-credential", "login: t");
    expect(configured.out).not.toContain("credential");
  });
});

describe("a running server", () => {
  let specchat: Specchat;
  let stop: AbortController;
  let client: NativeClient;

  async function start(...argv: string[]) {
    const model = createScriptedModel(({ tools, messages }) =>
      messages.at(-1)?.role === "user"
        ? replyWithCalls(["call-1", tools[0]?.name ?? "", {}])
        : replyWithText("Done"),
    );
    specchat = await startSpecchat({ argv: ["--spec", api.spec, "--base-url", api.url, ...argv], model });
    stop = new AbortController();
    const { apis, log } = specchat.app;
    watchDocuments({ apis, log, fetch: (url, init) => fetch(url, init), pollMs: 20 }, stop.signal);
    client = await NativeClient.connect(specchat.url);
    await client.waitFor("connection_established");
  }

  afterEach(async () => {
    client.close();
    stop.abort();
    await specchat.stop();
  });

  test("calls a tool by its name in the overlay, and reloads a changed overlay atomically", async () => {
    const file = `${folder}/o.json`;
    await Bun.write(file, rename("find"));
    await start("--overlay", file);
    const callNames = async () => {
      const frames = await client.runTurn("go");
      return frames.flatMap((frame) =>
        frame.type === "tool_call" ? [`${frame.name} ${frame.method} ${frame.path}`] : [],
      );
    };
    expect(await callNames()).toEqual(["find GET /things"]);
    await Bun.write(file, rename("search"));
    await client.waitFor("notice");
    expect(await callNames()).toEqual(["search GET /things"]);
    await Bun.write(file, '{"broken');
    while (!specchat.log.join("").includes("keeping previous documents")) await Bun.sleep(5);
    expect(specchat.log.join("")).toContain(`${file}: JSON syntax error at line 1, `);
    expect(await callNames()).toEqual(["search GET /things"]);
    await Bun.write(file, overlay({ target: "$.paths['/gone']", remove: true }));
    await client.waitFor("notice");
    expect(await callNames()).toEqual(["listThings GET /things"]);
    expect(specchat.log.join("")).toContain("action 1: $.paths['/gone'] matches nothing");
  });
});
