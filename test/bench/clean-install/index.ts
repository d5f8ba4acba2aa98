/**
 * `bun run bench install [--root FOLDER]` installs the executable on a clean Debian whose first process is systemd: install, start,
 * restart and upgrade under load behind the printed nginx, logs, uninstall. Nothing may be lost. Needs root and the packages
 * mmdebstrap and systemd-container, and `dist/specchat`, which is its own upgrade. `--root` keeps the Debian for the next run.
 */

import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { boot, type Container, createRoot, execute } from "./container.ts";

const repository = `${import.meta.dir}/../../..`;
const HOST = "chat.example.com";
const SETTINGS = [
  ...["--spec", "demo", "--model", "demo", "--allowed-hosts", `localhost,${HOST}`],
  ...["--rate-limit", "100000/minute"],
];
const SESSIONS = "8";

export async function cleanInstall({ root }: { readonly root?: string | undefined }): Promise<boolean> {
  const executable = `${repository}/dist/specchat`;
  if (!existsSync(executable)) throw new Error("dist/specchat is missing: run `bun run build`");
  const folder = root ?? (await mkdtemp(`${tmpdir()}/specchat-debian-`));
  if (!existsSync(`${folder}/etc/debian_version`)) await step("Debian", () => createRoot(folder));
  await rm(`${folder}/var/lib/specchat`, { recursive: true, force: true });
  await copyFile(executable, `${folder}/root/specchat`);
  await copyFile(executable, `${folder}/root/specchat-new`);
  const container = await step("boot", () => boot(folder));
  try {
    return await check(container, folder);
  } finally {
    await container.stop();
    if (root === undefined) await rm(folder, { recursive: true, force: true });
  }
}

async function check(container: Container, folder: string): Promise<boolean> {
  const { run } = container;
  await step("install", () => run("/root/specchat", "install", ...SETTINGS));
  await step("ready", () => waitUntilReady(container));
  await step("nginx", () => configureNginx(container, folder));
  const load = container.spawn([
    process.execPath,
    `${import.meta.dir}/load.ts`,
    "https://localhost",
    SESSIONS,
  ]);
  await Bun.sleep(3000);
  await step("restart under load", () => run("systemctl", "restart", "specchat"));
  await step("ready", () => waitUntilReady(container));
  await Bun.sleep(3000);
  await step("upgrade under load", () => run("specchat", "upgrade", "/root/specchat-new"));
  await Bun.sleep(3000);
  load.stdin.end();
  const report: LoadReport = JSON.parse(await new Response(load.stdout).text());
  await run("specchat", "sessions", "export", "/root/export.jsonl", "--data-dir", "/var/lib/specchat");
  const problems = [
    ...(report.page === 200 ? [] : [`the page answers ${report.page}`]),
    ...(report.frame === "ai_response" ? [] : [`the WebSocket answers ${report.frame}`]),
    ...findLost(report, await Bun.file(`${folder}/root/export.jsonl`).text()),
    ...findUnreadable(await run("journalctl", "-u", "specchat", "-o", "cat", "--no-pager")),
  ];
  await step("uninstall", () => run("specchat", "uninstall"));
  const turns = Object.values(report.answered).flat().length;
  process.stdout.write(
    `${turns} turns of ${SESSIONS} conversations, ${report.repeated} requests repeated, the slowest took ${report.slowestSeconds.toFixed(1)} s\n`,
  );
  for (const problem of problems) process.stdout.write(`FAILED: ${problem}\n`);
  return problems.length === 0;
}

interface LoadReport {
  /** Session → the questions that were answered. */
  readonly answered: Readonly<Record<string, readonly string[]>>;
  readonly repeated: number;
  readonly slowestSeconds: number;
  readonly page: number;
  readonly frame: string;
}

async function step<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const startedAt = performance.now();
  const result = await work();
  process.stdout.write(`${name}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
  return result;
}

async function waitUntilReady({ run }: Container): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const state = await run("specchat", "health").then(
      () => "ready",
      (error: Error) => error.message,
    );
    if (state === "ready") return;
    await Bun.sleep(100);
  }
  throw new Error(`not ready: ${await run("journalctl", "-u", "specchat", "-n", "20", "--no-pager")}`);
}

async function configureNginx({ run }: Container, folder: string): Promise<void> {
  const site = await run("specchat", "deploy", "nginx", ...SETTINGS);
  const certificates = `${folder}/etc/ssl/specchat`;
  await mkdir(certificates, { recursive: true });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const name = /ssl_certificate_key \/etc\/ssl\/specchat\/(\S+)\.key;/.exec(site)?.[1] ?? HOST;
  const files = ["-keyout", `${certificates}/${name}.key`, "-out", `${certificates}/${name}.pem`];
  await execute(["openssl", "req", "-x509", ...key, ...files, "-subj", "/CN=localhost"]);
  await Bun.write(`${folder}/etc/nginx/conf.d/specchat.conf`, site);
  await run("nginx", "-t");
  await run("systemctl", "restart", "nginx");
}

/** Returns the answered questions that are not in the export exactly once, with a reply. */
function findLost({ answered }: LoadReport, exported: string): readonly string[] {
  const roles = new Map<string, string[]>();
  for (const line of exported.split("\n").slice(1)) {
    const { message } = line === "" ? {} : JSON.parse(line);
    if (message?.role === "user") roles.set(message.text, [...(roles.get(message.text) ?? []), ""]);
  }
  return Object.values(answered)
    .flat()
    .flatMap((question) => {
      const times = roles.get(question)?.length ?? 0;
      return times === 1 ? [] : [`${question} is stored ${times} times`];
    });
}

/** Returns the lines of specchat's log that are no JSON, and what is missing in it. */
function findUnreadable(journal: string): readonly string[] {
  const lines = journal.split("\n").filter((line) => line.startsWith("{"));
  const events = lines.map((line) => JSON.parse(line));
  const answered = events.filter(({ msg }) => msg === "turn answered").length;
  return answered > 0 ? [] : [`the journal has no answered turn, and ${lines.length} lines`];
}
