/** Every sample of the manual that is no shell command: settings are read by the code that reads them, clients run. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { readRoles } from "../../src/access/authorization/read-roles.ts";
import { loadConfig } from "../../src/config/load.ts";
import { parsePrices } from "../../src/model/prices.ts";
import { readOverlay } from "../../src/openapi/overlay/overlay.ts";
import { createBrand } from "../../src/page/brand/brand.ts";
import { parseTheme } from "../../src/page/brand/theme.ts";
import { decodeFrame } from "../../src/protocols/native/codec.ts";
import { loadTools } from "../../src/tools/custom/load.ts";
import { type RecordingApi, type Specchat, startApi, startSpecchat } from "../support/harness.ts";
import { hasServer, readSamples, type Sample } from "./samples.ts";

const samples = (await readSamples()).filter((sample) => sample.language !== "sh" && !hasServer(sample));
const nginx = process.env.NGINX ?? Bun.which("nginx") ?? Bun.which("/usr/sbin/nginx");

let folder: string;
let specchat: Specchat;
let api: RecordingApi;
beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/specchat-samples-`);
  [specchat, api] = await Promise.all([startSpecchat({ useDemoModel: true }), startApi()]);
});
afterAll(async () => {
  await Promise.all([specchat.stop(), api.stop()]);
  await rm(folder, { recursive: true });
});

/** Reads a configuration file as `--config` does. */
function readConfigFile(name: string, text: string) {
  const files: Readonly<Record<string, string>> = { [name]: text };
  return loadConfig({ argv: ["--config", name], environment: {}, readFile: (path) => files[path] });
}

type Check = (sample: Sample) => unknown;

/** The first check whose condition a sample meets is run. */
const CHECKS: readonly { readonly of: (sample: Sample) => boolean; readonly check: Check }[] = [
  {
    of: ({ language, text }) => language === "json" && text.includes('"mcpServers"'),
    check({ text }) {
      const { mcpServers } = JSON.parse(text);
      const path = `${folder}/mcp.json`;
      const readFile = (name: string) => (name === path ? text : undefined);
      const { config } = loadConfig({ argv: ["--mcp-config", path], environment: {}, readFile });
      expect(config.mcpConfig).toBe(path);
      for (const [name, { url, command, args = [] }] of Object.entries<McpEntry>(mcpServers)) {
        const value = url ?? [command, ...args].join(" ");
        const { config: read } = loadConfig({
          argv: ["--mcp", `${name}=${value}`],
          environment: {},
          readFile: () => undefined,
        });
        expect(read.mcp).toHaveLength(1);
      }
    },
  },
  {
    of: ({ page, language }) => page === "bedrock.md" && language === "json",
    check({ text }) {
      const { Version, Statement } = JSON.parse(text);
      expect(Version).toBe("2012-10-17");
      for (const { Effect, Action, Resource } of Statement) {
        expect(Effect).toBe("Allow");
        for (const action of Action) expect(action).toMatch(/^bedrock:\w+$/);
        for (const resource of Resource) expect(resource).toMatch(/^arn:aws:bedrock:/);
      }
    },
  },
  {
    of: ({ page, language }) => page === "cost.md" && language === "json",
    check: ({ text }) => parsePrices(text),
  },
  {
    of: ({ page, language }) => page === "native.md" && language === "json",
    check: ({ text }) => expect(decodeFrame(text)).toMatchObject({ type: "message" }),
  },
  {
    of: ({ page, language }) => page === "roles.md" && language === "yaml",
    check: ({ text }) => expect(Object.keys(readRoles("roles.yaml", text).roles)).not.toEqual([]),
  },
  {
    of: ({ page, language }) => page === "branding.md" && language === "yaml",
    check({ text }) {
      const theme = parseTheme(text);
      expect([createBrand(theme, undefined, "./").warnings, theme.suggestions?.length]).toEqual([[], 2]);
    },
  },
  {
    of: ({ language, text }) => language === "yaml" && text.startsWith("overlay:"),
    check: ({ text }) =>
      expect(readOverlay(Bun.YAML.parse(text), "overlay.yaml").actions.length).toBeGreaterThan(0),
  },
  {
    of: ({ language, text }) => language === "yaml" && text.startsWith("apis:"),
    check({ text }) {
      const { config, warnings } = readConfigFile("specchat.yaml", text);
      expect([config.spec, warnings]).toEqual([
        ["github=github.json", "shop=shop.yaml", "crm=https://crm.test/openapi.json"],
        [],
      ]);
    },
  },
  { of: ({ language, text }) => language === "yaml" && text.includes("x-specchat:"), check: checkExtension },
  { of: ({ language, page }) => language === "ts" && page === "custom-tools.md", check: checkTool },
  { of: ({ language }) => language === "ts", check: runClient },
  { of: ({ language }) => language === "tsx", check: checkImports },
  { of: ({ language }) => language === "http", check: checkChallenge },
  { of: ({ language }) => language === "nginx", check: checkNginx },
  { of: ({ language }) => language === "html", check: checkMarkup },
];

