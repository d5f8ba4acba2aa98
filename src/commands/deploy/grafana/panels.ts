/** What a panel of the dashboard is, and the queries that panels are made of. */

/** A line of a panel. */
export interface PanelQuery {
  /** The expression, in which `SELECTED` stands for the labels that the variables of the dashboard choose. */
  readonly expr: string;
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  /** A unit of Grafana. */
  readonly unit: string;
  readonly queries: readonly PanelQuery[];
  /** `stat` shows the newest value alone, `timeseries` lines. */
  readonly kind?: "stat" | "timeseries";
}

export interface PanelRow {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** Stands for the labels of the chosen job and instances. */
export const SELECTED = "SELECTED";

/** Returns the sum of a counter's rate, by labels. */
export function rate(counter: string, by: string, filter = ""): string {
  const selector = [SELECTED, filter].filter(Boolean).join(",");
  return `sum by (${by}) (rate(${counter}{${selector}}[$__rate_interval]))`;
}

export function total(gauge: string, by: string): string {
  return `sum by (${by}) (${gauge}{${SELECTED}})`;
}

/** Returns a line for each of two quantiles of a histogram. */
export function quantiles(histogram: string, label?: string): readonly PanelQuery[] {
  const by = label === undefined ? "le" : `${label}, le`;
  const legend = label === undefined ? "" : `{{${label}}} `;
  return [0.5, 0.95].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, ${rate(`${histogram}_bucket`, by)})`,
    legend: `${legend}p${quantile * 100}`,
  }));
}

export function stat(title: string, unit: string, expr: string): Panel {
  return { title, unit, queries: [{ expr, legend: "" }], kind: "stat" };
}

export function lines(title: string, unit: string, expr: string, legend: string): Panel {
  return { title, unit, queries: [{ expr, legend }] };
}
