/** Hashes that tell whether a tool or a call is still the same. */
import { stringifyJson } from "../../json.ts";
import { isRecord } from "../schema/schema.ts";

/** Returns the SHA-256 of the parts. ["a", "bc"] and ["ab", "c"] differ. */
export function fingerprintOf(parts: readonly (string | Uint8Array)[]): string {
  const hasher = new Bun.CryptoHasher("sha256");
  for (const part of parts) {
    // The length keeps neighbours apart.
    hasher.update(`${part.length}:`);
    hasher.update(part);
  }
  return hasher.digest("hex");
}

/** Hashes a definition. The order of its fields does not matter. */
export function fingerprintDefinition(definition: unknown): string {
  return fingerprintOf([stringifyJson(sortFields(definition))]);
}

function sortFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortFields);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sortFields(inner)]));
}