interface McpEntry {
  readonly url?: string;
  readonly command?: string;
  readonly args?: readonly string[];
}

/** The extension of the sample makes the tool that it describes. */
async function checkExtension({ text }: Sample): Promise<void> {
  const { paths } = Bun.YAML.parse(text) as { paths: Record<string, object> };
  const path = `${folder}/extended.json`;
  const operation = { responses: { 200: { description: "ok" } } };
  const extended = Object.fromEntries(
    Object.entries(paths).map(([name, methods]) => [
      name,
      Object.fromEntries(
        Object.entries(methods).map(([method, value]) => [method, { ...operation, ...value }]),
      ),
    ]),
  );
  await Bun.write(
    path,
    JSON.stringify({ openapi: "3.1.0", info: { title: "Orders", version: "1" }, paths: extended }),
  );
  const server = await startSpecchat({ argv: ["--spec", path, "--base-url", api.url], useDemoModel: true });
  expect(server.app.apis.current.tools.map(({ name }) => name)).toContain("find_orders");
  expect(server.log.filter((line) => line.includes("warning"))).toEqual([]);
  await server.stop();
}

async function checkTool({ text }: Sample): Promise<void> {
  await Bun.write(`${folder}/tools/delivery-date.tool.ts`, text);
  const { tools, problems } = await loadTools(`${folder}/tools`, 1000);
  expect([tools.map(({ name }) => name), problems]).toEqual([["delivery_date"], []]);
}

/** Modules that samples import. Bun resolves them from this file. */
const MODULES: Readonly<Record<string, () => Promise<object>>> = {
  openai: () => import("openai"),
  "@anthropic-ai/sdk": () => import("@anthropic-ai/sdk"),
  "@ag-ui/client": () => import("@ag-ui/client"),
  ai: () => import("ai"),
  specchat: () => import("../../src/index.ts"),
};

const IMPORT = /^import (?:\{ ([\w, ]+) \}|(\w+)) from "([^"]+)";$/gm;

/** Runs a client against the server of this test, in place of the addresses and models of the sample. */
async function runClient({ page, text }: Sample): Promise<void> {
  const source = text
    .replace(IMPORT, (_line, names, all, module) =>
      names
        ? `const { ${names} } = await load("${module}");`
        : `const { default: ${all} } = await load("${module}");`,
    )
    .replaceAll("http://127.0.0.1:8000", specchat.url)
    .replace("global.anthropic.claude-haiku-5-5", "demo")
    .replace('spec: "openapi.yaml"', `spec: "${api.spec}", model: "demo", store: "memory"`)
    .replace("http://10.0.0.5:8080", api.url)
    .concat('\nreturn typeof specchat === "undefined" ? undefined : specchat;');
  const path = `${folder}/${page}.ts`;
  await Bun.write(path, `export default async (load, process, console, Bun) => {\n${source}\n};\n`);
  const { default: run } = await import(path);
  const written: string[] = [];
  const write = (part: unknown) => void written.push(String(part));
  const servers: Bun.Server<unknown>[] = [];
  const bun = {
    serve(options: Bun.Serve.Options<unknown>) {
      const server = Bun.serve({ ...options, port: 0, hostname: "127.0.0.1" } as never);
      servers.push(server);
      return server;
    },
  };
  const load = (name: string) => MODULES[name]?.();
  const embedded = await run(load, { stdout: { write } }, { log: write }, bun);
  for (const server of servers) {
    expect(await (await fetch(server.url)).text()).toBe("My own page");
    expect((await fetch(new URL("/bedrock-chat/health", server.url))).status).toBe(200);
    await server.stop(true);
  }
  await embedded?.close();
  if (!text.includes("messages.create")) expect(written.join("")).not.toBe("");
}

