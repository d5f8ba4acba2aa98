/** A document that is being changed. What it was made from stays as it is, and only what changes is copied. */

import { isObject } from "../document/value.ts";
import type { Location } from "./target.ts";

type Container = unknown[] | Record<string, unknown>;

/** A change that the values at its place do not allow. `message` says why. */
export class DraftError extends Error {
  override readonly name = "DraftError";
}

/** Values that all actions together may bring: a copy of the whole document in itself doubles it each time. */
const MAX_BROUGHT = 5_000_000;

export class Draft {
  #root: unknown;
  #brought = 0;
  /**
   * The containers made here. The document's own are copied when they are first changed: YAML shares what an alias
   * names, and a change at one place must not show at the other.
   */
  readonly #own = new WeakMap<object, Container>();

  constructor(root: unknown) {
    this.#root = root;
  }

  get root(): unknown {
    return this.#root;
  }

  #valueAt(location: Location): unknown {
    return location.reduce((value, key) => childOf(value, key), this.#root);
  }

  /**
   * A copy that no later change touches.
   * @throws DraftError
   */
  copyOf(location: Location): unknown {
    return this.#copied(this.#valueAt(location));
  }

  /**
   * Objects are merged recursively, what is given for a list is appended to it, anything else is replaced.
   * @throws DraftError
   */
  update(location: Location, value: unknown): void {
    const target = this.#valueAt(location);
    const entries = Array.isArray(target) && !Array.isArray(value) ? [value] : value;
    this.#put(location, this.#merged(target, entries, location));
  }

  /**
   * Takes away the values at all these places.
   * @throws DraftError
   */
  remove(locations: readonly Location[]): void {
    // What lies deeper, and of a list what stands later, goes first: so no place moves before its turn.
    const ordered = locations.toSorted(
      (a, b) => b.length - a.length || Number(b.at(-1)) - Number(a.at(-1)) || 0,
    );
    for (const location of ordered) {
      const key = location.at(-1);
      if (key === undefined) throw new DraftError("the whole document cannot be removed");
      const parent = this.#reach(location.slice(0, -1));
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
    }
  }

  #put(location: Location, value: unknown): void {
    const key = location.at(-1);
    if (key === undefined) this.#root = value;
    else setChild(this.#reach(location.slice(0, -1)), key, value);
  }

  /** The container at a location, ours with everything above it. */
  #reach(location: Location): Container {
    let here = this.#mine(this.#root);
    this.#root = here;
    for (const key of location) {
      const child = this.#mine(childOf(here, key));
      setChild(here, key, child);
      here = child;
    }
    return here;
  }

  #mine(value: unknown): Container {
    if (typeof value !== "object" || value === null) throw new DraftError("there is nothing to change");
    const known = this.#own.get(value);
    if (known !== undefined) return known;
    const copy: Container = Array.isArray(value) ? [...value] : { ...value };
    this.#own.set(copy, copy);
    return copy;
  }

  #merged(target: unknown, update: unknown, at: Location): unknown {
    if (isObject(target) && isObject(update)) {
      const result = this.#mine(target);
      for (const [key, value] of Object.entries(update)) {
        const isNew = !Object.hasOwn(result, key);
        setChild(
          result,
          key,
          isNew ? this.#copied(value) : this.#merged(childOf(result, key), value, [...at, key]),
        );
      }
      return result;
    }
    if (Array.isArray(target) && Array.isArray(update)) return this.#extended(target, update);
    if (typeof target !== "object" || target === null) return this.#copied(update);
    // A field left empty in YAML, as the specification's own example has it.
    if (update === null) return target;
    throw new DraftError(
      `${kindOf(update)} cannot be merged into ${kindOf(target)} at ${pathOf(at)}; remove that first`,
    );
  }

  #copied(value: unknown): unknown {
    this.#brought += 1;
    if (this.#brought > MAX_BROUGHT)
      throw new DraftError(`it brings more than ${MAX_BROUGHT.toLocaleString("en-US")} values`);
    if (Array.isArray(value)) return value.map((entry) => this.#copied(entry));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, this.#copied(entry)]));
  }

  #extended(target: readonly unknown[], update: readonly unknown[]): Container {
    const result = this.#mine(target);
    if (Array.isArray(result)) for (const entry of update) result.push(this.#copied(entry));
    return result;
  }
}

function childOf(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return value[Number(key)];
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function setChild(container: Container, key: string | number, value: unknown): void {
  if (Array.isArray(container)) container[Number(key)] = value;
  // `__proto__` is a key like any other.
  else Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true });
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (value === null) return "nothing";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function pathOf(location: Location): string {
  return `$${location.map((key) => `[${typeof key === "number" ? key : `'${key}'`}]`).join("")}`;
}
