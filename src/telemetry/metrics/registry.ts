/**
 * Holds the values of all metrics. The number of time series is bounded: a label has a limited number of values, and further
 * ones are counted together as `other`.
 *
 * prom-client 15 does not fit. It cannot serve both text formats from one registry (writing OpenMetrics renames its counters for
 * good), has exemplars in only one of them and no bounds. A scrape of 400 operations takes it 6 ms, and its import 70 ms.
 */
import {
  type CounterName,
  type GaugeName,
  type HistogramDeclaration,
  type HistogramName,
  type LabelsOf,
  METRICS,
  type MetricDeclaration,
} from "./declarations.ts";

/** An observed value with the trace in which it occurred. */
export interface Exemplar {
  readonly traceId: string;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface Series {
  /** The labels in the text format, without braces. */
  readonly labels: string;
  /** The value of a counter or gauge, or the sum of a histogram. */
  value: number;
  /** Set for a histogram. */
  readonly histogram?: {
    /** The observations in each bucket and, last, above all of them. Not cumulative. */
    readonly counts: number[];
    /** The newest exemplar of each bucket. */
    readonly exemplars: (Exemplar | undefined)[];
  };
}

export interface Family {
  readonly declaration: MetricDeclaration;
  readonly series: Iterable<Series>;
}

/** The maximum number of values of a label. Models and operations are named by clients and documents. */
const MAX_VALUES: Readonly<Record<string, number>> = {
  endpoint: 200,
  model: 50,
  gen_ai_request_model: 50,
  gen_ai_response_model: 50,
};
const MAX_OTHER_VALUES = 100;
const MAX_VALUE_LENGTH = 200;

type MetricName = keyof typeof METRICS;

export class MetricRegistry {
  readonly #families = new Map<string, Map<string, Series>>();
  readonly #values = new Map<string, Set<string>>();

  constructor() {
    // A metric without labels has a value from the start.
    for (const [name, { type, labels }] of Object.entries<MetricDeclaration>(METRICS))
      if (labels.length === 0 && type !== "gauge") this.#seriesOf(name as MetricName, {});
  }

  add<Name extends CounterName>(name: Name, labels: LabelsOf<Name>, by = 1): void {
    this.#seriesOf(name, labels).value += by;
  }

  /** Sets a gauge, or a counter whose value is read elsewhere. */
  set<Name extends CounterName | GaugeName>(name: Name, labels: LabelsOf<Name>, value: number): void {
    this.#seriesOf(name, labels).value = value;
  }

  observe<Name extends HistogramName>(
    name: Name,
    labels: LabelsOf<Name>,
    value: number,
    exemplar?: Omit<Exemplar, "value">,
  ): void {
    const series = this.#seriesOf(name, labels);
    const { histogram } = series;
    if (!histogram) return;
    const { buckets }: HistogramDeclaration = METRICS[name];
    const found = buckets.findIndex((bound) => value <= bound);
    const bucket = found === -1 ? buckets.length : found;
    histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1;
    series.value += value;
    if (exemplar) histogram.exemplars[bucket] = { ...exemplar, value };
  }

  /** Returns the value of a counter. */
  valueOf<Name extends CounterName>(name: Name, labels: LabelsOf<Name>): number {
    return this.#seriesOf(name, labels).value;
  }

  /** Returns every metric in the order of declaration. */
  families(): readonly Family[] {
    return Object.entries<MetricDeclaration>(METRICS).map(([name, declaration]) => ({
      declaration,
      series: this.#families.get(name)?.values() ?? [],
    }));
  }

  #seriesOf(name: MetricName, labels: Readonly<Record<string, string>>): Series {
    const declaration: MetricDeclaration = METRICS[name];
    const values = declaration.labels.map((label) => this.#bounded(label, labels[label] ?? ""));
    const family = this.#families.getOrInsertComputed(name, () => new Map<string, Series>());
    return family.getOrInsertComputed(JSON.stringify(values), () => createSeries(declaration, values));
  }

  #bounded(label: string, value: string): string {
    const text = value.length > MAX_VALUE_LENGTH ? `${value.slice(0, MAX_VALUE_LENGTH - 1)}…` : value;
    const known = this.#values.getOrInsertComputed(label, () => new Set<string>());
    if (known.has(text)) return text;
    if (known.size >= (MAX_VALUES[label] ?? MAX_OTHER_VALUES)) return "other";
    known.add(text);
    return text;
  }
}

function createSeries(declaration: MetricDeclaration, values: readonly string[]): Series {
  const labels = declaration.labels
    .map((label, index) => `${label}="${escapeLabelValue(values[index] ?? "")}"`)
    .join(",");
  if (declaration.type !== "histogram") return { labels, value: 0 };
  const counts = [...declaration.buckets.map(() => 0), 0];
  return { labels, value: 0, histogram: { counts, exemplars: [] } };
}

function escapeLabelValue(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}
