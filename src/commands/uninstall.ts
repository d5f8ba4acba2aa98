/** `specchat uninstall`: removes the service and the executable. Settings and data stay unless they are named. */
import { rm } from "node:fs/promises";
import { platform } from "node:os";
import { CONFIG_FOLDER } from "./deploy/deployment.ts";
import { EXECUTABLE } from "./deploy/systemd.ts";
import {
  checkRights,
  DATA_FOLDER,
  PREVIOUS_EXECUTABLE,
  SERVICE,
  systemctl,
  UNIT_FILE,
  USERS_FILE,
} from "./install/machine.ts";
import { createMachine } from "./install.ts";
import { withPlainOutput } from "./plain-output.ts";

export const uninstall = withPlainOutput(async ({ loaded, terminal }) => {
  const { root, purge } = loaded.arguments.flags;
  const machine = createMachine(root, terminal.out);
  checkRights(machine, platform());
  await systemctl(machine, "disable", ...(machine.root === "" ? ["--now"] : []), SERVICE);
  const kept = [CONFIG_FOLDER, DATA_FOLDER];
  const removed = [UNIT_FILE, USERS_FILE, EXECUTABLE, PREVIOUS_EXECUTABLE, ...(purge ? kept : [])];
  for (const path of removed) await rm(machine.root + path, { recursive: true, force: true });
  if (machine.root === "") await systemctl(machine, "daemon-reload");
  machine.say(
    purge
      ? "Removed. The user specchat stays."
      : `Removed. ${kept.join(" and ")} and the user specchat stay.`,
  );
  return 0;
});
