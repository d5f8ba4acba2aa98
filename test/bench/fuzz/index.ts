/**
 * `bun run bench fuzz [--cases N] [--minutes N] [--seed N] [--only SURFACE]` attacks the reading of documents and arguments,
 * and servers without and with authentication over HTTP, WebSocket and MCP, and MCP over standard input. It prints the cases of each surface, the seed, and the smallest case of each failure.
 */
import { createArguments } from "./arguments.ts";
import { createBodies, createMcpMessages } from "./bodies.ts";
import { createDocuments } from "./documents.ts";
import { createFrames } from "./frames.ts";
import { createRequests } from "./requests.ts";
import { type FuzzObserver, type FuzzOptions, type FuzzReport, runFuzz } from "./run.ts";
import { createStdin } from "./stdin.ts";
import type { Surface } from "./surface.ts";
import { startTarget } from "./target.ts";

const DEFAULT_CASES = 1_000_000;

/** Attacks every surface, or the one of this name. @throws Error when there is none. */
export async function attackSurfaces(
  options: FuzzOptions,
  only?: string,
  observer?: FuzzObserver,
): Promise<FuzzReport> {
  const targets = await Promise.all([startTarget(false), startTarget(true)]);
  const all = [
    createDocuments(),
    await createArguments(),
    ...targets.flatMap((target) => [
      createBodies(target),
      createMcpMessages(target),
      createFrames(target),
      createRequests(target),
    ]),
    createStdin(targets[0].api),
  ] as unknown as readonly Surface[];
  try {
    const surfaces = all.filter(({ name }) => only === undefined || name === only);
    if (surfaces.length === 0)
      throw new Error(`unknown surface ${only}; expected one of ${all.map(({ name }) => name).join(", ")}`);
    return await runFuzz(surfaces, options, observer);
  } finally {
    for (const { close } of all) await close?.();
    for (const target of targets) await target.stop();
  }
}

/** Runs the command. Returns whether nothing failed. */
export async function fuzz(argv: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  const { cases = DEFAULT_CASES, seed = Date.now() % 1_000_000, minutes, only } = argv;
  const options = {
    seed: Number(seed),
    cases: Number(cases),
    ...(minutes !== undefined && { minutes: Number(minutes) }),
  };
  print(`seed ${options.seed}, ${options.cases.toLocaleString("en-US")} cases`);
  const { counts, failures } = await attackSurfaces(options, only, {
    onFailure: ({ surface, seed, error, smallest }) =>
      print(
        `\nFAILED: ${surface}, --seed ${seed} --only "${surface}"\n${error}\nThe smallest case:\n${smallest}\n`,
      ),
    onProgress: (seed, cases) => print(`${cases.toLocaleString("en-US")} cases, next seed ${seed}`),
  });
  for (const [name, count] of Object.entries(counts))
    print(`${name.padEnd(14)} ${count.toLocaleString("en-US")}`);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  print(
    `${"total".padEnd(14)} ${total.toLocaleString("en-US")}\n${"failures".padEnd(14)} ${failures.length}`,
  );
  return failures.length === 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
