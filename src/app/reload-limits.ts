import { readLimits } from "../config/limits.ts";
import type { Config } from "../config/settings.ts";
import type { App } from "../context.ts";

/** Reads the limits of the settings again. Settings with an error are logged, and the limits stay. */
export function reloadLimits(
  { audit, limits, log, telemetry }: Pick<App, "audit" | "limits" | "log" | "telemetry">,
  readConfig: () => Config,
): void {
  try {
    limits.replace(readLimits(readConfig()));
    log.info("limits reloaded");
    audit.record({ event: "administration", act: "limits_reloaded" });
    telemetry.count("configReloads", { outcome: "done" });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    log.error("limits not reloaded; keeping the previous ones", { detail });
    telemetry.count("configReloads", { outcome: "failed" });
  }
}
