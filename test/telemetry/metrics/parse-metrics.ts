/**
 * A strict parser of both text formats, which throws at everything that a scraper may refuse.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 * https://prometheus.io/docs/specs/om/open_metrics_spec/
 */

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly exemplar?: {
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
    readonly at: number;
  };
}

export interface ParsedFamily {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

type Format = "prometheus" | "openmetrics";

/** Parses metrics by the names of their families, without the suffix of counters. */
export function parseMetrics(text: string, format: Format): ReadonlyMap<string, ParsedFamily> {
  if (!text.endsWith("\n")) throw new Error("the last line has no line break");
  const lines = text.slice(0, -1).split("\n");
  if (format === "openmetrics" && lines.pop() !== "# EOF") throw new Error("# EOF is not last");
  const families = new Map<string, { type: string; help: string; samples: Sample[] }>();
  let current: { type: string; help: string; samples: Sample[] } | undefined;
  let name = "";
  for (const line of lines) {
    const help = /^# HELP ([a-zA-Z_:][\w:]*) (.+)$/.exec(line);
    const type = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram)$/.exec(line);
    if (help) {
      name = help[1] ?? "";
      const key = format === "prometheus" ? name.replace(/_total$/, "") : name;
      if (families.has(key)) throw new Error(`${name} has two blocks`);
      current = { type: "", help: help[2] ?? "", samples: [] };
      families.set(key, current);
    } else if (type) {
      if (type[1] !== name || !current) throw new Error(`TYPE of ${type[1]} is not in its block`);
      current.type = type[2] ?? "";
      checkCounterName(name, current.type, format);
    } else {
      if (!current) throw new Error(`a sample before its family: ${line}`);
      const sample = parseSample(line, format);
      checkSampleName(sample.name, name, current.type, format);
      current.samples.push(sample);
    }
  }
  for (const [family, { type, samples }] of families) checkSamples(family, type, samples);
  return families;
}

function checkCounterName(name: string, type: string, format: Format): void {
  const isTotal = name.endsWith("_total");
  if (isTotal !== (type === "counter" && format === "prometheus"))
    throw new Error(`${name} is no name of a ${type}`);
}

function checkSampleName(sample: string, family: string, type: string, format: Format): void {
  const allowed =
    type === "histogram"
      ? [`${family}_bucket`, `${family}_sum`, `${family}_count`]
      : [type === "counter" && format === "openmetrics" ? `${family}_total` : family];
  if (!allowed.includes(sample)) throw new Error(`${sample} is no sample of ${family}`);
}

const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const found = LABEL.exec(text);
    if (!found) throw new Error(`labels cannot be read: ${text}`);
    const [, name = "", value = "", separator] = found;
    if (Object.hasOwn(labels, name)) throw new Error(`label ${name} twice: ${text}`);
    if (separator === "," && LABEL.lastIndex === text.length) throw new Error(`a comma at the end: ${text}`);
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
  }
  return labels;
}

function parseSample(line: string, format: Format): Sample {
  const found =
    /^([a-zA-Z_:][\w:]*)(?:\{((?:[^"{}]|"(?:[^"\\]|\\.)*")+)\})? (\S+)(?: # \{((?:[^"{}]|"(?:[^"\\]|\\.)*")*)\} (\S+) (\S+))?$/.exec(
      line,
    );
  if (!found) throw new Error(`not a sample: ${line}`);
  const [, name = "", labels = "", value = "", exemplarLabels, exemplarValue = "", at = ""] = found;
  if (exemplarLabels !== undefined && format !== "openmetrics") throw new Error(`an exemplar: ${line}`);
  return {
    name,
    labels: parseLabels(labels),
    value: parseNumber(value),
    ...(exemplarLabels !== undefined && {
      exemplar: {
        labels: parseLabels(exemplarLabels),
        value: parseNumber(exemplarValue),
        at: parseNumber(at),
      },
    }),
  };
}

function parseNumber(text: string): number {
  if (text === "+Inf") return Number.POSITIVE_INFINITY;
  if (!/^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text)) throw new Error(`not a number: ${text}`);
  return Number(text);
}

function checkSamples(family: string, type: string, samples: readonly Sample[]): void {
  const keys = samples.map(({ name, labels }) => `${name} ${JSON.stringify(Object.entries(labels).sort())}`);
  if (new Set(keys).size !== keys.length) throw new Error(`${family} has a series twice`);
  if (type === "counter" && samples.some(({ value }) => value < 0)) throw new Error(`${family} is negative`);
  if (samples.some(({ exemplar }) => JSON.stringify(exemplar?.labels ?? {}).length > 128))
    throw new Error(`${family} has a long exemplar`);
  if (type === "histogram") checkHistogram(family, samples);
}

function checkHistogram(family: string, samples: readonly Sample[]): void {
  const seriesOf = ({ labels: { le: _, ...labels } }: Sample) => JSON.stringify(labels);
  for (const [series, group] of Map.groupBy(samples, seriesOf)) {
    const buckets = group.filter(({ name }) => name.endsWith("_bucket"));
    const bounds = buckets.map(({ labels }) => parseNumber(labels.le ?? ""));
    const counts = buckets.map(({ value }) => value);
    const count = group.find(({ name }) => name.endsWith("_count"))?.value;
    const isAscending = (values: readonly number[], isStrict: boolean) =>
      values.every(
        (value, at) => at === 0 || value > (values[at - 1] ?? 0) || (!isStrict && value === values[at - 1]),
      );
    if (bounds.at(-1) !== Number.POSITIVE_INFINITY || !isAscending(bounds, true))
      throw new Error(`buckets of ${family} ${series}: ${bounds}`);
    if (!isAscending(counts, false) || counts.at(-1) !== count)
      throw new Error(`counts of ${family} ${series}: ${counts}`);
    if (!group.some(({ name }) => name.endsWith("_sum"))) throw new Error(`${family} ${series} has no sum`);
    for (const [at, { exemplar }] of buckets.entries())
      if (exemplar && (exemplar.value > (bounds[at] ?? 0) || exemplar.value <= (bounds[at - 1] ?? -1)))
        throw new Error(`an exemplar of ${family} is in the wrong bucket`);
  }
}
