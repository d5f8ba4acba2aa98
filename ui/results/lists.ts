/** Finds the tables in a JSON value. */

/** A list in a value. `path` is empty for the value itself, or like `data.items`. */
export interface FoundRows {
  readonly path: string;
  readonly rows: readonly unknown[];
}

const MAX_DEPTH = 3;
const MAX_LISTS = 20;

/**
 * Returns the lists of objects in a value, the longest one first. A value without one is a list of its fields.
 * A list of scalars counts only as the value itself.
 */
export function findRows(value: unknown): readonly [FoundRows, ...FoundRows[]] {
  if (Array.isArray(value)) return [{ path: "", rows: value }];
  const found: FoundRows[] = [];
  collect(value, "", found);
  const [first, ...rest] = found.toSorted((one, other) => other.rows.length - one.rows.length);
  if (first !== undefined) return [first, ...rest.slice(0, MAX_LISTS)];
  const fields = Object.entries(Object(value)).map(([Field, Value]) => ({ Field, Value }));
  return [{ path: "", rows: fields }];
}

function collect(value: unknown, path: string, found: FoundRows[]): void {
  if (!isRecord(value) || path.split(".").length > MAX_DEPTH) return;
  for (const [key, member] of Object.entries(value)) {
    const memberPath = path === "" ? key : `${path}.${key}`;
    if (Array.isArray(member)) {
      if (member.length > 0 && member.every(isRecord)) found.push({ path: memberPath, rows: member });
    } else collect(member, memberPath, found);
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
