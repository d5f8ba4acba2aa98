#!/usr/bin/env bun
/** The entry point of the process. Only this file uses `process.*`: arguments, environment, signals and exit codes. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import type { LogOutput } from "./app/log-output.ts";
import { helpSpec, showManual } from "./commands/help.ts";
import { commands } from "./commands/index.ts";
import { createOutput, type OutputEnd } from "./commands/output.ts";
import type { Terminal } from "./commands/types.ts";
import { readArguments } from "./config/arguments.ts";
import { withOwnAuditLog } from "./config/audit-path.ts";
import { isAwsConfigured } from "./config/aws.ts";
import { isDemoApi } from "./config/demo-api.ts";
import { formatHelp } from "./config/help.ts";
import { ConfigError, type LoadedConfig, loadConfig } from "./config/load.ts";
import { readTextFile } from "./config/read.ts";
import type { Config } from "./config/settings.ts";
import { VERSION } from "./config/version.ts";
import type { Ports } from "./context.ts";
import { AppError, DocumentError, StartError } from "./errors.ts";

const commandSpecs = {
  ...Object.fromEntries(Object.entries(commands).map(([name, { spec }]) => [name, spec])),
  help: helpSpec,
};

const stdout = createOutput(1, endWithoutOutput);
const stderr = createOutput(
  2,
  ({ reason }) => {
    if (reason === "failed") isOutputLost = true;
  },
  { isLossy: true },
);
let isServer = false;
let logOutput: LogOutput | undefined;
/** True when text could not be written. A reader that closes the pipe early (`| head`) is not an error. */
let isOutputLost = false;

const exitCode = await main();
for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => process.exit(exitCode));
await exitAfterOutput(exitCode);

/** Ends a command when standard output takes no more text. A server runs on without it. */
function endWithoutOutput(end: OutputEnd): void {
  if (isServer) return;
  if (end.reason === "failed") {
    isOutputLost = true;
    stderr.write(`Standard output cannot be written: ${end.problem}\n`);
  }
  void exitAfterOutput(0);
}

/**
 * Ends the process when all text is written. Without it, idle keep-alive connections to Bedrock or an API would keep the
 * process running.
 */
async function exitAfterOutput(code: number): Promise<never> {
  await logOutput?.close();
  await stdout.flush();
  await stderr.flush();
  process.exit(code === 0 && isOutputLost && !isServer ? 1 : code);
}

async function main(): Promise<number> {
  const argv = process.argv.slice(2);
  const parsed = readArguments(argv, commandSpecs);
  if (parsed.version) return print(`specchat ${VERSION}`);
  if (parsed.help) {
    const command = argv.includes(parsed.command) ? { command: parsed.command } : {};
    return print(formatHelp(commandSpecs, { ...command, width: process.stdout.columns ?? 80 }));
  }
  if (parsed.command === "help" && parsed.errors.length === 0) {
    const columns = process.stdout.columns ?? 80;
    return await showManual(parsed.positionals[0], {
      commands: commandSpecs,
      terminal: createTerminal(),
      columns,
    });
  }
  try {
    const settings = { argv, environment: process.env, readFile: readTextFile, commands: commandSpecs };
    const loaded = loadConfig(settings);
    const { command } = loaded.arguments;
    const config = withOwnAuditLog(loaded.config, command);
    // The AWS SDK reads credentials from the process environment only, so those of .env are copied there. It takes some empty
    // variables for set ones.
    for (const [name, value] of Object.entries(process.env))
      if (name.startsWith("AWS_") && value?.trim() === "") delete process.env[name];
    Object.assign(process.env, loaded.awsEnvironment);
    const { createSystemPorts, openLog } = await loadSystem();
    const output = openLog(loaded.config, {
      level: effectiveLogLevel(loaded),
      format: command === "serve" && !process.stderr.isTTY ? "json" : "pretty",
      now: () => new Date(),
      write: stderr.write,
    });
    logOutput = output;
    process.on("SIGHUP", () => output.reopen());
    const ports = createSystemPorts(loaded.config, {
      environment: process.env,
      log: output.log,
      usage: readUsage,
    });
    const { toolsDir, mcp, mcpConfig } = loaded.config;
    if (toolsDir !== undefined || mcp.length > 0 || mcpConfig !== undefined) logUnhandledErrors(ports);
    isServer = command === "serve";
    if (command === "mcp") await reserveStandardOutput();
    return (
      (await commands[command]?.run({
        loaded: { ...loaded, config },
        terminal: createTerminal(isServer && output.format !== "pretty" ? output.log : undefined),
        ports,
        useDemoModel:
          (loaded.config.spec.length === 0 || isDemoApi(loaded.config)) &&
          !isAwsConfigured(loaded, awsConfigSources()),
        onReload: (listener) => void process.on("SIGHUP", () => listener(() => loadConfig(settings).config)),
        stop: createStopSignal(),
      })) ?? 1
    );
  } catch (error) {
    return await reportFailure(error);
  }
}

