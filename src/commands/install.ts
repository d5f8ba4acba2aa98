/** `specchat install`: installs the executable as a service of systemd with the given settings. */
import { cp, exists, mkdir, readFile } from "node:fs/promises";
import { platform } from "node:os";
import { dirname } from "node:path";
import { VERSION } from "../config/version.ts";
import { StartError } from "../errors.ts";
import { CONFIG_FOLDER, describeDeployment } from "./deploy/deployment.ts";
import { ENVIRONMENT_FILE, EXECUTABLE, formatEnvironmentFile, systemd, UNIT } from "./deploy/systemd.ts";
import type { Deployment } from "./deploy/types.ts";
import { describeWarnings } from "./deploy/warnings.ts";
import { writeCredentials } from "./install/credentials.ts";
import {
  checkRights,
  DATA_FOLDER,
  type Machine,
  placeExecutable,
  run,
  SERVICE,
  systemctl,
  UNIT_FILE,
  USERS_FILE,
  writeWhole,
} from "./install/machine.ts";
import { withPlainOutput } from "./plain-output.ts";

export const SETTINGS_FILE = `${CONFIG_FOLDER}/${ENVIRONMENT_FILE}`;

export const install = withPlainOutput(async ({ loaded, terminal }) => {
  const { root, executable } = loaded.arguments.flags;
  const machine = createMachine(root, terminal.out);
  checkRights(machine, platform());
  const deployment = describeDeployment(loaded, { version: VERSION });
  for (const warning of [...loaded.warnings, ...describeWarnings("systemd", deployment)])
    terminal.err(`Warning: ${warning}\n`);
  await installFiles(machine, deployment, findExecutable(executable));
  await enableService(machine);
  return 0;
});

export function createMachine(root: string | true | undefined, out: (text: string) => void): Machine {
  return { root: typeof root === "string" ? root.replace(/\/+$/, "") : "", say: (line) => out(`${line}\n`) };
}

/** @throws StartError when specchat runs from its source. */
function findExecutable(given: string | true | undefined): string {
  if (typeof given === "string") return given;
  if (Bun.main.startsWith("/$bunfs/")) return "/proc/self/exe";
  throw new StartError(
    "specchat runs from its source here. Name the executable: --executable dist/specchat.",
  );
}

async function installFiles(machine: Machine, deployment: Deployment, executable: string): Promise<void> {
  const { root, say } = machine;
  await placeExecutable(machine, executable);
  say(EXECUTABLE);
  await writeWhole(machine, USERS_FILE, `u specchat - "specchat" ${DATA_FOLDER}\n`, { mode: 0o644 });
  await run(["systemd-sysusers", ...(root === "" ? [] : [`--root=${root}`]), root + USERS_FILE]);
  say("the user specchat");
  await writeSettings(machine, formatEnvironmentFile(deployment));
  await writeCredentials(machine, deployment);
  for (const { source, target } of deployment.files) {
    await mkdir(dirname(root + target), { recursive: true });
    await cp(source, root + target, { recursive: true });
    say(target);
  }
  const unit = systemd(deployment).find(({ path }) => path === UNIT)?.text ?? "";
  await writeWhole(machine, UNIT_FILE, unit, { mode: 0o644 });
  say(UNIT_FILE);
}

/** Writes the environment file. One that was changed stays, and the new one is next to it. The service reads it too, on reload. */
async function writeSettings(machine: Machine, text: string): Promise<void> {
  const path = machine.root + SETTINGS_FILE;
  const options = { mode: 0o640, group: "specchat" };
  const isChanged = (await exists(path)) && (await readFile(path, "utf8")) !== text;
  const target = isChanged ? `${SETTINGS_FILE}.dist` : SETTINGS_FILE;
  await writeWhole(machine, target, text, options);
  machine.say(isChanged ? `${SETTINGS_FILE} stays as it is; these settings are in ${target}` : target);
}

async function enableService(machine: Machine): Promise<void> {
  if (machine.root === "") await systemctl(machine, "daemon-reload");
  await systemctl(machine, "enable", SERVICE);
  if (machine.root !== "") return;
  await systemctl(machine, "restart", SERVICE);
  machine.say(
    "specchat runs. `systemctl status specchat` shows its state, `journalctl -u specchat` its log.",
  );
}
