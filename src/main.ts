#!/usr/bin/env bun
/** The command line. The only file that reads or changes the process. */
import { Console } from "node:console";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { createInterface } from "node:readline/promises";
import { VERSION } from "./app/create-app.ts";
import { createSystemPorts } from "./app/system-ports.ts";
import { helpSpec, showManual } from "./commands/help.ts";
import { commands } from "./commands/index.ts";
import type { Terminal } from "./commands/types.ts";
import { readArguments } from "./config/arguments.ts";
import { isAwsConfigured } from "./config/aws.ts";
import { formatHelp } from "./config/help.ts";
import { ConfigError, type LoadedConfig, loadConfig } from "./config/load.ts";
import { readTextFile } from "./config/read.ts";
import type { Config } from "./config/settings.ts";
import { AppError, DocumentError, StartError } from "./errors.ts";

const shapes = {
  ...Object.fromEntries(Object.entries(commands).map(([name, { spec }]) => [name, spec])),
  help: helpSpec,
};

const writeOut = process.stdout.write.bind(process.stdout);
process.exitCode = await main();
// Idle connections to Bedrock or an API would otherwise keep the process for as long as they are kept alive.
writeOut("", () => process.exit());

async function main(): Promise<number> {
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on("error", () => process.exit(0));
  const argv = process.argv.slice(2);
  const parsed = readArguments(argv, shapes);
  if (parsed.version) return print(`specchat ${VERSION}`);
  if (parsed.help) {
    const command = argv.includes(parsed.command) ? { command: parsed.command } : {};
    return print(formatHelp(shapes, { ...command, width: process.stdout.columns ?? 80 }));
  }
  if (parsed.command === "help" && parsed.errors.length === 0) {
    const columns = process.stdout.columns ?? 80;
    return await showManual(parsed.positionals[0], { commands: shapes, terminal: terminal(), columns });
  }
  try {
    const loaded = loadConfig({
      argv,
      environment: process.env,
      readFile: readTextFile,
      commands: shapes,
    });
    const { command } = loaded.arguments;
    // The SDK reads its credentials from the environment alone, so those of .env have to stand there.
    Object.assign(process.env, loaded.awsEnvironment);
    const ports = createSystemPorts(loaded.config, {
      environment: process.env,
      logLevel: effectiveLogLevel(loaded),
      write: (line) => void process.stderr.write(line),
    });
    const { toolsDir, mcp, mcpConfig } = loaded.config;
    if (toolsDir !== undefined || mcp.length > 0 || mcpConfig !== undefined) logUnhandledErrors(ports);
    if (command === "mcp") reserveStandardOutput();
    return (
      (await commands[command]?.run({
        loaded,
        terminal: terminal(),
        ports,
        useDemoModel: loaded.config.spec.length === 0 && !isAwsConfigured(loaded, awsLookup()),
        onReload: (listener) => void process.on("SIGHUP", listener),
        stop: createStopSignal(),
      })) ?? 1
    );
  } catch (error) {
    return reportFailure(error);
  }
}

function terminal(): Terminal {
  return {
    out: (text) => void writeOut(text),
    err: (text) => void process.stderr.write(text),
    prompt: process.stdin.isTTY && process.stderr.isTTY ? promptUser : undefined,
  };
}

function print(text: string): 0 {
  process.stdout.write(`${text}\n`);
  return 0;
}

async function promptUser(question: string, stop: AbortSignal): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  try {
    return await Promise.race([lines.question(question, { signal: stop }), closed]);
  } catch {
    return "";
  } finally {
    lines.close();
  }
}

/** A server's log tells of every turn; a command in a terminal speaks for itself unless it is asked to log. */
function effectiveLogLevel({ config, sources, arguments: { command } }: LoadedConfig): Config["logLevel"] {
  if (config.debugMode) return "debug";
  return command !== "serve" && sources.logLevel.source === "default" ? "warning" : config.logLevel;
}

function awsLookup() {
  return { environment: process.env, home: homedir(), fileExists: existsSync };
}

/**
 * Code that is not ours may forget a promise, or throw in a timer of its own: that would end the process, and with it
 * everybody's turns. Whose mistake it was cannot be told, so it is never passed over in silence.
 */
function logUnhandledErrors({ log }: ReturnType<typeof createSystemPorts>): void {
  for (const name of ["unhandledRejection", "uncaughtException"])
    process.on(name, (error: unknown) => {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      log.error("an error that nobody handles, in a tool that is no operation or in specchat itself", {
        detail,
      });
    });
}

/** A protocol is spoken there: what other code prints, such as a tool of --tools-dir, goes to standard error. */
function reserveStandardOutput(): void {
  process.stdout.write = process.stderr.write.bind(process.stderr);
  // Of Bun's own; the rest of a console is Node's.
  const write = (...parts: unknown[]): number => {
    const text = parts.join("");
    process.stderr.write(text);
    return text.length;
  };
  globalThis.console = Object.assign(new Console(process.stderr), { write });
}

/** The first SIGINT or SIGTERM asks for a graceful stop, the second ends the process at once. */
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

/** One line for what the person can mend; a stack only for what is our mistake. */
function reportFailure(error: unknown): 1 | 2 {
  if (error instanceof ConfigError) {
    for (const mistake of error.errors) process.stderr.write(`${mistake}\n`);
    process.stderr.write("`specchat --help` lists the flags and settings.\n");
    return 2;
  }
  const isExpected =
    error instanceof StartError || error instanceof DocumentError || error instanceof AppError;
  const text = isExpected
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);
  process.stderr.write(`${isExpected ? "" : "Unexpected error, please report it: "}${text}\n`);
  return 1;
}
