/** The secrets of the settings as files that only systemd reads. */
import { readFile } from "node:fs/promises";
import { environmentNames, SETTINGS } from "../../config/names.ts";
import type { Config } from "../../config/settings.ts";
import { formatEntries } from "../deploy/deployment.ts";
import { CREDENTIALS_FOLDER } from "../deploy/systemd.ts";
import type { Deployment } from "../deploy/types.ts";
import { type Machine, writeWhole } from "./machine.ts";

export async function writeCredentials(machine: Machine, { secrets, config }: Deployment): Promise<void> {
  for (const { name, variable, source } of secrets) {
    const text = source === undefined ? formatSecret(config, variable) : await readFile(source, "utf8");
    await writeWhole(machine, `${CREDENTIALS_FOLDER}/${name}`, text, { mode: 0o600 });
    machine.say(`${CREDENTIALS_FOLDER}/${name}`);
  }
}

function formatSecret(config: Config, variable: string): string {
  const [name] = SETTINGS.find(([name]) => environmentNames(name)[0] === variable) ?? [];
  const value = name === undefined ? undefined : config[name];
  return Array.isArray(value) ? formatEntries(value) : String(value ?? "");
}
