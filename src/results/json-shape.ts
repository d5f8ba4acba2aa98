/** Describes the shape of a JSON value, as in `20000 × {id: integer, name?: string, tags: 0–5 × string}`. Pure. */

/** The number of list entries that are sampled, spread over the entire list. */
const MAX_SAMPLED_ENTRIES = 200;
const MAX_KEYS = 40;
const MAX_DEPTH = 5;

export function describeJson(value: unknown): string {
  return render([value], 0);
}

/** Describes values that occur in the same place. */
function render(values: readonly unknown[], depth: number): string {
  const kinds = new Map<string, unknown[]>();
  for (const value of values) {
    const kind = kindOf(value);
    const same = kinds.get(kind);
    if (same) same.push(value);
    else kinds.set(kind, [value]);
  }
  if (kinds.has("integer") && kinds.has("number")) kinds.delete("integer");
  return [...kinds].map(([kind, same]) => renderKind(kind, same, depth)).join(" | ");
}

function renderKind(kind: string, values: readonly unknown[], depth: number): string {
  if (kind === "object")
    return depth >= MAX_DEPTH
      ? "{…}"
      : renderObjects(
          values.map((value) => ({ ...Object(value) })),
          depth,
        );
  if (kind !== "list") return kind;
  const lists = values.filter((value) => Array.isArray(value));
  const lengths = lists.map(({ length }) => length);
  const [shortest, longest] = [Math.min(...lengths), Math.max(...lengths)];
  const count = shortest === longest ? `${longest}` : `${shortest}–${longest}`;
  if (longest === 0) return "empty list";
  if (depth >= MAX_DEPTH) return `${count} × …`;
  const entries = lists.flatMap((list) => sampleEvenly(list, Math.ceil(MAX_SAMPLED_ENTRIES / lists.length)));
  const inner = render(sampleEvenly(entries, MAX_SAMPLED_ENTRIES), depth + 1);
  return `${count} × ${countKinds(entries) > 1 ? `(${inner})` : inner}`;
}

function renderObjects(objects: readonly Readonly<Record<string, unknown>>[], depth: number): string {
  const fields = new Map<string, unknown[]>();
  for (const object of objects) {
    for (const [key, value] of Object.entries(object)) {
      const same = fields.get(key);
      if (same) same.push(value);
      else fields.set(key, [value]);
    }
  }
  const shown = [...fields]
    .slice(0, MAX_KEYS)
    .map(
      ([key, values]) =>
        `${formatKey(key)}${values.length < objects.length ? "?" : ""}: ${render(values, depth + 1)}`,
    );
  const rest = fields.size - shown.length;
  return `{${[...shown, ...(rest > 0 ? [`… ${rest} more keys`] : [])].join(", ")}}`;
}

function countKinds(values: readonly unknown[]): number {
  const kinds = new Set(values.map(kindOf));
  return kinds.has("integer") && kinds.has("number") ? kinds.size - 1 : kinds.size;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  if (typeof value === "bigint") return "integer";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function formatKey(key: string): string {
  return /^[\w$-]{1,80}$/.test(key) ? key : JSON.stringify(key.slice(0, 80));
}

/** Returns at most `count` entries, from the first to the last in even steps. */
export function sampleEvenly<Entry>(list: readonly Entry[], count: number): readonly Entry[] {
  if (list.length <= count) return list;
  return Array.from({ length: count }, (_, index) => {
    const at = Math.floor((index * (list.length - 1)) / Math.max(1, count - 1));
    return list[at] as Entry;
  });
}
