import type { CommandSpec } from "../config/arguments.ts";
import type { LoadedConfig } from "../config/load.ts";
import type { Ports } from "../context.ts";

/** Where a command writes. Plain text: no colour codes, whatever stands at the other end. */
export interface Terminal {
  /** What was asked for: standard output. */
  out(text: string): void;
  /** What is said about it: standard error. */
  err(text: string): void;
  /** Asks the person who sits there, and resolves to their line; empty when they are gone or `stop` is. Undefined: nobody does. */
  readonly prompt?: ((question: string, stop: AbortSignal) => Promise<string>) | undefined;
}

export interface CommandContext {
  readonly loaded: LoadedConfig;
  readonly terminal: Terminal;
  readonly ports: Ports;
  /** Neither a document nor AWS is configured. */
  readonly useDemoModel: boolean;
  /** Calls the listener whenever the system asks for the configuration to be read again (SIGHUP). */
  readonly onReload: (listener: () => void) => void;
  /** Aborted when the person or the system asks the program to stop. */
  readonly stop: AbortSignal;
}

/** Exit codes: 0 done, 1 it did not work; a wrong flag or setting ends with 2 before a command runs. */
export interface Command {
  readonly spec: CommandSpec;
  run(context: CommandContext): Promise<0 | 1>;
}
