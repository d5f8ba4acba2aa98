import type { JsonSchema } from "../chat/types.ts";
import { type Component, measured } from "./components.ts";
import { OperationProblem } from "./document-error.ts";
import { type Measure, measure } from "./measure.ts";
import type { Schemas } from "./schema.ts";

/** Schemas of one operation; far beyond what any model reads. */
const MAX_SIZE = 300_000;

/** Which components each operation's schemas need. */
export class Definitions {
  readonly #schemas: Schemas;
  readonly #ending = new Set<Component>();
  /** Operations share the schemas of shared parameters. */
  readonly #measures = new WeakMap<JsonSchema, Measure>();

  constructor(schemas: Schemas) {
    this.#schemas = schemas;
  }

  /**
   * Everything the schemas refer to, directly or not, as their `$defs`.
   * @throws OperationProblem when a reference leads nowhere, a schema contains itself without end, or all is too large.
   */
  of(roots: readonly JsonSchema[]): Readonly<Record<string, JsonSchema>> {
    const found = new Map<string, JsonSchema>();
    let size = 0;
    const pending: string[] = [];
    for (const root of roots) {
      const { references, size: own } = this.#measured(root);
      size += own;
      pending.push(...references);
    }
    checkSize(size);
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (found.has(name)) continue;
      const component = this.#component(name);
      found.set(name, this.#schemas.define(component));
      this.#checkEnds(component);
      size += measured(component).size;
      checkSize(size);
      pending.push(...measured(component).references);
    }
    if (found.size === 0) return NO_DEFINITIONS;
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

function checkSize(size: number): void {
  if (size > MAX_SIZE) throw new OperationProblem("its schemas are too large to be told to a model");
}

const NO_DEFINITIONS: Readonly<Record<string, JsonSchema>> = Object.freeze({});
