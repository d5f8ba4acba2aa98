import { _, type Ajv2020 } from "ajv/dist/2020.js";

/** References followed for one value: some tenths of a second. */
export const MAX_STEPS = 300_000;

/** A value took more than it may. */
export class StepLimitError extends Error {}

/**
 * Recursive alternatives can be tried in exponentially many ways, and whatever recurs does so by reference: each one
 * that is followed counts.
 */
export function countReferences(ajv: Ajv2020): { left: number } {
  const steps = { left: 0 };
  const step = () => {
    if (steps.left-- <= 0) throw new StepLimitError();
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
