/**
 * The pages on moving from an older system: each page's server starts with the variables of that system, and every check
 * of the page runs against it. Each name in its table is read as the setting beside it.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { loadConfig } from "../../src/config/load.ts";
import { environmentNames, findSettingByKey, isObsoleteName, kebabCase } from "../../src/config/names.ts";
import type { SettingName } from "../../src/config/settings.ts";
import { TOPICS } from "../../src/manual/topics.ts";
import { type Specchat, startSpecchat } from "../support/harness.ts";
import { createShell, type RecordedCommand } from "./run-shell.ts";
import { runSpecchat } from "./run-specchat.ts";
import { hasServer, readSamples, type Sample } from "./samples.ts";

const samples = (await readSamples()).filter(hasServer);
const pages = TOPICS.filter(({ name }) => name.startsWith("migration-"));
const hasCurl = Bun.which("curl") !== null;

let folder: string;
let run: (script: string) => Promise<readonly RecordedCommand[]>;
let api: ReturnType<typeof Bun.serve>;
const previous = process.cwd();

beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/specchat-migration-`);
  run = await createShell(folder);
  api = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => Response.json({ id: 7, status: "late" }) });
  const document = await Bun.file(`${import.meta.dir}/../fixtures/orders.yaml`).text();
  await Bun.write(
    `${folder}/openapi.yaml`,
    document.replace("http://orders.test", `http://127.0.0.1:${api.port}`),
  );
  // The commands name files in the current folder.
  process.chdir(folder);
});
afterAll(async () => {
  process.chdir(previous);
  await api.stop(true);
  await rm(folder, { recursive: true });
});

/** Starts the server of the first block of a page, with the demo model and on free ports. */
async function startServer(page: string): Promise<Specchat> {
  const [first] = samples.filter((sample) => sample.page === page);
  const [start] = await run(first?.text ?? "");
  const { argv = [], environment = {} } = start ?? {};
  expect(argv).toContain("--spec");
  const dashboard = environment.DASHBOARD_PORT === undefined ? [] : ["--dashboard-port", "0"];
  return await startSpecchat({
    argv: [...argv, "--port", "0", ...dashboard],
    environment,
    useDemoModel: true,
  });
}

type Check = (sample: Sample, server: Specchat) => Promise<void>;

/** The checks of a block, by its language. */
const CHECKS: Readonly<Record<string, Check>> = {
  async sh({ text }, server) {
    const recorded = hasCurl || !text.includes("curl ") ? await run(withAddress(text, server)) : [];
    for (const command of recorded) await runSpecchat(command, folder);
    expect(recorded.length > 0 || text.includes("curl ")).toBe(true);
  },
  async yaml({ text }) {
    const { sources, warnings } = loadConfig({
      argv: ["--config", "specchat.yaml"],
      environment: {},
      readFile: (path) => (path === "specchat.yaml" ? text : undefined),
    });
    const isRead = Object.values(sources).filter(({ source }) => source.startsWith("specchat.yaml"));
    expect([isRead.length, warnings]).toEqual([text.trim().split("\n").length, []]);
  },
  async ts({ text, page }, server) {
    const path = `${folder}/${page}.ts`;
    await Bun.write(path, `export default (console) => {\n${withAddress(text, server)}\n};\n`);
    const { default: runClient } = await import(path);
    const printed = await new Promise<unknown[]>((resolve) =>
      runClient({ log: (...parts: unknown[]) => resolve(parts) }),
    );
    expect(JSON.stringify(printed)).toMatch(/order|chat\.message_complete/i);
    expect(JSON.stringify(printed)).not.toContain("error");
  },
};

/** Replaces the addresses of a page by those of the server. */
function withAddress(text: string, { server, url }: Specchat): string {
  const dashboard = new URL(server.dashboardUrl ?? url).host;
  return text.replaceAll("127.0.0.1:3001", dashboard).replace(/127\.0\.0\.1:800[01]/g, new URL(url).host);
}

test.each(pages.map(({ name }) => name))(
  "%s: the server starts with the variables, and the checks pass.",
  async (name) => {
    const blocks = samples.filter(({ page }) => page === `${name}.md`);
    const server = await startServer(`${name}.md`);
    for (const block of blocks) await CHECKS[block.language]?.(block, server);
    expect(blocks.filter(({ language }) => !CHECKS[language])).toEqual([]);
    await server.stop();
  },
  20_000,
);

test.each(pages)("$name: every name of the table is read as the setting beside it.", ({ text }) => {
  const table = text.slice(text.indexOf("## Settings"), text.indexOf("## What differs"));
  const rows = [...table.matchAll(/^\| (`[^|]*`) \| ([^|]*) \|/gm)];
  expect(rows.length).toBeGreaterThan(3);
  for (const [row, names = "", target = ""] of rows)
    for (const [, name = ""] of names.matchAll(/`([^`]*)`/g))
      expect([row, readAs(name)]).toEqual([row, target]);
});

/** Returns the flag of the setting that a name of an older system sets, as the pages write it. */
function readAs(name: string): string {
  const setting = findSettingByKey(name);
  if (setting === undefined) return isObsoleteName(name) ? "ignored" : "unknown";
  // Names in capitals are variables: those that are keys of a config file alone are not read from the environment.
  const isRead = name !== name.toUpperCase() || isVariable(setting, name);
  return isRead ? `\`--${kebabCase(setting)}\`` : "not read";
}

function isVariable(setting: SettingName, name: string): boolean {
  return environmentNames(setting).includes(name);
}
