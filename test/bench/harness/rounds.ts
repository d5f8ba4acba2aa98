/** Measures servers in turn, round by round, so that another load of the machine affects all of them. */
import { startLoad } from "./load-process.ts";
import { startModelServer } from "./model-server.ts";
import { type ServerOptions, startServer } from "./servers.ts";
import type { Baseline, Bench, Samples, Server, Site, Subject } from "./types.ts";

export interface RoundsOptions<Metric extends string> extends Omit<ServerOptions, "modelUrl"> {
  readonly baselines: readonly Baseline[];
  /** Measures one server once. */
  readonly measure: (site: Site) => Promise<Readonly<Record<Metric, number>>>;
  /** Each round has new processes, without a round for the compilers. */
  readonly isFresh?: boolean;
  readonly rounds?: number;
}

/** Runs the rounds of a figure. Servers, load and stand-in are processes of their own. */
export async function measureRounds<Metric extends string>(
  bench: Bench,
  { baselines, measure, isFresh = false, rounds = bench.rounds, ...options }: RoundsOptions<Metric>,
): Promise<Samples<Metric>> {
  const subjects: readonly Subject[] = [
    "specchat",
    ...(bench.against ? ["against" as const] : []),
    ...baselines,
  ];
  const [model, load] = [await startModelServer(), startLoad()];
  const start = (subject: Subject) => startServer(bench, subject, { ...options, modelUrl: model.url });
  const servers = new Map<Subject, Server>();
  const samples = new Map<Subject, Record<Metric, number[]>>();
  try {
    for (let round = isFresh ? 1 : 0; round <= rounds; round++)
      for (const subject of subjects) {
        const server = servers.get(subject) ?? (await start(subject));
        servers.set(subject, server);
        const values = await measure({ server, load, model });
        if (round > 0) addSample(samples, subject, values);
        if (!isFresh) continue;
        servers.delete(subject);
        await server.stop();
      }
  } finally {
    await Promise.all([...servers.values()].map((server) => server.stop()));
    await Promise.all([load.stop(), model.stop()]);
  }
  return samples;
}

function addSample<Metric extends string>(
  samples: Map<Subject, Record<Metric, number[]>>,
  subject: Subject,
  values: Readonly<Record<Metric, number>>,
): void {
  const known = samples.get(subject) ?? ({} as Record<Metric, number[]>);
  samples.set(subject, known);
  for (const metric of Object.keys(values) as Metric[]) {
    known[metric] ??= [];
    known[metric].push(values[metric]);
  }
}
