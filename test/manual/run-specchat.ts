/** Runs commands of specchat, as a shell recorded them, with their real code. */
import { expect } from "bun:test";
import { commands } from "../../src/commands/index.ts";
import { type LoadedConfig, loadConfig } from "../../src/config/load.ts";
import { testPorts } from "../support/harness.ts";
import type { RecordedCommand } from "./run-shell.ts";

const specs = Object.fromEntries(Object.entries(commands).map(([name, { spec }]) => [name, spec]));
/** Commands that end by themselves and need no model of AWS. The settings and arguments of the others are checked. */
const COMPLETED: ReadonlySet<string> = new Set(["ask", "call", "config", "deploy", "keys", "tools", "usage"]);

/** @param folder where data is stored. */
export function loadRecorded({ argv, environment }: RecordedCommand, folder: string): LoadedConfig {
  return loadConfig({
    argv: argv.includes("--data-dir") ? argv : [...argv, "--data-dir", `${folder}/data`],
    environment,
    readFile: (path) => (path.startsWith("/run/secrets/") ? "a-secret-of-a-file-0123456789" : undefined),
    commands: specs,
  });
}

export async function runSpecchat(recorded: RecordedCommand, folder: string): Promise<void> {
  const { argv } = recorded;
  if (argv[0] === "help") return;
  const loaded = loadRecorded(recorded, folder);
  const { command } = loaded.arguments;
  if (command === undefined || !COMPLETED.has(command) || argv.includes("--enrich")) return;
  const [out, err]: [string[], string[]] = [[], []];
  const code = await commands[command]?.run({
    loaded,
    terminal: {
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
      flush: async () => {},
    },
    ports: testPorts(),
    useDemoModel: true,
    onReload: () => {},
    stop: new AbortController().signal,
  });
  expect({ argv, code, err: code === 0 ? "" : err.join("") }).toEqual({ argv, code: 0, err: "" });
  expect(out.join("") + err.join("")).not.toBe("");
}
