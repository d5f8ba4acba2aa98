import { distance } from "fastest-levenshtein";

/**
 * A lookup by the model's spelling: exact, then any other case and separators, then without a prefix or suffix that
 * models are known to invent. Each step counts only when it leads to one tool. A suffix that is a word of its own
 * ("delete_user_sessions") names another operation and finds nothing.
 */
export function createFinder<T extends { readonly name: string }>(
  tools: readonly T[],
): (name: string) => T | undefined {
  const exact = new Map(tools.map((tool) => [tool.name, tool]));
  const forgiving = new Map<string, T | undefined>();
  for (const tool of tools) {
    const key = folded(tool.name);
    forgiving.set(key, forgiving.has(key) ? undefined : tool);
  }
  return (name) => {
    const spelled = exact.get(name) ?? forgiving.get(folded(name));
    if (spelled) return spelled;
    const found = new Set(
      variants(name)
        .map((variant) => exact.get(variant) ?? forgiving.get(folded(variant)))
        .filter((tool) => tool !== undefined),
    );
    return found.size === 1 ? [...found][0] : undefined;
  };
}

/** The names most like one that does not exist, nearest first. */
export function nearestNames(name: string, names: readonly string[], count = 3): string[] {
  // No name is that long; a longer one would only cost time.
  const wanted = name.slice(0, 128).toLowerCase();
  return names
    .map((candidate) => ({ candidate, far: distance(wanted, candidate.toLowerCase()) }))
    .filter(({ candidate, far }) => far <= Math.max(wanted.length, candidate.length) * 0.6)
    .sort((a, b) => a.far - b.far || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, count)
    .map(({ candidate }) => candidate);
}

const INVENTED_PREFIX = /^(?:mcp__.*?__|(?:(?:default_api|functions?|tools?|api|mcp)[._:/-]+)+)/i;
const INVENTED_SUFFIX =
  /[._:-]+(?:tool|function|call|operation|endpoint|api|v?\d{1,3}|(?=[a-f]*\d)[0-9a-f]{4,})$/i;

function variants(name: string): string[] {
  const bare = name.replace(INVENTED_PREFIX, "");
  return [bare, name.replace(INVENTED_SUFFIX, ""), bare.replace(INVENTED_SUFFIX, "")].filter(
    (variant) => variant !== "" && variant !== name,
  );
}

/** Case and separators do not count: models vary them. */
export function folded(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}
