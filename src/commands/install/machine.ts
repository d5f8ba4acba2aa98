/** The machine on which specchat is installed: its folders below a root, and its programs. */
import { chmod, chown, copyFile, mkdir, open, readFile, rename, stat, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname } from "node:path";
import { StartError } from "../../errors.ts";
import { EXECUTABLE } from "../deploy/systemd.ts";

export const SERVICE = "specchat.service";
export const UNIT_FILE = `/etc/systemd/system/${SERVICE}`;
export const USERS_FILE = "/etc/sysusers.d/specchat.conf";
export const DATA_FOLDER = "/var/lib/specchat";
/** The executable before the last upgrade. */
export const PREVIOUS_EXECUTABLE = `${EXECUTABLE}.previous`;

export interface Machine {
  /** The folder below which the files are, empty for the machine itself. */
  readonly root: string;
  /** Reports a step to the operator. */
  readonly say: (line: string) => void;
}

/** @throws StartError when the system is not Linux, or its files belong to another user. */
export function checkRights({ root }: Machine, platform: string): void {
  if (platform !== "linux")
    throw new StartError("specchat installs itself on Linux only. `specchat deploy docker` prints an image.");
  if (root === "" && userInfo().uid !== 0)
    throw new StartError(
      "Only root may install. Run the command with sudo, or pass --root FOLDER to try it.",
    );
}

/** Writes a file whole: a reader sees the text before or after. */
export async function writeWhole(
  { root }: Machine,
  path: string,
  text: string,
  { mode, group }: { readonly mode: number; readonly group?: string },
): Promise<void> {
  const next = `${root}${path}.new`;
  await mkdir(dirname(next), { recursive: true });
  await writeFile(next, text, { mode });
  await chmod(next, mode);
  if (group !== undefined) await changeGroup(root, next, group);
  await rename(next, root + path);
}

/** Copies the executable, writes it to the disk and puts it into place at once: a running process keeps the old one. */
export async function placeExecutable(machine: Machine, file: string): Promise<void> {
  await rename(await stageExecutable(machine, file), machine.root + EXECUTABLE);
}

/** Copies an executable next to the installed one, and writes it to the disk. Returns its path. @throws StartError */
export async function stageExecutable({ root }: Machine, file: string): Promise<string> {
  const next = `${root}${EXECUTABLE}.new`;
  if (!(await stat(file).catch(() => undefined))?.isFile()) throw new StartError(`There is no file ${file}.`);
  await mkdir(dirname(next), { recursive: true });
  await copyFile(file, next);
  await chmod(next, 0o755);
  const handle = await open(next);
  await handle.sync();
  await handle.close();
  return next;
}

async function changeGroup(root: string, path: string, group: string): Promise<void> {
  if (userInfo().uid !== 0) return;
  const groups = await readFile(`${root}/etc/group`, "utf8").catch(() => "");
  const id = new RegExp(`^${group}:[^:]*:(\\d+):`, "m").exec(groups)?.[1];
  if (id === undefined) throw new StartError(`There is no group ${group} on this machine.`);
  await chown(path, 0, Number(id));
}

/** Runs a program. @throws StartError with its output when it fails or does not exist. */
export async function run(command: readonly string[]): Promise<string> {
  const [name = ""] = command;
  if (!name.includes("/") && Bun.which(name) === null)
    throw new StartError(`${name} is missing: specchat installs itself on machines with systemd.`);
  const child = spawn(command);
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new StartError(`${command.join(" ")} failed: ${(err || out).trim()}`);
  return out;
}

/** @throws StartError for a file that cannot be run. */
function spawn(command: readonly string[]) {
  try {
    return Bun.spawn([...command], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  } catch (error) {
    throw new StartError(`${command[0]} cannot be run: ${error instanceof Error ? error.message : error}`);
  }
}

/** Runs systemctl. Below a root, only what needs no running systemd. */
export async function systemctl({ root }: Machine, ...argv: readonly string[]): Promise<void> {
  await run(["systemctl", ...(root === "" ? [] : [`--root=${root}`]), "--quiet", ...argv]);
}
