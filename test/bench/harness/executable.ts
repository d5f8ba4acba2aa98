/** Builds the executables that are measured. */
import { existsSync } from "node:fs";
import { symlink } from "node:fs/promises";

const root = `${import.meta.dir}/../../..`;

/** Builds dist/specchat from the sources of today, once in a run. */
export const buildExecutable = (() => {
  let building: Promise<string> | undefined;
  return () => {
    building ??= build(root);
    return building;
  };
})();

/** Returns the executable of a path, or builds that of a commit. @throws Error when it is neither. */
export async function findExecutable(pathOrCommit: string): Promise<string> {
  if (existsSync(pathOrCommit)) return pathOrCommit;
  const commit = await run(["git", "rev-parse", "--verify", `${pathOrCommit}^{commit}`], root);
  const folder = `${root}/dist/commits/${commit.trim()}`;
  const executable = `${folder}/dist/specchat`;
  if (existsSync(executable)) return executable;
  await run(["mkdir", "-p", folder], root);
  await run(["sh", "-c", `git archive ${commit.trim()} | tar -x -C ${folder}`], root);
  if (!existsSync(`${folder}/node_modules`)) await symlink(`${root}/node_modules`, `${folder}/node_modules`);
  return await build(folder);
}

async function build(folder: string): Promise<string> {
  await run([process.execPath, "src/build/binary.ts"], folder);
  return `${folder}/dist/specchat`;
}

async function run(command: string[], cwd: string): Promise<string> {
  const child = Bun.spawn(command, { cwd, stdout: "pipe", stderr: "pipe" });
  const [output, problem] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if ((await child.exited) !== 0) throw new Error(`${command.join(" ")} failed: ${problem}`);
  return output;
}
