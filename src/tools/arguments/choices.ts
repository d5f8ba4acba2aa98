/** Looks values up among the choices of a schema, of which there may be thousands. */

export interface ChoiceIndex {
  readonly exact: ReadonlySet<unknown>;
  /**
   * Text in lower case → the only choice with it, undefined for several. A choice is a text, or a long integer, which programs write as
   * text because JSON parsers round it.
   */
  readonly byText: ReadonlyMap<string, unknown>;
}

const indexes = new WeakMap<readonly unknown[], ChoiceIndex>();

/** Returns the index of a list of choices, which is created once. */
export function indexChoices(choices: readonly unknown[]): ChoiceIndex {
  const known = indexes.get(choices);
  if (known) return known;
  const byText = new Map<string, unknown>();
  for (const choice of choices) {
    if (typeof choice !== "string" && typeof choice !== "bigint") continue;
    const key = String(choice).toLowerCase();
    byText.set(key, byText.has(key) ? undefined : choice);
  }
  const index = { exact: new Set(choices), byText };
  indexes.set(choices, index);
  return index;
}
