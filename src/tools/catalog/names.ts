/** Assigns tool names to operations. */
import type { Operation } from "../../openapi/types.ts";
import { transliterate } from "../schema/transliterate.ts";

/** Bedrock's limit on the length of a tool's name. */
export const MAX_NAME_LENGTH = 64;

/**
 * Returns one legal, unique name for each operation, in the same order. A name is the operationId made legal, or else
 * the method and path. Names that differ only in case collide: the operation whose operationId is that exact name keeps
 * it, the others get a hash of method and path. A name therefore does not depend on unrelated operations.
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
    const preferred = preferredNames[index] ?? "operation";
    if (owners.get(preferred.toLowerCase()) === index) return preferred;
    let name = appendHash(preferred, `${operation.method} ${operation.path}`);
    for (let attempt = 2; usedNames.has(name.toLowerCase()); attempt++) {
      name = appendHash(preferred, `${operation.method} ${operation.path} ${attempt}`);
    }
    usedNames.add(name.toLowerCase());
    return name;
  });
}

/** Converts a text to 1 to 64 characters of `[a-zA-Z0-9_-]`. A text that is too long is cut and gets a hash. */
export function toLegalName(text: string): string {
  const legal = transliterate(text)
    .replace(/[^a-zA-Z0-9_-]+/g, "_")
    .replace(/^_+|_+$/g, "");
  if (legal === "") return `operation_${computeShortHash(text)}`;
  return legal.length <= MAX_NAME_LENGTH ? legal : appendHash(legal, text);
}

function derivePreferredName(operation: Operation): string {
  const { operationId, method, path } = operation;
  const name = operationId?.trim() ?? "";
  const isKept = isReadable(name) && (isLatin(name) || !LATIN.test(path.replace(/\{[^{}]*\}/g, "")));
  return toLegalName(isKept ? name : `${method.toLowerCase()}${path === "/" ? "_root" : path}`);
}

/** Returns whether a text has Latin letters, or no letters. The path says more than a name in another alphabet. */
function isLatin(text: string): boolean {
  return LATIN.test(text) || !/\p{L}/u.test(text);
}

const LATIN = /\p{Script=Latin}/u;

/** Returns whether most letters of a name remain when it becomes legal. */
function isReadable(name: string): boolean {
  if (/^[\w./-]*$/.test(name)) return /[a-z0-9]/i.test(name);
  const letters = transliterate(name).match(/[\p{L}\p{N}]/gu) ?? [];
  const remaining = letters.filter((letter) => /[a-zA-Z0-9]/.test(letter)).length;
  return remaining > 0 && remaining * 2 >= letters.length;
}

function appendHash(name: string, identity: string): string {
  const hash = computeShortHash(identity);
  return `${name.slice(0, MAX_NAME_LENGTH - hash.length - 1)}_${hash}`;
}

function computeShortHash(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex").slice(0, 8);
}
