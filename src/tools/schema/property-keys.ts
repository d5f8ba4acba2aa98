/** Maps a document's property keys to keys that models accept. */

import { transliterate } from "./transliterate.ts";

/** The property keys that Claude accepts, at any depth. */
const LEGAL_KEY = /^[a-zA-Z0-9_.-]{1,64}$/;

/**
 * The legal keys of one tool's properties. An alias stands for the same document key everywhere in the tool and never
 * equals another key of it. Aliases can therefore be resolved without knowing their position.
 */
export class PropertyKeys {
  readonly #documentKeys: Set<string>;
  readonly #aliases = new Map<string, string>();
  readonly #reserved = new Set<string>();

  /** @param documentKeys Keys that no alias may equal, before they are seen. */
  constructor(documentKeys: Iterable<string> = []) {
    this.#documentKeys = new Set(documentKeys);
  }

  /** Returns the key when it is legal, otherwise its alias. */
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

  /** Reserves and returns the preferred key, numbered when it is taken. */
  reserve(preferred: string): string {
    let name = preferred;
    for (let suffix = 2; this.#documentKeys.has(name) || this.#reserved.has(name); suffix++) {
      name = `${preferred.slice(0, 60)}_${suffix}`;
    }
    this.#reserved.add(name);
    return name;
  }

  /** True when a document key equals an alias that was assigned before. The keys must then be built again. */
  get hasConflicts(): boolean {
    return [...this.#reserved].some((alias) => this.#documentKeys.has(alias));
  }

  get documentKeys(): ReadonlySet<string> {
    return this.#documentKeys;
  }

  /** Returns alias → document key. */
  get originalKeys(): Record<string, string> {
    return Object.fromEntries([...this.#aliases].map(([key, alias]) => [alias, key]));
  }
}

/** Calls `build` with new property keys, and again while they conflict. */
export function buildWithKeys<T>(build: (keys: PropertyKeys) => T): T {
  let keys = new PropertyKeys();
  let result = build(keys);
  for (let attempt = 0; keys.hasConflicts && attempt < 3; attempt++) {
    keys = new PropertyKeys(keys.documentKeys);
    result = build(keys);
  }
  return result;
}

/** Returns a copy of the value with the keys of its objects renamed at every depth. */
export function renameKeys(value: unknown, rename: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renameKeys(item, rename));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [rename(key), renameKeys(inner, rename)]),
  );
}

/** Spells the operators that some APIs append to a name: `born<=` → `born_lte`. */
function spellOperators(key: string): string {
  return key.replace(/[<>!]=|[<>]/g, (operator) => `_${OPERATORS[operator]}_`);
}

const OPERATORS: Readonly<Record<string, string>> = {
  "<": "lt",
  ">": "gt",
  "<=": "lte",
  ">=": "gte",
  "!=": "ne",
};

/** Derives a legal key: `filter[name]` → `filter_name`, `$top` → `top`. */
function toReadableKey(key: string): string {
  const legal = transliterate(spellOperators(key))
    .replace(/[^a-zA-Z0-9_.-]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 60);
  return legal === "" ? "field" : legal;
}
