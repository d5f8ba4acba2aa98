/** Measures servers in turn, round by round, so that another load of the machine affects all of them. */
import { startLoad } from "./load-process.ts";
import { startModelServer } from "./model-server.ts";
import { type SpecchatOptions, startBaseline, startSpecchat } from "./servers.ts";
import type { Baseline, Bench, Samples, Server, Site } from "./types.ts";

/** Name of a server → how it starts, with the address of the stand-in. */
export type Starters = Readonly<Record<string, (modelUrl: string) => Promise<Server>>>;

export interface RoundsOptions<Metric extends string> {
  readonly servers: Starters;
  /** Measures one server once. */
  readonly measure: (site: Site) => Promise<Readonly<Record<Metric, number>>>;
  readonly rounds: number;
  /** Each round has new processes, without a round for the compilers. */
  readonly isFresh?: boolean;
}

/** specchat, the other build if there is one, and baselines. */
export function compareWith(
  bench: Bench,
  baselines: readonly Baseline[],
  options: Omit<SpecchatOptions, "modelUrl"> = {},
): Starters {
  const { against } = bench;
  return {
    specchat: (modelUrl) => startSpecchat(bench, { ...options, modelUrl }),
    ...(against && { [against.name]: (modelUrl) => startSpecchat(bench, { ...options, modelUrl }, true) }),
    ...Object.fromEntries(baselines.map((name) => [name, (modelUrl) => startBaseline(name, modelUrl)])),
  };
}

/** Runs the rounds of a figure. Servers, load and stand-in are processes of their own. */
export async function measureRounds<Metric extends string>({
  servers: starters,
  measure,
  rounds,
  isFresh = false,
}: RoundsOptions<Metric>): Promise<Samples<Metric>> {
  const [model, load] = [await startModelServer(), startLoad()];
  const servers = new Map<string, Server>();
  const samples = new Map<string, Record<Metric, number[]>>();
  try {
    for (let round = isFresh ? 1 : 0; round <= rounds; round++)
      for (const [name, start] of Object.entries(starters)) {
        const server = servers.get(name) ?? (await start(model.url));
        servers.set(name, server);
        const values = await measure({ server, load, model });
        if (round > 0) addSample(samples, name, values);
        if (!isFresh) continue;
        servers.delete(name);
        await server.stop();
      }
  } finally {
    await Promise.all([...servers.values()].map((server) => server.stop()));
    await Promise.all([load.stop(), model.stop()]);
  }
  return samples;
}

function addSample<Metric extends string>(
  samples: Map<string, Record<Metric, number[]>>,
  name: string,
  values: Readonly<Record<Metric, number>>,
): void {
  const known = samples.get(name) ?? ({} as Record<Metric, number[]>);
  samples.set(name, known);
  for (const metric of Object.keys(values) as Metric[]) {
    known[metric] ??= [];
    known[metric].push(values[metric]);
  }
}
