/** Validates arguments and describes their problems to the model. */
import type { ErrorObject } from "ajv";
import type { JsonSchema } from "../../chat/types.ts";
import { stringifyJson } from "../../json.ts";
import { findNearestNames } from "../catalog/find-tool.ts";
import { type Checker, createChecker, hasMoreValues } from "./checker.ts";
import type { LooseFormatListener } from "./text-keywords.ts";
import { StepLimitError } from "./validation-steps.ts";

/**
 * Returns the problems of a value, one line each: `per_page: must be at most 100, got 500`. Empty when it is valid.
 * `onNote` receives one line for each text that is valid but does not have its format exactly.
 */
export type Validate = (
  schema: JsonSchema,
  value: unknown,
  onNote?: (note: string) => void,
) => readonly string[];

/**
 * Creates a validator that compiles each schema on first use and keeps the `maxCompiled` most recently used. It is
 * lenient where documents are often stricter than their API: a schema that does not compile accepts everything,
 * `oneOf` means `anyOf`, and only unambiguous formats are checked, loosely. Of a value with many parts it returns the first problem,
 * since collecting all of them takes much longer than finding one.
 */
export function createValidator(maxCompiled = 256): Validate {
  // Created when they are needed: that takes longer than the rest of a start with a small document.
  const checkers = new Map<boolean, Checker>();
  return (schema, value, onNote) => {
    const findsAll = !hasMoreValues(value, MAX_THOROUGH);
    const find = checkers.getOrInsertComputed(findsAll, () => createChecker({ maxCompiled, findsAll }));
    const listener: LooseFormatListener | undefined =
      onNote && ((path, format, text) => onNote(describeLooseFormat(path, format, text)));
    try {
      return describeErrors(find(schema, value, listener));
    } catch (error) {
      if (error instanceof StepLimitError) return ["arguments: too complex to be validated"];
      throw error;
    }
  };
}

/** Values of arguments whose problems are all described. */
const MAX_THOROUGH = 2000;

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
    return `${pathTo(name)}: is unknown${suggestProperty(name, error.parentSchema)}`;
  }
  return `${where || "arguments"}: ${describeRule(error)}, got ${abbreviate(error.data)}`;
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
    case "multipleOf":
      return `must be a multiple of ${params.multipleOf}`;
    case "format":
      return `must have the format ${params.format}${FORMAT_EXAMPLES[String(params.format)] ?? ""}`;
    case "pattern":
      return `must match the pattern ${params.pattern}`;
    case "anyOf":
    case "oneOf":
      return "must match one of the alternatives";
    case "uniqueItems":
      return `must have no equal items, but ${params.i} and ${params.j} are`;
    default:
      return message ?? `must satisfy the keyword ${keyword}`;
  }
}

function describeLooseFormat(path: string, format: string, text: string): string {
  return `${formatPath(path) || "arguments"} was sent as ${abbreviate(text)}, which does not have the format ${format}${FORMAT_EXAMPLES[format] ?? ""}.`;
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
  return suggestName(name, Object.keys(properties ?? {}));
}

/** Returns a line for each unknown argument, of which the first ones are named. */
export function describeUnknown(keys: readonly string[], known: readonly string[]): string[] {
  const lines = keys.slice(0, MAX_PROBLEMS).map((key) => `${key}: is unknown${suggestName(key, known)}`);
  const others = keys.length - lines.length;
  return others > 0 ? [...lines, `and ${others} more are unknown`] : lines;
}

/** Returns `; did you mean page? Known: page, limit`. Empty when there are no known names. */
export function suggestName(name: string, known: readonly string[]): string {
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
  if (!Array.isArray(values)) return abbreviate(values);
  const shown = values.slice(0, 40).map((value) => stringifyJson(value));
  return values.length > 40 ? `${shown.join(", ")}, …` : shown.join(", ");
}

function abbreviate(value: unknown): string {
  const text = stringifyJson(value) ?? String(value);
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
