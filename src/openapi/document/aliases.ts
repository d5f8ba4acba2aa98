import { DocumentError } from "../../errors.ts";

const MAX_VALUES = 5_000_000;
const MAX_DEPTH = 1000;

/**
 * Rejects YAML whose aliases expand to too many values ("billion laughs") or contain themselves. The parser shares
 * aliased values, so they are small in memory; code that walks them would not finish.
 * @throws DocumentError
 */
export function checkAliases(root: unknown, source: string): void {
  const sizes = new Map<object, number>();
  const ancestors = new Set<object>();

  function countValues(value: unknown, depth: number): number {
    if (typeof value !== "object" || value === null) return 1;
    const cached = sizes.get(value);
    if (cached !== undefined) return cached;
    if (ancestors.has(value)) throw new DocumentError(source, "has a YAML anchor that contains itself");
    if (depth > MAX_DEPTH) throw new DocumentError(source, `is nested deeper than ${MAX_DEPTH} levels`);
    ancestors.add(value);
    let total = 1;
    for (const entry of Object.values(value)) total += countValues(entry, depth + 1);
    ancestors.delete(value);
    sizes.set(value, total);
    return total;
  }

  if (countValues(root, 0) > MAX_VALUES) throw tooManyAliasesError(source);
}

export function tooManyAliasesError(source: string): DocumentError {
  return new DocumentError(source, `has YAML aliases that expand to more than ${MAX_VALUES} values`);
}
