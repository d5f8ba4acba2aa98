/** Creates the store for long API responses. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { SelectVictim } from "../access/types.ts";
import type { Config } from "../config/settings.ts";
import type { Ports } from "../context.ts";
import { createResultDisk } from "../results/disk.ts";
import { createPersistentResults } from "../results/persistent-store.ts";
import { BoundedResultStore } from "../results/store.ts";
import type { ResultStore } from "../results/types.ts";
import type { OpenedStore } from "../store/open.ts";

/** Results outlive the process only in a data folder that no other process uses. */
export function createResultStore(
  config: Config,
  { now }: Pick<Ports, "now">,
  { hasExclusiveDataDir }: Pick<OpenedStore, "hasExclusiveDataDir">,
  selectVictim: SelectVictim,
): ResultStore {
  const { maxSessionResults: perSession, maxResultsMemory: inMemory, maxResultsDisk: onDisk } = config;
  const clock = () => now().getTime();
  const disk = createResultDisk(join(config.dataDir, "results"), randomUUID(), clock);
  const results = new BoundedResultStore({ perSession, inMemory, onDisk }, disk, selectVictim);
  if (!hasExclusiveDataDir) return results;
  return createPersistentResults(results, {
    folder: join(config.dataDir, "kept-results"),
    maxSize: onDisk,
    maxAgeMs: config.retentionHours * 3_600_000,
    now: clock,
  });
}
