/** Collects the figures of the process, the models and the documents for the metrics. */
import type { App, Ports } from "../context.ts";

interface FigureSources extends Pick<App, "apis" | "model" | "version"> {
  readonly usage: Ports["usage"];
  readonly log: Pick<App["log"], "counts">;
}

export function collectFigures(telemetry: App["telemetry"], sources: FigureSources): void {
  const { apis, log, model, usage, version } = sources;
  telemetry.collect((set) => {
    set("buildInfo", { version }, 1);
    set("tools", {}, apis.current.tools.length);
    set("documentsOutdated", {}, apis.outdatedDocuments);
    set("apiLoaded", {}, apis.problem === undefined ? 1 : 0);
    for (const { model: name, region, active, queued, isOpen } of model.load?.() ?? []) {
      const labels = { model: name, region };
      set("modelActive", labels, active);
      set("modelQueued", labels, queued);
      set("breakerOpen", labels, isOpen ? 1 : 0);
    }
    for (const [level, count] of Object.entries(log.counts())) set("logLines", { level }, count);
    if (!usage) return;
    const { residentBytes, heapBytes, cpuSeconds, startedAt } = usage();
    set("residentMemory", {}, residentBytes);
    set("heapBytes", {}, heapBytes);
    set("cpuSeconds", {}, cpuSeconds);
    set("startTime", {}, startedAt);
  });
}
