/** All subcommands by name. The code of each is loaded when it runs, so that none starts slower for the others. */
import { commandSpecs } from "./specs.ts";
import type { Command, RunCommand } from "./types.ts";

const LOADERS: Readonly<Record<keyof typeof commandSpecs, () => Promise<RunCommand>>> = {
  serve: async () => (await import("./serve.ts")).serve,
  ask: async () => (await import("./ask.ts")).ask,
  tools: async () => (await import("./tools.ts")).tools,
  call: async () => (await import("./call.ts")).call,
  mcp: async () => (await import("./mcp.ts")).mcp,
  sessions: async () => (await import("./sessions.ts")).sessions,
  audit: async () => (await import("./audit.ts")).audit,
  keys: async () => (await import("./keys.ts")).keys,
  config: async () => (await import("./config.ts")).config,
  check: async () => (await import("./check.ts")).check,
  deploy: async () => (await import("./deploy.ts")).deploy,
  health: async () => (await import("./health.ts")).health,
  doctor: async () => (await import("./doctor.ts")).doctor,
  install: async () => (await import("./install.ts")).install,
  upgrade: async () => (await import("./upgrade.ts")).upgrade,
  uninstall: async () => (await import("./uninstall.ts")).uninstall,
  usage: async () => (await import("./usage.ts")).usage,
  licenses: async () => (await import("./licenses.ts")).licenses,
};

type CommandName = keyof typeof commandSpecs;
type CommandTable = Readonly<Record<CommandName, Command> & Record<string, Command>>;

export const commands = Object.fromEntries(
  (Object.keys(commandSpecs) as CommandName[]).map((name) => [name, createCommand(name)]),
) as CommandTable;

function createCommand(name: CommandName): Command {
  return { spec: commandSpecs[name], run: async (context) => (await LOADERS[name]())(context) };
}
