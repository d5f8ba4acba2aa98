import type { JsonSchema } from "../../chat/types.ts";
import { OperationProblem } from "../document/operation-problem.ts";
import { type Component, measured } from "./components.ts";
import { type Measure, measure } from "./measure.ts";
import type { Schemas } from "./schema.ts";

/** Schemas that stand in an operation itself; far beyond what any model reads. */
const MAX_SIZE = 300_000;
/** Schemas that an operation leads to: no model is shown more, and some documents lead from anywhere to everywhere. */
const MAX_REACH = 12_000;
/** Such a definition is told whole although it lies beyond that. */
const SMALL = 40;

/** Which components each operation's schemas need. */
export class Definitions {
  readonly #schemas: Schemas;
  readonly #ending = new Set<Component>();
  /** Operations share what they lead to: by the names they begin with. */
  readonly #known = new Map<string, Readonly<Record<string, JsonSchema>>>();
  /** Operations share the schemas of shared parameters. */
  readonly #measures = new WeakMap<JsonSchema, Measure>();

  constructor(schemas: Schemas) {
    this.#schemas = schemas;
  }

  /**
   * Everything the schemas refer to, directly or not, as their `$defs`; what is nearest first where all is too much, and
   * of what is further away only its type.
   * @throws OperationProblem when a reference leads nowhere, a schema contains itself without end, or is too large.
   */
  of(roots: readonly JsonSchema[]): Readonly<Record<string, JsonSchema>> {
    let size = 0;
    const needed = new Set<string>();
    for (const root of roots) {
      const { references, size: own } = this.#measured(root);
      size += own;
      for (const name of references) needed.add(name);
    }
    if (size > MAX_SIZE) throw new OperationProblem("its schemas are too large to be told to a model");
    if (needed.size === 0) return NO_DEFINITIONS;
    const key = [...needed].sort().join(" ");
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = this.#reached(needed);
    this.#known.set(key, found);
    return found;
  }

  #reached(needed: ReadonlySet<string>): Readonly<Record<string, JsonSchema>> {
    const found = new Map<string, JsonSchema>();
    const pending = new Set(needed);
    let size = 0;
    // A set is walked in the order of insertion, and what is added meanwhile comes last: breadth first.
    for (const name of pending) {
      const component = this.#component(name);
      const schema = this.#schemas.define(component);
      this.#checkEnds(component);
      const { size: own, references } = measured(component);
      if (size + own > MAX_REACH && (own > SMALL || references.size > 0)) {
        found.set(name, outline(schema));
        continue;
      }
      found.set(name, schema);
      size += own;
      for (const reference of references) pending.add(reference);
    }
    return Object.fromEntries([...found].sort(([left], [right]) => (left < right ? -1 : 1)));
  }

  #measured(root: JsonSchema): Measure {
    const known = this.#measures.get(root);
    if (known !== undefined) return known;
    const found = measure(root);
    this.#measures.set(root, found);
    return found;
  }

  /** A schema that is itself, or one of several of which one is itself, judges without ever looking at the value. */
  #checkEnds(start: Component): void {
    const path: { component: Component; left: string[] }[] = [];
    const open = new Set<Component>();
    const enter = (component: Component) => {
      this.#schemas.define(component);
      open.add(component);
      path.push({ component, left: [...measured(component).inPlace] });
    };
    if (!this.#ending.has(start)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const name = top.left.pop();
      if (name === undefined) {
        this.#ending.add(top.component);
        open.delete(top.component);
        path.pop();
        continue;
      }
      const next = this.#component(name);
      if (open.has(next)) throw new OperationProblem(`schema ${next.name} contains itself without end`);
      if (!this.#ending.has(next)) enter(next);
    }
  }

  #component(name: string): Component {
    const component = this.#schemas.components.named(name);
    if (component === undefined) throw new Error(`no component stands behind the definition ${name}`);
    return component;
  }
}

/** The type and description of a schema that is not told whole. */
function outline({ type, description }: JsonSchema): JsonSchema {
  return { ...(type !== undefined && { type }), ...(description !== undefined && { description }) };
}

const NO_DEFINITIONS: Readonly<Record<string, JsonSchema>> = Object.freeze({});
