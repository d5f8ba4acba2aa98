/** Runs a command within this process, which is a hundred times faster than a process of its own. */
import { createSystemPorts } from "../../src/app/system-ports.ts";
import { commands } from "../../src/commands/index.ts";
import { ConfigError, loadConfig } from "../../src/config/load.ts";
import { AppError, DocumentError, StartError } from "../../src/errors.ts";

export interface CommandRun {
  readonly code: number;
  readonly out: string;
  /** Messages and the log. */
  readonly err: string;
}

/** Runs a command with the ports of the executable, without environment variables and configuration files. */
export async function runCommand(argv: readonly string[]): Promise<CommandRun> {
  let out = "";
  let err = "";
  const finish = (code: number): CommandRun => ({ code, out, err });
  try {
    const loaded = loadConfig({
      argv,
      environment: {},
      readFile: () => undefined,
      commands: Object.fromEntries(Object.entries(commands).map(([name, { spec }]) => [name, spec])),
    });
    const write = (text: string) => {
      err += text;
    };
    const code = await commands[loaded.arguments.command]?.run({
      loaded,
      terminal: {
        out: (text) => {
          out += text;
        },
        err: write,
      },
      ports: createSystemPorts(loaded.config, { environment: {}, logLevel: "warning", write }),
      useDemoModel: false,
      onReload: () => {},
      stop: new AbortController().signal,
    });
    return finish(code ?? 1);
  } catch (error) {
    if (error instanceof ConfigError) err += error.errors.join("\n");
    else if (error instanceof StartError || error instanceof DocumentError || error instanceof AppError)
      err += error.message;
    else throw error;
    return finish(error instanceof ConfigError ? 2 : 1);
  }
}
