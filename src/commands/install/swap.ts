/** Swaps the installed executable, and goes back when the new one does not become ready. */
import { copyFile, exists, rename, rm } from "node:fs/promises";
import { StartError } from "../../errors.ts";
import { EXECUTABLE } from "../deploy/systemd.ts";
import { type Machine, PREVIOUS_EXECUTABLE, run, stageExecutable } from "./machine.ts";

export interface SwapSteps {
  /** Restarts the service. Its running turns end, and conversations are in the store. */
  readonly restart: () => Promise<void>;
  /** Resolves to undefined when the restarted service is ready, else to what it says. */
  readonly waitUntilReady: () => Promise<string | undefined>;
}

/** @throws StartError when the file is no specchat, or the new one does not become ready. The old one then runs again. */
export async function swapExecutable(
  machine: Machine,
  file: string,
  { restart, waitUntilReady }: SwapSteps,
): Promise<void> {
  const [installed, previous] = [machine.root + EXECUTABLE, machine.root + PREVIOUS_EXECUTABLE];
  if (!(await exists(installed)))
    throw new StartError(`There is no ${EXECUTABLE}. Run specchat install first.`);
  const before = await readVersion(installed);
  // A downloaded file may not be executable yet, and its folder may forbid it.
  const staged = await stageExecutable(machine, file);
  let after: string;
  try {
    after = await readVersion(staged);
  } catch (error) {
    await rm(staged);
    const detail = error instanceof Error ? error.message : String(error);
    throw new StartError(`${file} is no executable of specchat for this machine. Nothing changed. ${detail}`);
  }
  await copyFile(installed, previous);
  await rename(staged, installed);
  machine.say(`${before} → ${after}`);
  let problem: string | undefined;
  try {
    await restart();
    problem = await waitUntilReady();
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  if (problem === undefined) return;
  await rename(previous, installed);
  await restart();
  throw new StartError(`${after} does not become ready: ${problem} ${before} runs again.`);
}

async function readVersion(file: string): Promise<string> {
  const [, version] = /^(specchat \S+)\n$/.exec(await run([file, "--version"])) ?? [];
  if (version === undefined) throw new StartError(`${file} --version does not print a version of specchat.`);
  return version;
}
