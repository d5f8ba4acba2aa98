/** Makes the data of a chart from rows. Pure. */
import { isObject, stringifyJson } from "../json.ts";
import type { ChartRequest } from "./chart-definition.ts";

/** What a client draws: one row for each label, with its label and the numbers of `y`. The page reads it as the result of the tool. */
export interface ChartData {
  readonly note: string;
  readonly chart: Pick<ChartRequest, "type" | "title" | "x" | "y" | "stacked">;
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** Nobody can distinguish more. */
const MAX_ROWS = { bar: 500, line: 2000, area: 2000, scatter: 2000, pie: 30 } as const;

export type ChartOutcome =
  | { readonly outcome: "ready"; readonly content: string }
  | { readonly outcome: "refused"; readonly problem: string };

/** @param rows must be objects. */
export function makeChart(
  { type, title, x, y, stacked }: ChartRequest,
  rows: readonly unknown[],
): ChartOutcome {
  const limit = MAX_ROWS[type];
  if (rows.length === 0) return refuse("There are no rows to show.");
  if (rows.length > limit)
    return refuse(
      `${rows.length} rows are too many for a ${type} chart; ${limit} fit. Aggregate them first.`,
    );
  const objects = rows.filter(isObject);
  if (objects.length < rows.length)
    return refuse(`The rows must be objects with the fields ${[x, ...y].join(", ")}.`);
  const missing = [x, ...y].filter((field) => !objects.some((row) => Object.hasOwn(row, field)));
  if (missing.length > 0) {
    const known = Object.keys(objects[0] ?? {}).join(", ");
    return refuse(`No row has ${missing.join(" or ")}. The first row has: ${known}.`);
  }
  const wrong = y.find((field) => objects.some((row) => Number.isNaN(toNumber(row[field]) ?? 0)));
  if (wrong !== undefined) return refuse(`${wrong} is not a number in every row.`);
  const data: ChartData = {
    note: "The chat page shows this as a chart with its table. Say what it shows; clients without charts show your words only.",
    chart: { type, title, x, y, stacked },
    rows: objects.map((row) => [
      type === "scatter" ? (toNumber(row[x]) ?? toLabel(row[x])) : toLabel(row[x]),
      ...y.map((field) => toNumber(row[field])),
    ]),
  };
  return { outcome: "ready", content: stringifyJson(data) };
}

function toLabel(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? stringifyJson(value) : String(value);
}

/** Returns null for a gap and NaN for what is no number. */
function toNumber(value: unknown): number | null {
  if (value === null || value === undefined || value === "") return null;
  return typeof value === "object" || typeof value === "boolean" ? Number.NaN : Number(value);
}

function refuse(problem: string): ChartOutcome {
  return { outcome: "refused", problem };
}
