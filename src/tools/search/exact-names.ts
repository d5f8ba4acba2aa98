/** Finds the tools that a query names: by tool name, operationId, path, or method and path. */
import type { AnyTool } from "../types.ts";

export class ExactNames {
  readonly #positions = new Map<string, number[]>();

  constructor(tools: readonly AnyTool[]) {
    tools.forEach((tool, position) => {
      const keys = new Set([toNameKey(tool.name)]);
      if ("operation" in tool) {
        const { operationId, method, path } = tool.operation;
        const pathKey = toPathKey(path);
        if (operationId !== undefined) keys.add(toNameKey(operationId));
        keys.add(pathKey).add(`${method.toUpperCase()} ${pathKey}`);
      }
      for (const key of keys) {
        const known = this.#positions.get(key);
        if (known) known.push(position);
        else this.#positions.set(key, [position]);
      }
    });
  }

  /** Returns the positions of the named tools, in the order of the query. */
  find(query: string): number[] {
    const tokens = query.split(/[\s,;]+/).filter((token) => token !== "");
    const found = new Set<number>();
    tokens.forEach((token, index) => {
      // A plain word such as "search" names a tool only when it is the entire query.
      if (tokens.length > 1 && !/[_/.-]|\p{Ll}\p{Lu}/u.test(token)) return;
      const positions =
        (!token.startsWith("/") && this.#positions.get(toNameKey(token))) ||
        (token.includes("/") && this.#findPath(token, tokens[index - 1]));
      for (const position of positions || []) found.add(position);
    });
    return [...found];
  }

  #findPath(token: string, method: string | undefined): readonly number[] | undefined {
    const key = toPathKey(token.startsWith("/") ? token : `/${token}`);
    return this.#positions.get(`${method?.toUpperCase()} ${key}`) ?? this.#positions.get(key);
  }
}

/** Removes case and separators. */
function toNameKey(name: string): string {
  return `name ${name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "")}`;
}

/** Removes the names of placeholders, trailing slashes and the query. A map of the API writes `*` for a placeholder. */
function toPathKey(path: string): string {
  return path
    .replace(/\?.*$/, "")
    .replace(/(?<=.)\/+$/, "")
    .replace(/\{[^}]*\}|(?<=\/):[^/]+|\*/g, "{}");
}
