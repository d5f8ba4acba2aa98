/**
 * Writes metrics as text.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 * https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
import type { HistogramDeclaration, MetricDeclaration } from "./declarations.ts";
import type { Exemplar, Family, Series } from "./registry.ts";

export type MetricsFormat = "prometheus" | "openmetrics";

export const CONTENT_TYPES: Readonly<Record<MetricsFormat, string>> = {
  prometheus: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/** Returns the format that a client accepts. Only OpenMetrics has exemplars. */
export function selectFormat(accept: string | null): MetricsFormat {
  return /\bapplication\/openmetrics-text\b/i.test(accept ?? "") ? "openmetrics" : "prometheus";
}

export function writeMetrics(families: Iterable<Family>, format: MetricsFormat): string {
  const lines: string[] = [];
  for (const family of families) writeFamily(family, format, lines);
  if (format === "openmetrics") lines.push("# EOF");
  return `${lines.join("\n")}\n`;
}

function writeFamily({ declaration, series }: Family, format: MetricsFormat, lines: string[]): void {
  const isOpen = format === "openmetrics";
  const sample = declaration.type === "counter" ? `${declaration.name}_total` : declaration.name;
  const name = isOpen ? declaration.name : sample;
  lines.push(`# HELP ${name} ${escapeHelp(declaration.help)}`, `# TYPE ${name} ${declaration.type}`);
  for (const entry of series) {
    if (isHistogram(declaration)) writeHistogram(declaration, entry, isOpen, lines);
    else lines.push(`${sample}${braces(entry.labels)} ${formatNumber(entry.value)}`);
  }
}

function isHistogram(declaration: MetricDeclaration): declaration is HistogramDeclaration {
  return declaration.type === "histogram";
}

function writeHistogram(
  { name, buckets }: HistogramDeclaration,
  { labels, value: sum, histogram }: Series,
  isOpen: boolean,
  lines: string[],
): void {
  if (!histogram) return;
  const prefix = labels === "" ? "" : `${labels},`;
  let count = 0;
  for (const [index, inBucket] of histogram.counts.entries()) {
    count += inBucket;
    const bound = buckets[index];
    const le =
      bound === undefined ? "+Inf" : isOpen && Number.isInteger(bound) ? bound.toFixed(1) : String(bound);
    const exemplar = isOpen ? formatExemplar(histogram.exemplars[index]) : "";
    lines.push(`${name}_bucket{${prefix}le="${le}"} ${count}${exemplar}`);
  }
  lines.push(`${name}_sum${braces(labels)} ${formatNumber(sum)}`, `${name}_count${braces(labels)} ${count}`);
}

function formatExemplar(exemplar: Exemplar | undefined): string {
  if (!exemplar) return "";
  const { traceId, value, at } = exemplar;
  return ` # {trace_id="${traceId}"} ${formatNumber(value)} ${(at / 1000).toFixed(3)}`;
}

function braces(labels: string): string {
  return labels === "" ? "" : `{${labels}}`;
}

function formatNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return String(value);
}

function escapeHelp(help: string): string {
  return help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
