/** The functions that take most CPU time, from the profiles that Bun writes: https://bun.com/docs/project/benchmarking */
import { readdir } from "node:fs/promises";
import { join } from "node:path";

interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: Frame;
    readonly children?: readonly number[];
  }[];
  /** The node of each sample. */
  readonly samples: readonly number[];
}

const SHOWN = 25;
const IDLE = new Set(["(idle)", "(program)", "(root)"]);

/** Returns a table of the functions with the largest share of the samples in a folder of profiles. */
export async function listTopFunctions(folder: string): Promise<string> {
  const counts = new Map<string, number>();
  let all = 0;
  for (const name of await readdir(folder)) {
    if (!name.endsWith(".cpuprofile")) continue;
    const { nodes, samples }: Profile = await Bun.file(join(folder, name)).json();
    const labels = labelNodes(nodes);
    for (const sample of samples) {
      const label = labels.get(sample);
      if (label === undefined) continue;
      counts.set(label, (counts.get(label) ?? 0) + 1);
      all += 1;
    }
  }
  const top = [...counts].sort(([, one], [, other]) => other - one).slice(0, SHOWN);
  return top
    .map(([label, count]) => `${((count / all) * 100).toFixed(1).padStart(5)} %  ${label}\n`)
    .join("");
}

/** Node → its label. A function of the runtime, which has no file, is followed by the function of a file that led to it. */
function labelNodes(nodes: Profile["nodes"]): ReadonlyMap<number, string> {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const labels = new Map<number, string>();
  for (const { id, callFrame } of nodes) {
    if (IDLE.has(callFrame.functionName)) continue;
    let caller = callFrame.url === "" ? parents.get(id) : undefined;
    while (caller !== undefined && frames.get(caller)?.url === "") caller = parents.get(caller);
    const from = caller === undefined ? undefined : frames.get(caller);
    labels.set(id, `${describeFrame(callFrame)}${from ? `  ← ${describeFrame(from)}` : ""}`);
  }
  return labels;
}

function describeFrame({ functionName, url, lineNumber }: Frame): string {
  const path = url.replace(/^file:\/\//, "").replace(/^.*\/(src|node_modules)\//, "$1/");
  return `${functionName || "(anonymous)"} ${path && `${path}:${lineNumber + 1}`}`.trimEnd();
}
