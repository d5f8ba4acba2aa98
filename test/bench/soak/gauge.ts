/** Loaded before specchat: on SIGUSR2 it collects garbage and writes what the process holds to the file `gauge-PID.json`. */

import { heapStats } from "bun:jsc";
import { renameSync, writeFileSync } from "node:fs";
import type { Gauge } from "./types.ts";

process.on("SIGUSR2", () => {
  Bun.gc(true);
  const { heapSize, objectCount, objectTypeCounts } = heapStats();
  const gauge: Gauge = {
    heapMb: heapSize / 1e6,
    objects: objectCount,
    timers: objectTypeCounts.Timeout ?? 0,
  };
  // The file has its whole text when it has its name.
  writeFileSync("gauge.part", JSON.stringify(gauge));
  renameSync("gauge.part", `gauge-${process.pid}.json`);
});
