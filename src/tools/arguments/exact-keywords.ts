/**
 * Replaces the keywords of ajv that compare numbers. ajv reads doubles: it has no integers beyond 2^53, and it divides
 * decimals with binary fractions.
 */
import type { FuncKeywordDefinition, SchemaValidateFunction } from "ajv";
import type { Ajv2020 } from "ajv/dist/2020.js";
import { getOwn, isRecord } from "../schema/schema.ts";
import { indexChoices } from "./choices.ts";
import { isMultipleOf } from "./decimal.ts";

type AnyNumber = number | bigint;

/** The value that is being validated, with its integers beyond 2^53; undefined when it has none. */
export interface ExactValue {
  root: unknown;
}

/** Adds the exact keywords to `ajv`. The returned object must be set before each validation. */
export function addExactKeywords(ajv: Ajv2020): ExactValue {
  const exact: ExactValue = { root: undefined };
  const add = (keyword: string, definition: Partial<FuncKeywordDefinition>, check: Check) => {
    ajv.removeKeyword(keyword);
    ajv.addKeyword({
      keyword,
      errors: true,
      ...definition,
      validate: toValidateFunction(keyword, check, exact),
    });
  };
  for (const [keyword, isWithin] of Object.entries(LIMITS))
    add(keyword, { type: "number" }, (limit, value) =>
      !isNumber(limit) || !isNumber(value) || isWithin(value, limit) ? undefined : { limit },
    );
  add("multipleOf", { type: "number" }, (step, value) =>
    !isNumber(step) || !isNumber(value) || isMultipleOf(value, step) ? undefined : { multipleOf: step },
  );
  add("enum", {}, (choices, value) =>
    !Array.isArray(choices) || isChoice(choices, value) ? undefined : { allowedValues: choices },
  );
  add("uniqueItems", { type: "array" }, (isOn, items) =>
    isOn === true && Array.isArray(items) ? findEqualItems(items) : undefined,
  );
  add("const", {}, (constant, value) => (isSame(constant, value) ? undefined : { allowedValue: constant }));
  return exact;
}

/** Returns the parameters of the error; undefined when the value is valid. */
type Check = (schema: unknown, value: unknown) => Readonly<Record<string, unknown>> | undefined;

const LIMITS: Readonly<Record<string, (value: AnyNumber, limit: AnyNumber) => boolean>> = {
  minimum: (value, limit) => value >= limit,
  maximum: (value, limit) => value <= limit,
  exclusiveMinimum: (value, limit) => value > limit,
  exclusiveMaximum: (value, limit) => value < limit,
};

function toValidateFunction(keyword: string, check: Check, exact: ExactValue): SchemaValidateFunction {
  const validate: SchemaValidateFunction = (schema, data, _parentSchema, context) => {
    const value = findExactValue(exact, context?.instancePath ?? "", data);
    const params = check(schema, value);
    if (params === undefined) return true;
    validate.errors = [{ keyword, params }];
    return false;
  };
  return validate;
}

/** Returns the value at a JSON Pointer, or `fallback` when there is none, as for the name of a property. */
export function findExactValue({ root }: ExactValue, pointer: string, fallback: unknown): unknown {
  if (root === undefined) return fallback;
  let value: unknown = root;
  for (const escaped of pointer.split("/").slice(1)) {
    const key = escaped.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(value)) value = value[Number(key)];
    else if (isRecord(value)) value = getOwn(value, key);
    else return fallback;
  }
  return typeof value === typeof fallback || typeof value === "bigint" ? value : fallback;
}

function isNumber(value: unknown): value is AnyNumber {
  return typeof value === "number" || typeof value === "bigint";
}

function isChoice(choices: readonly unknown[], value: unknown): boolean {
  return typeof value === "string"
    ? indexChoices(choices).exact.has(value)
    : choices.some((choice) => isSame(choice, value));
}

/** Returns the positions of the first two equal items. The time grows with the length, not with its square. */
function findEqualItems(items: readonly unknown[]): { readonly i: number; readonly j: number } | undefined {
  const positions = new Map<string, number>();
  for (const [j, item] of items.entries()) {
    const key = toKey(item);
    const i = positions.get(key);
    if (i !== undefined) return { i, j };
    positions.set(key, j);
  }
  return undefined;
}

/** Returns a text that values share which {@link isSame} calls the same. */
function toKey(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toKey).join()}]`;
  if (isNumber(value)) return String(Number.isInteger(value) ? BigInt(value) : value);
  if (!isRecord(value)) return JSON.stringify(value) ?? "";
  const members = Object.keys(value)
    .toSorted()
    .map((name) => `${JSON.stringify(name)}:${toKey(value[name])}`);
  return `{${members.join()}}`;
}

/** Compares JSON values. 1 and 1.0, 0 and -0 are the same, and so is an integer as double and as bigint. */
function isSame(left: unknown, right: unknown): boolean {
  // biome-ignore lint/suspicious/noDoubleEquals: compares a bigint with a double exactly
  if (isNumber(left) && isNumber(right)) return left == right;
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, index) => isSame(item, right[index]));
  if (!isRecord(left) || !isRecord(right)) return left === right;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && isSame(left[key], right[key]))
  );
}