/** Loads what every command but `help` needs. */
async function loadSystem() {
  const [{ openLog }, { createSystemPorts }] = await Promise.all([
    import("./app/log-output.ts"),
    import("./app/system-ports.ts"),
  ]);
  return { openLog, createSystemPorts };
}

/** @param log takes the messages in place of standard error, whose lines are all in the format of the log. */
function createTerminal(log?: LogOutput["log"]): Terminal {
  return {
    out: stdout.write,
    err: log ? (text) => logMessage(log, text) : stderr.write,
    flush: stdout.flush,
    prompt: process.stdin.isTTY && process.stderr.isTTY ? promptUser : undefined,
  };
}

function logMessage(log: LogOutput["log"], text: string): void {
  const [, isWarning, message = ""] = /^(Warning: )?(.*?)\s*$/s.exec(text) ?? [];
  if (message !== "") log[isWarning ? "warning" : "info"](message);
}

function print(text: string): 0 {
  stdout.write(`${text}\n`);
  return 0;
}

/** Resolves to the user's line; empty on end of input and when `stop` is aborted. */
async function promptUser(question: string, stop: AbortSignal): Promise<string> {
  const { createInterface } = await import("node:readline/promises");
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  try {
    await Promise.all([stdout.flush(), stderr.flush()]);
    return await Promise.race([lines.question(question, { signal: stop }), closed]);
  } catch {
    return "";
  } finally {
    lines.close();
  }
}

/** Returns the log level. Commands other than `serve` log from `warning` on unless the level is set. */
function effectiveLogLevel({ config, sources, arguments: { command } }: LoadedConfig): Config["logLevel"] {
  if (config.debugMode) return "debug";
  return command !== "serve" && sources.logLevel.source === "default" ? "warning" : config.logLevel;
}

function awsConfigSources() {
  return { environment: process.env, home: homedir(), fileExists: existsSync };
}

/**
 * Logs unhandled errors instead of ending the process with all its turns. Custom tools may forget to await a promise or
 * throw in a timer. The source cannot be identified, so every such error is logged.
 */
function logUnhandledErrors({ log }: Ports): void {
  for (const name of ["unhandledRejection", "uncaughtException"])
    process.on(name, (error: unknown) => {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      log.error("unhandled error (custom tool, MCP server or specchat)", {
        detail,
      });
    });
}

function readUsage() {
  const { rss: residentBytes, heapUsed: heapBytes } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return {
    residentBytes,
    heapBytes,
    cpuSeconds: (user + system) / 1e6,
    startedAt: Math.round(Date.now() / 1000 - process.uptime()),
  };
}

/** Reserves standard output for MCP messages. Output of other code, such as custom tools, goes to standard error. */
async function reserveStandardOutput(): Promise<void> {
  const { Console } = await import("node:console");
  process.stdout.write = process.stderr.write.bind(process.stderr);
  // `console.write` is an extension of Bun, which Node's Console lacks.
  const write = (...parts: unknown[]): number => {
    const text = parts.join("");
    process.stderr.write(text);
    return text.length;
  };
  globalThis.console = Object.assign(new Console(process.stderr), { write });
}

/** Returns a signal that the first SIGINT or SIGTERM aborts. The second ends the process immediately. */
function createStopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(1);
      stop.abort();
    });
  }
  return stop.signal;
}

/** Prints a failure and returns the exit code. Errors that the user can fix are one line; others have a stack. */
async function reportFailure(error: unknown): Promise<1 | 2> {
  const { escapeOutput } = await import("./commands/plain-output.ts");
  const { err } = escapeOutput(createTerminal());
  if (error instanceof ConfigError) {
    for (const line of error.errors) err(`${line}\n`);
    stderr.write("`specchat --help` lists the flags and settings.\n");
    return 2;
  }
  const isExpected =
    error instanceof StartError || error instanceof DocumentError || error instanceof AppError;
  const text = isExpected
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);
  err(`${isExpected ? "" : "Unexpected error, please report it: "}${text}\n`);
  return 1;
}
