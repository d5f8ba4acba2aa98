import { expect, test } from "bun:test";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CheckRow, runChecks } from "../../src/commands/checks.ts";
import { type LoadedConfig, loadConfig } from "../../src/config/load.ts";
import { startSpecchat, testPorts } from "../support/harness.ts";
import { SPECCHAT } from "../support/specchat-command.ts";

const SECRETS = ["cookie-secret-of-the-test", "header-secret-of-the-test", "token-secret-of-the-test"];
const [cookie = "", header, token] = SECRETS;

test("The report has settings, checks, the server's state and its errors, and no secret.", async () => {
  const folder = await mkdtemp(join(tmpdir(), "specchat-doctor-"));
  const server = await startSpecchat({ useDemoModel: true });
  const lines = [
    { level: "info", msg: "turn answered" },
    { level: "error", msg: "turn failed", code: "throttled", detail: `Authorization: Bearer ${token}` },
  ];
  await writeFile(join(folder, "server.log"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const argv = [
    ...["--spec", "demo", "--model", "demo", "--log-file", "server.log", "--data-dir", "data"],
    ...["--port", String(server.server.port), "--mcp", "gone=http://127.0.0.1:1/mcp"],
    ...["--api-header", `X-Key: ${header}`],
  ];
  const child = Bun.spawn([...SPECCHAT, "doctor", ...argv], {
    cwd: folder,
    env: { HOME: folder, COOKIE_SECRET: cookie },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, code] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  const path = join(folder, "specchat-doctor.json");
  const [text, { mode }] = await Promise.all([readFile(path, "utf8"), stat(path)]);
  await server.stop();
  await rm(folder, { recursive: true });
  expect([code, out, mode & 0o777]).toEqual([
    0,
    "specchat-doctor.json has the report. Secrets are masked. Read it before you share it.\n",
    0o600,
  ]);
  expect(SECRETS.filter((secret) => text.includes(secret))).toEqual([]);
  const report = JSON.parse(text);
  expect(report.settings).toContainEqual({
    flag: "--cookie-secret",
    value: "********",
    source: "environment COOKIE_SECRET",
  });
  expect(report).toMatchObject({
    version: server.app.version,
    bun: Bun.version,
    checks: [
      { label: "Settings", state: "ok" },
      { label: "Document", state: "ok" },
      { label: "API", state: "ok" },
      { label: "Credentials", state: "ok" },
      { label: "Model", state: "ok" },
      { label: "Warning", text: expect.stringContaining("MCP server gone: "), state: "warning" },
      { label: "Store", text: expect.stringMatching(/sessions$/), state: "ok" },
    ],
    server: expect.stringMatching(/\/readyz 200 \{"status":"ready"/),
    recentErrors: [JSON.stringify({ ...lines[1], detail: "Authorization: Bearer ********" })],
  });
});

test("A wrong roles file is a problem in the report, and the rest is checked.", async () => {
  const rows: CheckRow[] = [];
  const roles = '{"roles": {"admin": {"administrator": true}}}';
  const { config } = loadConfig({
    argv: ["--spec", "demo", "--model", "demo", "--roles", roles],
    environment: {},
    readFile: () => undefined,
  });
  const loaded = { config, warnings: [] } as unknown as LoadedConfig;
  const terminal = { out: () => {}, err: () => {}, flush: async () => {} };
  const stop = new AbortController().signal;
  await runChecks({ loaded, terminal, ports: testPorts(), useDemoModel: false, stop }, (row) =>
    rows.push(row),
  );
  expect(rows).toMatchObject([
    { label: "Settings", state: "ok" },
    {
      label: "Settings",
      text: expect.stringContaining("roles.admin.administrator: unknown"),
      state: "problem",
    },
    { label: "Document", state: "ok" },
    { label: "API", state: "ok" },
    { label: "Credentials", state: "ok" },
    { label: "Model", state: "ok" },
  ]);
});
