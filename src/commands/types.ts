/** The types of a command and of its environment. */
import type { CommandSpec } from "../config/arguments.ts";
import type { LoadedConfig } from "../config/load.ts";
import type { Config } from "../config/settings.ts";
import type { Ports } from "../context.ts";

/** The output of a command: plain text without colour codes. */
export interface Terminal {
  /** Writes results to standard output. */
  out(text: string): void;
  /** Writes messages to standard error. */
  err(text: string): void;
  /** Resolves when standard output has taken all text, for a command that must not hold all of its output in memory. */
  flush(): Promise<void>;
  /** Prompts the user. Resolves to the line, empty on end of input or when `stop` is aborted. Undefined without a terminal. */
  readonly prompt?: ((question: string, stop: AbortSignal) => Promise<string>) | undefined;
}

export interface CommandContext {
  readonly loaded: LoadedConfig;
  readonly terminal: Terminal;
  readonly ports: Ports;
  /** True when neither a document nor AWS is configured. */
  readonly useDemoModel: boolean;
  /** Registers a listener for SIGHUP, which requests a reload. `readConfig` reads all settings again. @throws ConfigError */
  readonly onReload: (listener: (readConfig: () => Config) => unknown) => void;
  /** Aborted on SIGINT and SIGTERM. */
  readonly stop: AbortSignal;
}

/** Resolves to the exit code: 0 on success, 1 on failure. Invalid arguments exit with 2 before it runs. */
export type RunCommand = (context: CommandContext) => Promise<0 | 1>;

export interface Command {
  readonly spec: CommandSpec;
  readonly run: RunCommand;
}
