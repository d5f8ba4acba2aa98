/** `specchat upgrade FILE`: swaps the installed executable and restarts the service. */
import { platform } from "node:os";
import { resolve } from "node:path";
import { parseEnvironmentFile } from "../config/environment-file.ts";
import { loadConfig } from "../config/load.ts";
import { readTextFile } from "../config/read.ts";
import type { Config } from "../config/settings.ts";
import { CREDENTIALS_FOLDER } from "./deploy/systemd.ts";
import { checkRights, type Machine, SERVICE, systemctl, UNIT_FILE } from "./install/machine.ts";
import { swapExecutable } from "./install/swap.ts";
import { createMachine, SETTINGS_FILE } from "./install.ts";
import { withPlainOutput } from "./plain-output.ts";
import { findAddress, getHealth } from "./server-health.ts";
import type { CommandContext } from "./types.ts";

const POLL_MS = 500;

export const upgrade = withPlainOutput(async (context) => {
  const { root, url } = context.loaded.arguments.flags;
  const [file = ""] = context.loaded.arguments.positionals;
  const machine = createMachine(root, context.terminal.out);
  checkRights(machine, platform());
  const config = readInstalledSettings(machine);
  const address = findAddress(typeof url === "string" ? url : undefined, true, config);
  const isService = machine.root === "";
  await swapExecutable(machine, resolve(file), {
    restart: async () => (isService ? systemctl(machine, "restart", SERVICE) : undefined),
    waitUntilReady: async () => (isService ? waitUntilLive(address, config, context) : undefined),
  });
  machine.say(isService ? `specchat runs: ${address}` : "Nothing was restarted.");
  return 0;
});

/**
 * Reads the settings with which the service runs, its secrets included: rules over several settings need them. Those of
 * the operator's shell are others.
 */
function readInstalledSettings({ root }: Machine): Config {
  const environment = {
    ...readUnitVariables(readTextFile(root + UNIT_FILE) ?? "", root + CREDENTIALS_FOLDER),
    ...parseEnvironmentFile(readTextFile(root + SETTINGS_FILE) ?? ""),
  };
  return loadConfig({ argv: [], environment, readFile: readTextFile }).config;
}

/** Returns the variables of `Environment=` of a unit. `%d` is the folder of its credentials. */
function readUnitVariables(unit: string, credentials: string): Readonly<Record<string, string>> {
  const lines = [...unit.matchAll(/^Environment=('?)(.*)\1$/gm)];
  const variables = lines.map(([, , assignment = ""]): [string, string] => {
    const at = assignment.indexOf("=");
    return [assignment.slice(0, at), assignment.slice(at + 1).replaceAll("%d", credentials)];
  });
  // The file itself is read here, below the root.
  return Object.fromEntries(variables.filter(([name]) => name !== "SPECCHAT_ENVIRONMENT_FILE"));
}

/** Waits as long as a start may take. The process that ends meanwhile also answers, so this asks only after the restart. */
async function waitUntilLive(
  address: string,
  config: Config,
  { ports, stop }: CommandContext,
): Promise<string | undefined> {
  const deadline = ports.now().getTime() + (config.specWait + 30) * 1000;
  let problem = "it does not respond.";
  while (ports.now().getTime() < deadline && !stop.aborted) {
    try {
      const { status, text } = await getHealth(address);
      if (status === 200) return undefined;
      problem = text.trim();
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    await ports.sleep(POLL_MS, stop);
  }
  return problem;
}
