/**
 * Checks metrics by the GenAI conventions of OpenTelemetry, transcribed from the page at commit 004902b8 of
 * https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-metrics.md
 */
import { ENUMERATIONS, METRIC_NAMES } from "../registry.ts";
import type { ParsedFamily } from "./parse-metrics.ts";

interface Convention {
  readonly unit: "s" | "{token}";
  readonly buckets: readonly number[];
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const TOKENS = [
  1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
];
const ALWAYS = ["gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model"];

/** Histograms all of them. */
const CONVENTIONS: Readonly<Record<string, Convention>> = {
  "gen_ai.client.operation.duration": {
    unit: "s",
    buckets: SECONDS,
    required: ALWAYS,
    optional: ["error.type", "gen_ai.response.model"],
  },
  "gen_ai.client.operation.time_to_first_chunk": {
    unit: "s",
    buckets: SECONDS,
    required: ALWAYS,
    optional: ["gen_ai.response.model"],
  },
  "gen_ai.client.token.usage": {
    unit: "{token}",
    buckets: TOKENS,
    required: [...ALWAYS, "gen_ai.token.type"],
    optional: ["gen_ai.response.model"],
  },
};

/** Returns the name in Prometheus: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/ */
function toPrometheus(name: string, unit: Convention["unit"] | "" = ""): string {
  return `${name.replaceAll(".", "_")}${unit === "s" ? "_seconds" : ""}`;
}

/** Returns what the conventions do not allow in the metrics that begin with `gen_ai_`, and the metrics that are not there. */
export function findConventionViolations(families: ReadonlyMap<string, ParsedFamily>): readonly string[] {
  const allowed = Object.entries(CONVENTIONS);
  const known = new Set(allowed.map(([name, { unit }]) => toPrometheus(name, unit)));
  return [
    ...allowed.flatMap(([name, convention]) => {
      const family = families.get(toPrometheus(name, convention.unit));
      const unregistered = METRIC_NAMES.has(name) ? [] : [`${name} is in no registry`];
      return [...unregistered, ...(family ? checkFamily(name, family, convention) : [`${name} is missing`])];
    }),
    ...[...families.keys()]
      .filter((name) => name.startsWith("gen_ai_") && !known.has(name))
      .map((name) => `${name} is no metric of the conventions`),
  ];
}

function checkFamily(
  name: string,
  { type, samples }: ParsedFamily,
  convention: Convention,
): readonly string[] {
  const { buckets, required, optional } = convention;
  const attributes = new Map(
    [...required, ...optional].map((attribute) => [toPrometheus(attribute), attribute]),
  );
  const bounds = [
    ...new Set(
      samples.flatMap(({ labels }) =>
        labels.le === undefined ? [] : [Number(labels.le.replace("+Inf", "Infinity"))],
      ),
    ),
  ];
  const problems = samples.flatMap(({ labels }) =>
    Object.entries(labels).flatMap(([label, value]) => {
      const attribute = attributes.get(label);
      if (label === "le") return [];
      if (attribute === undefined) return [`${name}: no attribute ${label}`];
      if (value === "") return required.includes(attribute) ? [`${name}: ${label} is empty`] : [];
      const values = ENUMERATIONS[attribute];
      return values && !values.includes(value) ? [`${name}: ${label} has no value ${value}`] : [];
    }),
  );
  const isComplete = samples.every(({ labels }) =>
    required.every((attribute) => toPrometheus(attribute) in labels),
  );
  return [
    ...(type === "histogram" ? [] : [`${name}: ${type}`]),
    ...(Bun.deepEquals(bounds, [...buckets, Number.POSITIVE_INFINITY]) ? [] : [`${name}: buckets ${bounds}`]),
    ...(isComplete ? [] : [`${name}: an attribute is missing`]),
    ...new Set(problems),
  ];
}
