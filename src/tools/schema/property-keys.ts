/** What Claude accepts as a property key, at any depth. */
const LEGAL = /^[a-zA-Z0-9_.-]{1,64}$/;

/**
 * Legal keys for a tool's properties and definitions. One alias stands for one document key throughout a tool and is no
 * key of its own anywhere in it, so the way back needs no knowledge of where a key stands.
 */
export class PropertyKeys {
  readonly #genuine: Set<string>;
  readonly #aliases = new Map<string, string>();
  readonly #taken = new Set<string>();

  /** `genuine`: keys that no alias may equal, whether or not they have been met yet. */
  constructor(genuine: Iterable<string> = []) {
    this.#genuine = new Set(genuine);
  }

  /** The key itself when it is legal, else its alias. */
  legal(key: string): string {
    if (LEGAL.test(key)) {
      this.#genuine.add(key);
      return key;
    }
    const known = this.#aliases.get(key);
    if (known !== undefined) return known;
    const alias = this.unused(readable(key));
    this.#aliases.set(key, alias);
    return alias;
  }

  /** `wish`, numbered when it is taken; afterwards it is. */
  unused(wish: string): string {
    let name = wish;
    for (let round = 2; this.#genuine.has(name) || this.#taken.has(name); round++) {
      name = `${wish.slice(0, 60)}_${round}`;
    }
    this.#taken.add(name);
    return name;
  }

  /** A genuine key met after an alias of the same spelling was given out: make the keys anew, knowing `genuine`. */
  get clashes(): boolean {
    return [...this.#taken].some((alias) => this.#genuine.has(alias));
  }

  get genuine(): ReadonlySet<string> {
    return this.#genuine;
  }

  /** Alias → document key. */
  get renames(): Record<string, string> {
    return Object.fromEntries([...this.#aliases].map(([key, alias]) => [alias, key]));
  }
}

/** What `build` makes with keys in which no alias stands for two. */
export function withKeys<T>(build: (keys: PropertyKeys) => T): T {
  let keys = new PropertyKeys();
  let built = build(keys);
  for (let round = 0; keys.clashes && round < 3; round++) {
    keys = new PropertyKeys(keys.genuine);
    built = build(keys);
  }
  return built;
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
function readable(key: string): string {
  const legal = key
    .replace(/[^a-zA-Z0-9_.-]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 60);
  return legal === "" ? "field" : legal;
}
