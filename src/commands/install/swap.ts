/** Swaps the installed executable, and goes back when the new one does not become ready. */
import { copyFile, exists, rename } from "node:fs/promises";
import { StartError } from "../../errors.ts";
import { EXECUTABLE } from "../deploy/systemd.ts";
import { type Machine, PREVIOUS_EXECUTABLE, placeExecutable, run } from "./machine.ts";

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
  const [before, after] = [await readVersion(installed), await readVersion(file)];
  await copyFile(installed, previous);
  await placeExecutable(machine, file);
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
  if (version === undefined) throw new StartError(`${file} is no executable of specchat.`);
  return version;
}
