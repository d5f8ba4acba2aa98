/** Finds the operations that a change to a document affects. */
import { getOwn, isObject, objectOf } from "../document/value.ts";
import type { Location } from "./target.ts";

const METHODS = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"]);

/**
 * Returns the affected operations, such as `get /users`. `value` is merged at `location`; without it, the whole value
 * at `location` is affected. A change outside `paths` affects no operation here, even when operations refer to it.
 */
export function findAffectedOperations(
  root: unknown,
  location: Location,
  value?: unknown,
): readonly string[] {
  const [first, path, key, name] = location;
  if (first === undefined)
    return value === undefined
      ? findAffectedOperations(root, ["paths"])
      : findAffectedInEach(root, [], value, ["paths"]);
  if (first !== "paths") return [];
  const paths = objectOf(objectOf(root).paths);
  if (path === undefined) return findAffectedInEach(root, location, value ?? paths, Object.keys(paths));
  const item = objectOf(getOwn(paths, String(path)));
  if (key === undefined) return findAffectedInEach(root, location, value ?? item, Object.keys(item));
  if (METHODS.has(String(key))) return [`${key} ${path}`];
  if (key === "additionalOperations") {
    const names = name === undefined ? Object.keys(objectOf(value ?? item.additionalOperations)) : [name];
    return names.map((method) => `${method} ${path}`);
  }
  // Parameters, servers or a summary: shared by all operations of the path.
  const additional = Object.keys(objectOf(item.additionalOperations));
  const all = [...Object.keys(item).filter((method) => METHODS.has(method)), ...additional];
  return all.map((method) => `${method} ${path}`);
}

function findAffectedInEach(
  root: unknown,
  location: Location,
  value: unknown,
  knownKeys: readonly string[],
): readonly string[] {
  if (!isObject(value)) return [];
  const keys = location.length === 0 ? knownKeys.filter((key) => key in value) : Object.keys(value);
  return keys.flatMap((key) => findAffectedOperations(root, [...location, key], value[key]));
}
