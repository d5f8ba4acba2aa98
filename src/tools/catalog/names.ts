import type { Operation } from "../../openapi/types.ts";

/** Bedrock's limit on a tool's name. */
export const NAME_LENGTH = 64;

/**
 * One legal, unique name for each operation, in the same order: its operationId made legal, else method and path.
 * Where names collide (case apart) the one that stood so in the document keeps it, the others get a hash of method and
 * path, so a name does not depend on unrelated operations.
 */
export function assignNames(operations: readonly Operation[]): string[] {
  const wishes = operations.map(wishedName);
  const holders = new Map<string, number>();
  const standsSo = (index: number) => operations[index]?.operationId === wishes[index];
  wishes.forEach((wish, index) => {
    const key = wish.toLowerCase();
    const holder = holders.get(key);
    if (holder === undefined || (standsSo(index) && !standsSo(holder))) holders.set(key, index);
  });
  const taken = new Set(holders.keys());
  return operations.map((operation, index) => {
    const wish = wishes[index] ?? "operation";
    if (holders.get(wish.toLowerCase()) === index) return wish;
    let name = hashedName(wish, `${operation.method} ${operation.path}`);
    for (let round = 2; taken.has(name.toLowerCase()); round++) {
      name = hashedName(wish, `${operation.method} ${operation.path} ${round}`);
    }
    taken.add(name.toLowerCase());
    return name;
  });
}

/** Any text as 1 to 64 characters of `[a-zA-Z0-9_-]`; what does not fit is told apart by a hash. */
export function legalName(text: string): string {
  const legal = text.replace(/[^a-zA-Z0-9_-]+/g, "_").replace(/^_+|_+$/g, "");
  if (legal === "") return `operation_${shortHash(text)}`;
  return legal.length <= NAME_LENGTH ? legal : hashedName(legal, text);
}

function wishedName(operation: Operation): string {
  const { operationId, method, path } = operation;
  return legalName(operationId?.trim() || `${method.toLowerCase()}${path === "/" ? "_root" : path}`);
}

function hashedName(name: string, identity: string): string {
  const hash = shortHash(identity);
  return `${name.slice(0, NAME_LENGTH - hash.length - 1)}_${hash}`;
}

function shortHash(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex").slice(0, 8);
}
