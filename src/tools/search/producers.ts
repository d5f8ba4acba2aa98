/** Finds the operations that return the ids which other operations need. */
import type { AnyTool, Tool } from "../types.ts";
import { splitWords, stem } from "./words.ts";

/** Returns `argument ← operation` for the path parameters of the tools that an operation without them can supply. */
export class IdProducers {
  /** The path up to a placeholder, without names → the operation that lists what it identifies. */
  readonly #collections = new Map<string, Tool>();
  /** The noun of a resource → the list of it that needs the fewest arguments. */
  readonly #lists = new Map<string, Tool>();

  constructor(tools: readonly AnyTool[]) {
    for (const tool of tools) {
      if (!("operation" in tool) || !tool.readOnly || tool.operation.path.endsWith("}")) continue;
      const { path } = tool.operation;
      const key = withoutNames(path);
      if (!this.#collections.has(key)) this.#collections.set(key, tool);
      const noun = stem(splitWords(path.split("/").at(-1) ?? "").at(-1) ?? "");
      const known = this.#lists.get(noun);
      if (noun !== "" && (!known || countPlaceholders(path) < countPlaceholders(known.operation.path)))
        this.#lists.set(noun, tool);
    }
  }

  /** Returns argument name → the operation that returns its values. */
  find(tools: readonly AnyTool[]): ReadonlyMap<string, Tool> {
    const producers = new Map<string, Tool>();
    for (const tool of tools) {
      if (!("operation" in tool)) continue;
      const { path } = tool.operation;
      for (const match of path.matchAll(/\{([^{}]+)\}/g)) {
        const name = match[1] ?? "";
        if (producers.has(name)) continue;
        const producer = this.#findProducer(name, path.slice(0, match.index));
        if (producer && producer !== tool) producers.set(name, producer);
      }
    }
    return producers;
  }

  #findProducer(name: string, prefix: string): Tool | undefined {
    const collection = this.#collections.get(withoutNames(prefix.replace(/\/$/, "")));
    if (collection) return collection;
    const words = splitWords(name).map(stem);
    const noun = words.length > 1 ? words.at(-2) : words[0];
    return noun === undefined ? undefined : this.#lists.get(noun);
  }
}

function withoutNames(path: string): string {
  return path.replace(/\{[^{}]*\}/g, "{}");
}

function countPlaceholders(path: string): number {
  return path.split("{").length - 1;
}
