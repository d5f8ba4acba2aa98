/** Replaces the keywords of ajv for `format` and `pattern`: the document's own examples are always valid. */
import type { SchemaValidateFunction } from "ajv";
import type { Ajv2020 } from "ajv/dist/2020.js";
import { isRecord } from "../schema/schema.ts";
import { matchFormat } from "./formats.ts";
import { createPatternMatcher, type Matcher } from "./patterns.ts";

/** Receives the position and format of a text that is valid although its RFC does not allow it. */
export type LooseFormatListener = (instancePath: string, format: string, text: string) => void;

/** Characters of a text that is matched with a pattern. A longer one holds others up: the API decides on it. */
const MAX_MATCHED = 100_000;

/** Adds the keywords to `ajv`. The listener of the returned object can be replaced before each validation. */
export function addTextKeywords(ajv: Ajv2020): { listener: LooseFormatListener | undefined } {
  const state: { listener: LooseFormatListener | undefined } = { listener: undefined };
  const integerFormats = new Map(["int32", "int64"].map((name) => [name, ajv.formats[name]]));

  const validateFormat: SchemaValidateFunction = (format, data, parentSchema, context) => {
    if (typeof format !== "string") return true;
    if (typeof data === "number")
      return isInteger(integerFormats.get(format), data) || fail(validateFormat, { format });
    if (typeof data !== "string") return true;
    const match = matchFormat(format, data);
    if (match === "exact") return true;
    const examples = listExamples(parentSchema).map((example) => matchFormat(format, example));
    if (match === "none" && !examples.includes("none")) return fail(validateFormat, { format });
    if (examples.every((example) => example === "exact"))
      state.listener?.(context?.instancePath ?? "", format, data);
    return true;
  };
  const validatePattern: SchemaValidateFunction = (pattern, data, parentSchema) => {
    if (typeof pattern !== "string" || typeof data !== "string" || data.length > MAX_MATCHED) return true;
    const matches = getMatcher(pattern);
    if (matches(data) || !listExamples(parentSchema).every(matches)) return true;
    return fail(validatePattern, { pattern });
  };
  for (const [keyword, validate] of [
    ["format", validateFormat],
    ["pattern", validatePattern],
  ] as const) {
    ajv.removeKeyword(keyword);
    ajv.addKeyword({ keyword, errors: true, validate });
  }
  return state;
}

function fail(validate: SchemaValidateFunction, params: Readonly<Record<string, string>>): false {
  validate.errors = [{ keyword: Object.keys(params)[0] ?? "", params }];
  return false;
}

function isInteger(format: unknown, value: number): boolean {
  const check = isRecord(format) ? format.validate : undefined;
  return typeof check !== "function" || check(value) === true;
}

/** Returns the texts that the document gives as values of a schema. */
export function listExamples(schema: unknown): readonly string[] {
  if (!isRecord(schema)) return [];
  return [schema.examples, schema.example, schema.default, schema.enum, schema.const]
    .flat()
    .filter((value) => typeof value === "string");
}

const MAX_CACHED = 500;
const matchers = new Map<string, Matcher>();

function getMatcher(pattern: string): Matcher {
  let matcher = matchers.get(pattern);
  if (!matcher) {
    matcher = createPatternMatcher(pattern);
    if (matchers.size >= MAX_CACHED) matchers.clear();
    matchers.set(pattern, matcher);
  }
  return matcher;
}
