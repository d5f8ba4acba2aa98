/** Finds tools by the names that models write. */
import { distance } from "fastest-levenshtein";

/**
 * Creates a lookup by the model's spelling: first exact, then with other case and separators, then without a prefix or
 * suffix that models are known to invent. An ambiguous step finds nothing. A suffix that is an ordinary word
 * ("delete_user_sessions") names a different operation and is not removed.
 */
export function createToolFinder<T extends { readonly name: string }>(
  tools: readonly T[],
): (name: string) => T | undefined {
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  // Most names are exact, so the others are looked up in a map that the first of them creates.
  let byNormalizedName: ReadonlyMap<string, T | undefined> | undefined;
  const findSimilar = (name: string) => {
    byNormalizedName ??= mapNormalizedNames(tools);
    return byNormalizedName.get(normalizeName(name));
  };
  return (name) => {
    const match = byName.get(name) ?? findSimilar(name);
    if (match) return match;
    const matches = new Set(
      listVariants(name)
        .map((variant) => byName.get(variant) ?? findSimilar(variant))
        .filter((tool) => tool !== undefined),
    );
    return matches.size === 1 ? [...matches][0] : undefined;
  };
}

/** Returns normalized name → tool, undefined for a name that several tools have. */
function mapNormalizedNames<T extends { readonly name: string }>(
  tools: readonly T[],
): ReadonlyMap<string, T | undefined> {
  const map = new Map<string, T | undefined>();
  for (const tool of tools) {
    const key = normalizeName(tool.name);
    map.set(key, map.has(key) ? undefined : tool);
  }
  return map;
}

/** Returns the existing names that are most similar to `name`, nearest first. */
export function findNearestNames(name: string, names: readonly string[], count = 3): string[] {
  // Names have at most 64 characters. A longer query would only cost time.
  const query = name.slice(0, 128).toLowerCase();
  return names
    .map((candidate) => ({ candidate, editDistance: distance(query, candidate.toLowerCase()) }))
    .filter(({ candidate, editDistance }) => editDistance <= Math.max(query.length, candidate.length) * 0.6)
    .sort((a, b) => a.editDistance - b.editDistance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, count)
    .map(({ candidate }) => candidate);
}

/** Returns whether two names differ only in case, separators, the order of letters or a few of them. */
export function isSimilarName(name: string, other: string): boolean {
  const [left, right] = [normalizeName(name.slice(0, 128)), normalizeName(other)];
  const sort = (text: string) => [...text].sort().join("");
  return (
    sort(left) === sort(right) || distance(left, right) <= Math.floor(Math.max(left.length, right.length) / 3)
  );
}

const INVENTED_PREFIX = /^(?:mcp__.*?__|(?:(?:default_api|functions?|tools?|api|mcp)[._:/-]+)+)/i;
const INVENTED_SUFFIX =
  /[._:-]+(?:tool|function|call|operation|endpoint|api|v?\d{1,3}|(?=[a-f]*\d)[0-9a-f]{4,})$/i;

function listVariants(name: string): string[] {
  const bare = name.replace(INVENTED_PREFIX, "");
  return [bare, name.replace(INVENTED_SUFFIX, ""), bare.replace(INVENTED_SUFFIX, "")].filter(
    (variant) => variant !== "" && variant !== name,
  );
}

/** Removes differences in case and separators, which models vary. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}
