/** Creates the trace exporter of the settings. */
import type { Config } from "../config/settings.ts";
import type { Ports } from "../context.ts";
import { createTraces } from "../telemetry/traces.ts";
import type { Traces } from "../telemetry/types.ts";

/** The default address of Phoenix. */
const DEFAULT_PHOENIX_ENDPOINT = "http://localhost:6006/v1/traces";

/** Returns undefined when the settings do not enable tracing. */
export function createConfiguredTraces(
  { tracingProvider, phoenixEndpoint }: Config,
  { log }: Pick<Ports, "log">,
): Traces | undefined {
  const isEnabled = tracingProvider === "phoenix" || (tracingProvider === undefined && phoenixEndpoint);
  if (!isEnabled) return undefined;
  return createTraces(phoenixEndpoint ?? DEFAULT_PHOENIX_ENDPOINT, (problem) => log.warning(problem));
}
