/** `specchat doctor`: collects what a report of a problem needs into one file. Secrets are masked. */
import { writeFile } from "node:fs/promises";
import { availableParallelism, freemem, platform, release, totalmem } from "node:os";
import { describeConfig } from "../config/describe.ts";
import { VERSION } from "../config/version.ts";
import { StartError } from "../errors.ts";
import { createLog } from "../telemetry/log.ts";
import { maskLogText } from "../telemetry/mask-log.ts";
import { type CheckRow, checkSessions, runChecks } from "./checks.ts";
import { withPlainOutput } from "./plain-output.ts";
import { findAddress, getHealth } from "./server-health.ts";
import type { CommandContext } from "./types.ts";

const DEFAULT_FILE = "specchat-doctor.json";
/** Bytes at the end of the log file that are searched for errors. */
const MAX_LOG_BYTES = 2_000_000;
const MAX_LOG_LINES = 200;

export const doctor = withPlainOutput(async (context) => {
  const { loaded, terminal } = context;
  const { out } = loaded.arguments.flags;
  const file = typeof out === "string" ? out : DEFAULT_FILE;
  const report = await collectReport(context);
  try {
    await writeFile(file, `${JSON.stringify(report, maskText, 2)}\n`, { mode: 0o600 });
  } catch (error) {
    throw new StartError(`Cannot write ${file}: ${error instanceof Error ? error.message : error}`);
  }
  for (const { label, text, state } of report.checks)
    if (state === "problem") terminal.err(`${label.padEnd(13)}${text}\n`);
  terminal.out(`${file} has the report. Secrets are masked. Read it before you share it.\n`);
  return 0;
});

function maskText(_key: string, value: unknown): unknown {
  return typeof value === "string" ? maskLogText(value) : value;
}

async function collectReport(context: CommandContext) {
  const { loaded, ports } = context;
  const checks: CheckRow[] = [];
  const log: string[] = [];
  const listener = createLog({
    level: "debug",
    format: "json",
    now: ports.now,
    write: (line) => log.push(line.trimEnd()),
  });
  // The checks log what they meet, such as an MCP server that does not respond.
  const observed = { ...context, ports: { ...ports, log: listener } };
  await runChecks(observed, (row) => checks.push(row));
  checks.push(await checkSessions(observed));
  return {
    at: ports.now().toISOString(),
    version: VERSION,
    bun: Bun.version,
    machine: {
      system: `${platform()} ${release()}`,
      processors: availableParallelism(),
      memoryBytes: totalmem(),
      freeBytes: freemem(),
    },
    settings: describeConfig(loaded).map(({ flag, value, source }) => ({ flag, value, source })),
    checks,
    server: await askServer(context),
    log: log.slice(-MAX_LOG_LINES),
    recentErrors: await readRecentErrors(context),
  };
}

/** Returns what the running server with these settings says of itself. */
async function askServer({ loaded: { config } }: CommandContext): Promise<string> {
  const address = findAddress(undefined, false, config);
  try {
    const { status, text } = await getHealth(address);
    return `${address} ${status} ${text.trim()}`;
  } catch (error) {
    return `${address} ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Returns the last warnings and errors of the log file, or where they are without one. */
async function readRecentErrors({ loaded: { config } }: CommandContext): Promise<readonly string[]> {
  const { logFile } = config;
  if (logFile === undefined) return ["--log-file is not set: look at standard error of the server"];
  let text: string;
  try {
    const file = Bun.file(logFile);
    text = await file.slice(Math.max(0, file.size - MAX_LOG_BYTES)).text();
  } catch (error) {
    return [`${logFile} cannot be read: ${error instanceof Error ? error.message : error}`];
  }
  const lines = text.split("\n").filter((line) => /"level":"(warning|error)"| (WARNING|ERROR) /.test(line));
  return lines.slice(-MAX_LOG_LINES);
}
