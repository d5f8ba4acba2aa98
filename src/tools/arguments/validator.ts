import type { ErrorObject, ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { RE2JS } from "re2js";
import type { JsonSchema } from "../../chat/types.ts";
import { stringifyJson } from "../../json.ts";
import { findNearestNames } from "../catalog/find-tool.ts";
import { convertBigints } from "../schema/schema.ts";
import { countReferences, MAX_STEPS, StepLimitError } from "./validation-steps.ts";

/** What is wrong with a value, one line each: `per_page: must be at most 100, got 500`. Empty: nothing. */
export type Validate = (schema: JsonSchema, value: unknown) => readonly string[];

/**
 * A validator that compiles each schema at its first use and keeps the `kept` newest. Where documents are known to say
 * more than their API means, the API judges: a schema that cannot be compiled accepts everything, a value may fit more
 * than one alternative of a `oneOf`, and of the formats only those count that a right value can always be written in.
 */
export function createValidator(maxCompiled = 256): Validate {
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    verbose: true,
    validateSchema: false,
    logger: false,
    code: { regExp: createLinearRegExp },
  });
  addFormats.default(ajv, ["date-time", "date", "time", "duration", "uuid", "int32", "int64"]);
  ajv.removeKeyword("oneOf");
  const anyOf = ajv.getKeyword("anyOf");
  if (typeof anyOf === "object") ajv.addKeyword({ ...anyOf, keyword: "oneOf" });
  const steps = countReferences(ajv);
  const compiled = new Map<JsonSchema, ValidateFunction | undefined>();
  return (schema, value) => {
    let check = compiled.get(schema);
    if (compiled.has(schema)) compiled.delete(schema);
    else check = compile(ajv, schema);
    compiled.set(schema, check);
    const [oldest] = compiled.keys();
    if (compiled.size > maxCompiled && oldest) {
      compiled.delete(oldest);
      ajv.removeSchema(oldest);
    }
    steps.left = MAX_STEPS;
    try {
      // The validator knows no bigint; a double is near enough to check a range.
      if (!check || check(convertBigints(value))) return [];
    } catch (error) {
      if (error instanceof StepLimitError) return ["arguments: nested in too many ways to be checked"];
      // The code that ajv makes for `not: true` beside alternatives names a variable it never declares.
      if (error instanceof ReferenceError) return [];
      throw error;
    }
    return describeErrors((check.errors ?? []).slice(0, 200));
  };
}

function compile(ajv: Ajv2020, schema: JsonSchema): ValidateFunction | undefined {
  try {
    return ajv.compile(schema);
  } catch {
    return undefined;
  }
}

/**
 * A spec's patterns in linear time. What that engine does not know (look-around, back references) is not checked. ajv
 * tells patterns apart by their `toString`.
 */
function createLinearRegExp(pattern: string): { test(text: string): boolean; toString(): string } {
  try {
    const compiled = RE2JS.compile(pattern);
    return { test: (text) => compiled.matcher(text).find(), toString: () => pattern };
  } catch {
    return { test: () => true, toString: () => pattern };
  }
}
createLinearRegExp.code = "linearRegExp";

const MAX_PROBLEMS = 12;

function describeErrors(errors: readonly ErrorObject[]): string[] {
  const choices = errors.filter(({ keyword }) => keyword === "anyOf" || keyword === "oneOf");
  const isWithinChoice = (error: ErrorObject) =>
    choices.some(
      (choice) => choice !== error && `${error.instancePath}/`.startsWith(`${choice.instancePath}/`),
    );
  const lines = errors
    .filter((error) => error.keyword !== "if" && !isWithinChoice(error))
    .map((error) => {
      const inner = errors.filter(
        (other) => other !== error && `${other.instancePath}/`.startsWith(`${error.instancePath}/`),
      );
      const isChoice = error.keyword === "anyOf" || error.keyword === "oneOf";
      const forms = isChoice ? inner.filter(({ keyword }) => keyword !== "anyOf" && keyword !== "oneOf") : [];
      const detail = [...new Set(forms.map(describeError))].slice(0, 4).join("; or ");
      return detail === "" ? describeError(error) : `${describeError(error)} (${detail})`;
    });
  const unique = [...new Set(lines)];
  if (unique.length <= MAX_PROBLEMS) return unique;
  return [...unique.slice(0, MAX_PROBLEMS), `and ${unique.length - MAX_PROBLEMS} more`];
}

function describeError(error: ErrorObject): string {
  const where = formatPath(error.instancePath);
  const pathTo = (name: unknown) => [where, String(name)].filter(Boolean).join(".");
  const { params, keyword } = error;
  if (keyword === "required") return `${pathTo(params.missingProperty)}: is required`;
  if (keyword === "dependentRequired")
    return `${pathTo(params.missingProperty)}: is required with ${params.property}`;
  if (keyword === "additionalProperties" || keyword === "unevaluatedProperties") {
    const name = String(params.additionalProperty ?? params.unevaluatedProperty);
    return `${pathTo(name)}: is not known${suggestProperty(name, error.parentSchema)}`;
  }
  return `${where || "arguments"}: ${describeRule(error)}, got ${excerpt(error.data)}`;
}

function describeRule({ keyword, params, message }: ErrorObject): string {
  switch (keyword) {
    case "type":
      return `must be ${[params.type].flat().join(" or ")}`;
    case "enum":
      return `must be one of ${formatList(params.allowedValues)}`;
    case "const":
      return `must be ${stringifyJson(params.allowedValue)}`;
    case "minimum":
      return `must be at least ${params.limit}`;
    case "maximum":
      return `must be at most ${params.limit}`;
    case "exclusiveMinimum":
      return `must be above ${params.limit}`;
    case "exclusiveMaximum":
      return `must be below ${params.limit}`;
    case "format":
      return `must have the format ${params.format}${FORMAT_EXAMPLES[String(params.format)] ?? ""}`;
    case "pattern":
      return `must match the pattern ${params.pattern}`;
    case "anyOf":
    case "oneOf":
      return "fits none of the allowed forms";
    default:
      return message ?? `breaks the rule ${keyword}`;
  }
}

const FORMAT_EXAMPLES: Readonly<Record<string, string>> = {
  "date-time": " (2026-01-31T09:30:00Z)",
  date: " (2026-01-31)",
  time: " (09:30:00Z)",
  duration: " (P1DT2H)",
  uuid: " (123e4567-e89b-12d3-a456-426614174000)",
};

function suggestProperty(name: string, schema: unknown): string {
  const properties =
    typeof schema === "object" && schema !== null && "properties" in schema ? schema.properties : {};
  return didYouMean(name, Object.keys(properties ?? {}));
}

/** `; did you mean page? Known: page, limit`. Empty when nothing is known. */
export function didYouMean(name: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const [nearest] = findNearestNames(name, known, 1);
  const shown = known.slice(0, 30).join(", ");
  return `${nearest === undefined ? "" : `; did you mean ${nearest}?`}${nearest === undefined ? "; known" : " Known"}: ${shown}${known.length > 30 ? ", …" : ""}`;
}

function formatPath(pointer: string): string {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce(
      (path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path === "" ? part : `${path}.${part}`),
      "",
    );
}

function formatList(values: unknown): string {
  if (!Array.isArray(values)) return excerpt(values);
  const shown = values.slice(0, 40).map((value) => stringifyJson(value));
  return values.length > 40 ? `${shown.join(", ")}, …` : shown.join(", ");
}

function excerpt(value: unknown): string {
  const text = stringifyJson(value) ?? String(value);
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
