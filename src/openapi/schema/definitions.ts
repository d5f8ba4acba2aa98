/** Collects the `$defs` that the schemas of an operation need. */
import type { JsonSchema } from "../../chat/types.ts";
import { OperationError } from "../document/operation-error.ts";
import { type Component, infiniteRecursionError, measureComponent } from "./component.ts";
import { measureSchema, type SchemaStats } from "./measure.ts";
import type { ReadLimits } from "./read-limits.ts";
import type { SchemaReader } from "./schema.ts";

/** Limit for the schemas inside an operation, in the units of `SchemaStats.size`; far more than a model can read. */
const MAX_SIZE = 300_000;
/** Limit for the definitions of an operation together. In some documents every schema reaches every other. */
const MAX_REACHABLE_SIZE = 12_000;
/** Definitions up to this size are complete even beyond that limit. */
const SMALL_DEFINITION = 40;

/** Returns the definitions that each operation needs, and shares them between operations. */
export class Definitions {
  readonly #schemas: SchemaReader;
  readonly #limits: ReadLimits;
  readonly #terminating = new Set<Component>();
  /** Definitions by the names that the operation refers to directly, sorted and joined. */
  readonly #cache = new Map<string, Readonly<Record<string, JsonSchema>>>();
  /** Statistics of root schemas. Operations share the schemas of shared parameters. */
  readonly #statsByRoot = new WeakMap<JsonSchema, SchemaStats>();

  constructor(schemas: SchemaReader, limits: ReadLimits) {
    this.#schemas = schemas;
    this.#limits = limits;
  }

  /**
   * Returns everything that the schemas refer to, directly or not, as their `$defs`. Beyond the size limit, definitions
   * further away keep only their type and description.
   * @throws OperationError when a reference does not resolve, or a schema is infinitely recursive or too large.
   */
  collect(roots: readonly JsonSchema[]): Readonly<Record<string, JsonSchema>> {
    let size = 0;
    const names = new Set<string>();
    for (const root of roots) {
      const { references, size: rootSize } = this.#measureRoot(root);
      size += rootSize;
      for (const name of references) names.add(name);
    }
    if (size > MAX_SIZE) throw new OperationError("its schemas are too large for a model");
    if (names.size === 0) return NO_DEFINITIONS;
    const key = [...names].sort().join(" ");
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached;
    const definitions = this.#collectReachable(names);
    this.#cache.set(key, definitions);
    return definitions;
  }

  #collectReachable(roots: ReadonlySet<string>): Readonly<Record<string, JsonSchema>> {
    const definitions = new Map<string, JsonSchema>();
    const pending = new Set(roots);
    let size = 0;
    // A set is iterated in insertion order, including entries added during the loop: breadth first.
    for (const name of pending) {
      this.#limits.step();
      const component = this.#requireComponent(name);
      const schema = this.#schemas.define(component);
      this.#assertTerminates(component);
      const { size: definitionSize, references } = measureComponent(component);
      if (
        size + definitionSize > MAX_REACHABLE_SIZE &&
        (definitionSize > SMALL_DEFINITION || references.size > 0)
      ) {
        definitions.set(name, outlineSchema(schema));
        continue;
      }
      definitions.set(name, schema);
      size += definitionSize;
      for (const reference of references) pending.add(reference);
    }
    return Object.fromEntries([...definitions].sort(([left], [right]) => (left < right ? -1 : 1)));
  }

  #measureRoot(root: JsonSchema): SchemaStats {
    const cached = this.#statsByRoot.get(root);
    if (cached !== undefined) return cached;
    const stats = measureSchema(root);
    this.#statsByRoot.set(root, stats);
    return stats;
  }

  /**
   * Rejects schemas that apply themselves to the same value, directly or through `allOf`, `oneOf` and the like: a
   * validator would never finish.
   */
  #assertTerminates(start: Component): void {
    const path: { component: Component; pending: string[] }[] = [];
    const ancestors = new Set<Component>();
    const enter = (component: Component) => {
      this.#schemas.define(component);
      ancestors.add(component);
      path.push({ component, pending: [...measureComponent(component).inPlace] });
    };
    if (!this.#terminating.has(start)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const name = top.pending.pop();
      if (name === undefined) {
        this.#terminating.add(top.component);
        ancestors.delete(top.component);
        path.pop();
        continue;
      }
      const next = this.#requireComponent(name);
      if (ancestors.has(next)) throw infiniteRecursionError(next);
      if (!this.#terminating.has(next)) enter(next);
    }
  }

  #requireComponent(name: string): Component {
    const component = this.#schemas.components.find(name);
    if (component === undefined) throw new Error(`definition ${name} has no component`);
    return component;
  }
}

/** Returns only the type and description of a schema. */
function outlineSchema({ type, description }: JsonSchema): JsonSchema {
  return { ...(type !== undefined && { type }), ...(description !== undefined && { description }) };
}

const NO_DEFINITIONS: Readonly<Record<string, JsonSchema>> = Object.freeze({});
