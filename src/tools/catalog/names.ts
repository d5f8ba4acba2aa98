import type { Operation } from "../../openapi/types.ts";

/** Bedrock's limit on a tool's name. */
export const MAX_NAME_LENGTH = 64;

/**
 * One legal, unique name for each operation, in the same order: its operationId made legal, else method and path.
 * Where names collide (case apart) the one that stood so in the document keeps it, the others get a hash of method and
 * path, so a name does not depend on unrelated operations.
 */
export function assignNames(operations: readonly Operation[]): string[] {
  const preferredNames = operations.map(derivePreferredName);
  const owners = new Map<string, number>();
  const matchesDocument = (index: number) => operations[index]?.operationId === preferredNames[index];
  preferredNames.forEach((preferred, index) => {
    const key = preferred.toLowerCase();
    const owner = owners.get(key);
    if (owner === undefined || (matchesDocument(index) && !matchesDocument(owner))) owners.set(key, index);
  });
  const usedNames = new Set(owners.keys());
  return operations.map((operation, index) => {
    const wish = preferredNames[index] ?? "operation";
    if (owners.get(wish.toLowerCase()) === index) return wish;
    let name = appendHash(wish, `${operation.method} ${operation.path}`);
    for (let round = 2; usedNames.has(name.toLowerCase()); round++) {
      name = appendHash(wish, `${operation.method} ${operation.path} ${round}`);
    }
    usedNames.add(name.toLowerCase());
    return name;
  });
}

/** Any text as 1 to 64 characters of `[a-zA-Z0-9_-]`; what does not fit is told apart by a hash. */
export function toLegalName(text: string): string {
  const legal = text.replace(/[^a-zA-Z0-9_-]+/g, "_").replace(/^_+|_+$/g, "");
  if (legal === "") return `operation_${shortHash(text)}`;
  return legal.length <= MAX_NAME_LENGTH ? legal : appendHash(legal, text);
}

function derivePreferredName(operation: Operation): string {
  const { operationId, method, path } = operation;
  return toLegalName(operationId?.trim() || `${method.toLowerCase()}${path === "/" ? "_root" : path}`);
}

function appendHash(name: string, identity: string): string {
  const hash = shortHash(identity);
  return `${name.slice(0, MAX_NAME_LENGTH - hash.length - 1)}_${hash}`;
}

function shortHash(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex").slice(0, 8);
}
