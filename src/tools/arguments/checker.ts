/** Compiles schemas with ajv and finds the errors of values. */
import type { ErrorObject, ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { JsonSchema } from "../../chat/types.ts";
import { stringifyJson } from "../../json.ts";
import { convertBigints, getOwn, isRecord } from "../schema/schema.ts";
import { addExactKeywords, findExactValue } from "./exact-keywords.ts";
import { addTextKeywords, type LooseFormatListener } from "./text-keywords.ts";
import { countReferences, MAX_STEPS } from "./validation-steps.ts";

interface CheckerOptions {
  /** Compiled schemas that are kept: the most recently used ones. */
  readonly maxCompiled: number;
  /** False to stop at the first error. */
  readonly findsAll: boolean;
}

/** Returns at most 200 errors of a value. @throws StepLimitError when it is too complex. */
export type Checker = (
  schema: JsonSchema,
  value: unknown,
  listener: LooseFormatListener | undefined,
) => readonly ErrorObject[];

const MAX_ERRORS = 200;

export function createChecker({ maxCompiled, findsAll }: CheckerOptions): Checker {
  const ajv = new Ajv2020({
    strict: false,
    allErrors: findsAll,
    verbose: true,
    validateSchema: false,
    logger: false,
    ownProperties: true,
  });
  addFormats.default(ajv, ["int32", "int64"]);
  ajv.removeKeyword("oneOf");
  const anyOf = ajv.getKeyword("anyOf");
  if (typeof anyOf === "object") ajv.addKeyword({ ...anyOf, keyword: "oneOf" });
  const exact = addExactKeywords(ajv);
  const texts = addTextKeywords(ajv);
  const steps = countReferences(ajv);
  const compiled = new Map<JsonSchema, ValidateFunction | undefined>();
  return (schema, value, listener) => {
    let check = compiled.get(schema);
    if (compiled.has(schema)) compiled.delete(schema);
    else check = compile(ajv, schema);
    compiled.set(schema, check);
    const [oldest] = compiled.keys();
    if (compiled.size > maxCompiled && oldest) {
      compiled.delete(oldest);
      ajv.removeSchema(oldest);
    }
    steps.remaining = MAX_STEPS;
    // ajv does not support bigint. The exact keywords look its values up.
    const rounded = convertBigints(value);
    exact.root = rounded === value ? undefined : value;
    texts.listener = listener;
    try {
      if (!check || check(rounded)) return [];
    } catch (error) {
      // The code that ajv generates for `not: true` next to alternatives uses an undeclared variable.
      if (error instanceof ReferenceError) return [];
      throw error;
    }
    return (check.errors ?? [])
      .slice(0, MAX_ERRORS)
      .map((error) => ({ ...error, data: findExactValue(exact, error.instancePath, error.data) }));
  };
}

/** Returns whether a value has more than this many values: itself, its items and members, and theirs. */
export function hasMoreValues(value: unknown, limit: number): boolean {
  const waiting = [value];
  let count = 0;
  while (waiting.length > 0) {
    const next = waiting.pop();
    count += 1;
    if (count + waiting.length > limit) return true;
    if (typeof next === "object" && next !== null)
      for (const inner of Object.values(next)) waiting.push(inner);
  }
  return false;
}

function compile(ajv: Ajv2020, schema: JsonSchema): ValidateFunction | undefined {
  try {
    return ajv.compile(usesPrototypeKey(schema) ? (moveToPatterns(schema) as JsonSchema) : schema);
  } catch {
    return undefined;
  }
}

function usesPrototypeKey(schema: JsonSchema): boolean {
  return stringifyJson(schema).includes('"__proto__":');
}

/** Moves properties named `__proto__`, which ajv ignores, to `patternProperties`. */
function moveToPatterns(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(moveToPatterns);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, moveToPatterns(inner)] as const);
  const moved = Object.fromEntries(entries);
  const { properties, patternProperties } = moved;
  const property = isRecord(properties) ? getOwn(properties, "__proto__") : undefined;
  if (property === undefined) return moved;
  const patterns = {
    ...(isRecord(patternProperties) && patternProperties),
    "^__proto__$": property,
  };
  return { ...moved, patternProperties: patterns };
}
