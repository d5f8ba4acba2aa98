/** Creates the trace exporter of the settings. */
import type { Config } from "../config/settings.ts";
import type { Ports } from "../context.ts";
import { createTraces } from "../telemetry/traces.ts";
import type { Traces } from "../telemetry/types.ts";

/** The default address of Phoenix. */
const DEFAULT_PHOENIX_ENDPOINT = "http://localhost:6006/v1/traces";

/** Returns undefined when the settings do not enable tracing. */
export function createConfiguredTraces(
  { tracingProvider, phoenixEndpoint, traceHeaders, traceSample, traceContent }: Config,
  { log }: Pick<Ports, "log">,
  version: string,
): Traces | undefined {
  const isEnabled =
    tracingProvider === "otlp" ||
    tracingProvider === "phoenix" ||
    (tracingProvider === undefined && phoenixEndpoint);
  if (!isEnabled) return undefined;
  return createTraces({
    endpoint: phoenixEndpoint ?? DEFAULT_PHOENIX_ENDPOINT,
    headers: Object.fromEntries(traceHeaders.map(splitEntry)),
    ratio: traceSample,
    hasContent: traceContent,
    version,
    warn: (problem) => log.warning(problem),
  });
}

function splitEntry(entry: string): [name: string, value: string] {
  const at = entry.indexOf("=");
  return [entry.slice(0, at), entry.slice(at + 1)];
}
