/** One specchat with its load and its stand-in, for a while. */
import { startLoad } from "./load-process.ts";
import { startModelServer } from "./model-server.ts";
import { type SpecchatOptions, startSpecchat } from "./servers.ts";
import type { Bench, Site } from "./types.ts";

export async function withSpecchat<Result>(
  bench: Bench,
  options: Omit<SpecchatOptions, "modelUrl">,
  run: (site: Site) => Promise<Result>,
): Promise<Result> {
  const [model, load] = [await startModelServer(), startLoad()];
  const server = await startSpecchat(bench, { ...options, modelUrl: model.url });
  try {
    return await run({ server, load, model });
  } finally {
    await Promise.all([server.stop(), load.stop(), model.stop()]);
  }
}
