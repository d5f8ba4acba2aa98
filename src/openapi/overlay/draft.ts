/** Changes a document by copy-on-write: the original stays unmodified, and only changed parts are copied. */
import { isObject } from "../document/value.ts";
import type { Location } from "./target.ts";

type Container = unknown[] | Record<string, unknown>;

/** Reports a change that the existing values do not allow. */
export class DraftError extends Error {
  override readonly name = "DraftError";
}

/** Limit for the values that all actions add. Copying a document into itself doubles it each time. */
const MAX_COPIED_VALUES = 5_000_000;

/** A document that is being changed. */
export class DocumentDraft {
  #root: unknown;
  #copiedValues = 0;
  /**
   * Containers that the draft created. Those of the document are copied at their first change: YAML aliases share
   * values, and a change to one must not affect the others.
   */
  readonly #copies = new WeakMap<object, Container>();

  constructor(root: unknown) {
    this.#root = root;
  }

  get root(): unknown {
    return this.#root;
  }

  #valueAt(location: Location): unknown {
    return location.reduce((value, key) => getChild(value, key), this.#root);
  }

  /**
   * Returns a copy of the value at a location. Later changes do not affect it.
   * @throws DraftError
   */
  copyAt(location: Location): unknown {
    return this.#copyValue(this.#valueAt(location));
  }

  /**
   * Updates the value at a location: merges objects recursively, appends to lists, replaces anything else.
   * @throws DraftError
   */
  update(location: Location, value: unknown): void {
    const target = this.#valueAt(location);
    const entries = Array.isArray(target) && !Array.isArray(value) ? [value] : value;
    this.#replace(location, this.#merge(target, entries, location));
  }

  /**
   * Removes the values at all given locations.
   * @throws DraftError
   */
  remove(locations: readonly Location[]): void {
    // Deeper values and later list entries go first, so that no location changes before it is removed.
    const ordered = locations.toSorted(
      (a, b) => b.length - a.length || Number(b.at(-1)) - Number(a.at(-1)) || 0,
    );
    for (const location of ordered) {
      const key = location.at(-1);
      if (key === undefined) throw new DraftError("the whole document cannot be removed");
      const parent = this.#openContainer(location.slice(0, -1));
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
    }
  }

  #replace(location: Location, value: unknown): void {
    const key = location.at(-1);
    if (key === undefined) this.#root = value;
    else setChild(this.#openContainer(location.slice(0, -1)), key, value);
  }

  /** Returns a writable container at a location, and makes all containers above it writable. */
  #openContainer(location: Location): Container {
    let current = this.#copyOnWrite(this.#root);
    this.#root = current;
    for (const key of location) {
      const child = this.#copyOnWrite(getChild(current, key));
      setChild(current, key, child);
      current = child;
    }
    return current;
  }

  #copyOnWrite(value: unknown): Container {
    if (typeof value !== "object" || value === null) throw new DraftError("there is nothing to change");
    const existing = this.#copies.get(value);
    if (existing !== undefined) return existing;
    const copy: Container = Array.isArray(value) ? [...value] : { ...value };
    this.#copies.set(copy, copy);
    return copy;
  }

  #merge(target: unknown, update: unknown, location: Location): unknown {
    if (isObject(target) && isObject(update)) {
      const result = this.#copyOnWrite(target);
      for (const [key, value] of Object.entries(update)) {
        const isNew = !Object.hasOwn(result, key);
        setChild(
          result,
          key,
          isNew ? this.#copyValue(value) : this.#merge(getChild(result, key), value, [...location, key]),
        );
      }
      return result;
    }
    if (Array.isArray(target) && Array.isArray(update)) return this.#append(target, update);
    if (typeof target !== "object" || target === null) return this.#copyValue(update);
    // An empty field in YAML changes nothing, as in the example of the specification.
    if (update === null) return target;
    throw new DraftError(
      `${describeKind(update)} cannot be merged into ${describeKind(target)} at ${formatPath(location)}; remove the existing value first`,
    );
  }

  #copyValue(value: unknown): unknown {
    this.#copiedValues += 1;
    if (this.#copiedValues > MAX_COPIED_VALUES)
      throw new DraftError(`it adds more than ${MAX_COPIED_VALUES.toLocaleString("en-US")} values`);
    if (Array.isArray(value)) return value.map((entry) => this.#copyValue(entry));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, this.#copyValue(entry)]));
  }

  #append(target: readonly unknown[], update: readonly unknown[]): Container {
    const result = this.#copyOnWrite(target);
    if (Array.isArray(result)) for (const entry of update) result.push(this.#copyValue(entry));
    return result;
  }
}

function getChild(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return value[Number(key)];
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function setChild(container: Container, key: string | number, value: unknown): void {
  if (Array.isArray(container)) container[Number(key)] = value;
  // Defined, not assigned: `__proto__` is a key like any other.
  else Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true });
}

function describeKind(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (value === null) return "nothing";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function formatPath(location: Location): string {
  return `$${location.map((key) => `[${typeof key === "number" ? key : `'${key}'`}]`).join("")}`;
}
