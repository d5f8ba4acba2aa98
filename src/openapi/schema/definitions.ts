import type { JsonSchema } from "../../chat/types.ts";
import { OperationError } from "../document/operation-error.ts";
import { type Component, measureComponent } from "./components.ts";
import { measureSchema, type SchemaStats } from "./measure.ts";
import type { SchemaReader } from "./schema.ts";

/** Schemas that stand in an operation itself; far beyond what any model reads. */
const MAX_SIZE = 300_000;
/** Schemas that an operation leads to: no model is shown more, and some documents lead from anywhere to everywhere. */
const MAX_REACHABLE_SIZE = 12_000;
/** Such a definition is told whole although it lies beyond that. */
const SMALL_DEFINITION = 40;

/** Which components each operation's schemas need. */
export class Definitions {
  readonly #schemas: SchemaReader;
  readonly #terminating = new Set<Component>();
  /** Operations share what they lead to: by the names they begin with. */
  readonly #cache = new Map<string, Readonly<Record<string, JsonSchema>>>();
  /** Operations share the schemas of shared parameters. */
  readonly #statsByRoot = new WeakMap<JsonSchema, SchemaStats>();

  constructor(schemas: SchemaReader) {
    this.#schemas = schemas;
  }

  /**
   * Everything the schemas refer to, directly or not, as their `$defs`; what is nearest first where all is too much, and
   * of what is further away only its type.
   * @throws OperationError when a reference leads nowhere, a schema contains itself without end, or is too large.
   */
  collect(roots: readonly JsonSchema[]): Readonly<Record<string, JsonSchema>> {
    let size = 0;
    const names = new Set<string>();
    for (const root of roots) {
      const { references, size: rootSize } = this.#measureRoot(root);
      size += rootSize;
      for (const name of references) names.add(name);
    }
    if (size > MAX_SIZE) throw new OperationError("its schemas are too large to be told to a model");
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
    // A set is walked in the order of insertion, and what is added meanwhile comes last: breadth first.
    for (const name of pending) {
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

  /** A schema that is itself, or one of several of which one is itself, judges without ever looking at the value. */
  #assertTerminates(start: Component): void {
    const path: { component: Component; left: string[] }[] = [];
    const ancestors = new Set<Component>();
    const enter = (component: Component) => {
      this.#schemas.define(component);
      ancestors.add(component);
      path.push({ component, left: [...measureComponent(component).inPlace] });
    };
    if (!this.#terminating.has(start)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const name = top.left.pop();
      if (name === undefined) {
        this.#terminating.add(top.component);
        ancestors.delete(top.component);
        path.pop();
        continue;
      }
      const next = this.#requireComponent(name);
      if (ancestors.has(next)) throw new OperationError(`schema ${next.name} contains itself without end`);
      if (!this.#terminating.has(next)) enter(next);
    }
  }

  #requireComponent(name: string): Component {
    const component = this.#schemas.components.find(name);
    if (component === undefined) throw new Error(`no component stands behind the definition ${name}`);
    return component;
  }
}

/** The type and description of a schema that is not told whole. */
function outlineSchema({ type, description }: JsonSchema): JsonSchema {
  return { ...(type !== undefined && { type }), ...(description !== undefined && { description }) };
}

const NO_DEFINITIONS: Readonly<Record<string, JsonSchema>> = Object.freeze({});
