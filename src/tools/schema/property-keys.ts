/** What Claude accepts as a property key, at any depth. */
const LEGAL_KEY = /^[a-zA-Z0-9_.-]{1,64}$/;

/**
 * Legal keys for a tool's properties and definitions. One alias stands for one document key throughout a tool and is no
 * key of its own anywhere in it, so the way back needs no knowledge of where a key stands.
 */
export class PropertyKeys {
  readonly #documentKeys: Set<string>;
  readonly #aliases = new Map<string, string>();
  readonly #reserved = new Set<string>();

  /** `genuine`: keys that no alias may equal, whether or not they have been met yet. */
  constructor(genuine: Iterable<string> = []) {
    this.#documentKeys = new Set(genuine);
  }

  /** The key itself when it is legal, else its alias. */
  toLegalKey(key: string): string {
    if (LEGAL_KEY.test(key)) {
      this.#documentKeys.add(key);
      return key;
    }
    const existing = this.#aliases.get(key);
    if (existing !== undefined) return existing;
    const alias = this.reserve(toReadableKey(key));
    this.#aliases.set(key, alias);
    return alias;
  }

  /** `wish`, numbered when it is taken; afterwards it is. */
  reserve(preferred: string): string {
    let name = preferred;
    for (let round = 2; this.#documentKeys.has(name) || this.#reserved.has(name); round++) {
      name = `${preferred.slice(0, 60)}_${round}`;
    }
    this.#reserved.add(name);
    return name;
  }

  /** A genuine key met after an alias of the same spelling was given out: make the keys anew, knowing `genuine`. */
  get hasConflicts(): boolean {
    return [...this.#reserved].some((alias) => this.#documentKeys.has(alias));
  }

  get documentKeys(): ReadonlySet<string> {
    return this.#documentKeys;
  }

  /** Alias → document key. */
  get originalKeys(): Record<string, string> {
    return Object.fromEntries([...this.#aliases].map(([key, alias]) => [alias, key]));
  }
}

/** What `build` makes with keys in which no alias stands for two. */
export function buildWithKeys<T>(build: (keys: PropertyKeys) => T): T {
  let keys = new PropertyKeys();
  let result = build(keys);
  for (let round = 0; keys.hasConflicts && round < 3; round++) {
    keys = new PropertyKeys(keys.documentKeys);
    result = build(keys);
  }
  return result;
}

/** `value` with the keys of its objects, at every depth, replaced; the same value when nothing is to be replaced. */
export function renameKeys(value: unknown, rename: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renameKeys(item, rename));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [rename(key), renameKeys(inner, rename)]),
  );
}

/** `filter[name]` → `filter_name`, `$top` → `top`. */
function toReadableKey(key: string): string {
  const legal = key
    .replace(/[^a-zA-Z0-9_.-]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 60);
  return legal === "" ? "field" : legal;
}
