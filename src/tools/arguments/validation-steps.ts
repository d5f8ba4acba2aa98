/** Limits the steps of a validation. */
import { _, type Ajv2020 } from "ajv/dist/2020.js";

/** The maximum number of references followed for one value, which takes some tenths of a second. */
export const MAX_STEPS = 300_000;

/** Thrown when a validation exceeds the limit. */
export class StepLimitError extends Error {}

/**
 * Makes ajv count each reference that it follows, and throw `StepLimitError` when none remain. Recursive alternatives
 * have exponentially many combinations, and all recursion goes through references.
 */
export function countReferences(ajv: Ajv2020): { remaining: number } {
  const steps = { remaining: 0 };
  const step = () => {
    if (steps.remaining-- <= 0) throw new StepLimitError();
  };
  const definition = ajv.getKeyword("$ref");
  if (typeof definition !== "object" || !("code" in definition)) return steps;
  const { code } = definition;
  ajv.removeKeyword("$ref");
  ajv.addKeyword({
    ...definition,
    keyword: "$ref",
    code(context, type) {
      context.gen.code(_`${context.gen.scopeValue("func", { ref: step })}()`);
      code(context, type);
    },
  });
  return steps;
}
