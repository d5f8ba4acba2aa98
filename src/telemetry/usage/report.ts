/** Reports usage in groups, as JSON or CSV. */
import { readFacts, type UsageSource } from "./facts.ts";
import { addFigures, NO_FIGURES } from "./figures.ts";
import { USAGE_KEYS, type UsageDays, type UsageFigures, type UsageGroup } from "./types.ts";

/** One group. A figure without the key, such as a turn without an operation, is in the group whose key is empty. */
export type UsageRow = Readonly<Partial<Record<UsageGroup, string>> & UsageFigures>;

export interface UsageQuery extends UsageDays {
  /** What a row stands for. Without keys, there is one row at most. */
  readonly by: readonly UsageGroup[];
}

/** Returns one row for each group, in the order of its keys. @throws AppError `store_unavailable` */
export async function collectUsage(source: UsageSource, query: UsageQuery): Promise<readonly UsageRow[]> {
  const groups = new Map<string, UsageFigures>();
  for await (const { keys, figures } of readFacts(source, query)) {
    const key = JSON.stringify(query.by.map((name) => keys[name]));
    addFigures(
      groups.getOrInsertComputed(key, () => ({ ...NO_FIGURES })),
      figures,
    );
  }
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, figures]) => {
      const values: readonly string[] = JSON.parse(key);
      return { ...Object.fromEntries(query.by.map((name, index) => [name, values[index]])), ...figures };
    });
}

/** Formats rows as CSV with a header, also when there are no rows. */
export function formatUsageCsv(rows: readonly UsageRow[], by: readonly UsageGroup[]): string {
  const columns = [...by, ...(Object.keys(NO_FIGURES) as (keyof UsageFigures)[])];
  const lines = rows.map((row) => columns.map((column) => formatCell(row[column] ?? "")).join(","));
  return `${[columns.join(","), ...lines].join("\n")}\n`;
}

/** A text that a spreadsheet would take for a formula begins with an apostrophe. */
function formatCell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Parses the keys of a query, separated by commas. Returns undefined for an unknown one. */
export function parseUsageKeys(text: string): readonly UsageGroup[] | undefined {
  const names = text.split(",").filter((name) => name !== "");
  const keys = USAGE_KEYS.filter((key) => names.includes(key));
  return names.every((name) => keys.includes(name as UsageGroup)) ? keys : undefined;
}