/** A fragment of a component: it is valid, and its packages export what it imports. */
async function checkImports({ text }: Sample): Promise<void> {
  new Bun.Transpiler({ loader: "tsx" }).scanImports(text);
  for (const [, names = "", , module = ""] of text.matchAll(IMPORT)) {
    // The hooks of React are not among the packages of the tests.
    if (module === "@ai-sdk/react") continue;
    const exported = await MODULES[module]?.();
    expect(names.split(", ").filter((name) => !(name in (exported ?? {})))).toEqual([]);
  }
}

/** The header of the sample is that of a server with its public address. */
async function checkChallenge({ text }: Sample): Promise<void> {
  const server = await startSpecchat({
    argv: [
      ...["--jwt-jwks", "https://login.example.com/keys", "--jwt-issuer", "https://login.example.com"],
      ...["--jwt-audience", "specchat"],
      ...["--allowed-hosts", "chat.example.com", "--trusted-proxies", "1"],
    ],
    useDemoModel: true,
    ports: { fetch: async () => Response.json({ keys: [] }) },
  });
  const response = await fetch(`${server.url}/mcp`, {
    method: "POST",
    body: "{}",
    headers: { Host: "chat.example.com", "X-Forwarded-Proto": "https" },
  });
  expect(`WWW-Authenticate: ${response.headers.get("www-authenticate")}`).toBe(text.trim());
  await server.stop();
}

/** The server has what the markup loads, and its scripts are valid. */
async function checkMarkup({ text }: Sample): Promise<void> {
  const addresses = [...text.matchAll(/src="([^"]+)"/g)].map(([, address = ""]) => address);
  for (const address of addresses) {
    const response = await fetch(address.replace("https://chat.example.com", specchat.url));
    expect([address, response.status]).toEqual([address, 200]);
  }
  const scripts = [...text.matchAll(/<script>(.*?)<\/script>/gs)].map(([, script = ""]) => script);
  for (const script of scripts) new Bun.Transpiler({ loader: "js" }).transformSync(script);
  expect([...addresses, ...scripts]).not.toEqual([]);
}

async function checkNginx({ text }: Sample): Promise<void> {
  if (nginx === null) return;
  const config = `${folder}/nginx.conf`;
  await Bun.write(
    config,
    `pid ${folder}/nginx.pid;\nerror_log stderr;\nevents {}\nhttp { server { listen 127.0.0.1:8080;\n${text}\n} }\n`,
  );
  const child = Bun.spawn([nginx, "-t", "-q", "-c", config, "-p", folder], {
    // nginx reads a variable of its name as sockets to inherit.
    env: { ...process.env, NGINX: undefined },
    stdout: "ignore",
    stderr: "pipe",
  });
  const problem = await new Response(child.stderr).text();
  expect([await child.exited, problem]).toEqual([0, expect.not.stringContaining("emerg")]);
}

test.each(samples.map((sample) => [sample.place, sample] as const))("%s", async (_place, sample) => {
  const found = CHECKS.find(({ of }) => of(sample));
  if (!found) throw new Error(`${sample.place}: no check is for a sample like this`);
  await found.check(sample);
});
