/** Reads the data of a chart from the result of its call. Pure. */
import { t } from "../language/language.ts";

export interface ChartSpec {
  readonly type: "bar" | "line" | "area" | "scatter" | "pie";
  readonly title: string;
  readonly x: string;
  readonly y: readonly string[];
  readonly stacked: boolean;
}

export interface ChartContent {
  readonly spec: ChartSpec;
  /** A label, or a number for a scatter chart, and the numbers of `y`. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** @throws Error for what is no chart. The server has made it, so its fields are trusted. */
export function readChart(value: unknown): ChartContent {
  const { chart, rows } = Object(value);
  if (!Array.isArray(rows) || !Array.isArray(Object(chart).y)) throw new Error("not a chart");
  return { spec: chart, rows };
}

/** Returns the rows as records, for the table of the chart. */
export function toRecords({ spec, rows }: ChartContent): readonly Readonly<Record<string, unknown>>[] {
  const names = [spec.x, ...spec.y];
  return rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at] ?? null])));
}

/** Says what the chart shows, for people who cannot see it. The table has the numbers. */
export function describeChart({ spec, rows }: ChartContent): string {
  const fields = spec.y.join(", ");
  return t("chart.description", {
    kind: t(`chart.${spec.type}`),
    title: spec.title,
    fields,
    x: spec.x,
    rows: t("count.rows", { count: rows.length }),
    first: String(rows[0]?.[0]),
    last: String(rows.at(-1)?.[0]),
  });
}
