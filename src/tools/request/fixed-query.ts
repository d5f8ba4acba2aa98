/** Reads the query that is part of a path, as `/reports?version=2`. The specification has none; documents of clouds do. */
import type { JsonSchema } from "../../chat/types.ts";
import type { Parameter } from "../../openapi/types.ts";

/** A pair of the query of a path. */
interface FixedPair {
  /** Decoded. */
  readonly name: string;
  /** Decoded. Undefined when there is no value, or one with a placeholder. */
  readonly value: string | undefined;
  /** The name of the placeholder that is the value: `id` of `?key={id}`. */
  readonly placeholder: string | undefined;
  /** The pair as written. */
  readonly text: string;
}

/**
 * Splits the query of a request between the path template and the parameters. A pair that only names a query parameter
 * is written by the parameter. Any other stands as the path has it, and a parameter of its name is not sent.
 */
export function planQuery<Argument extends { readonly parameter: Parameter }>(
  path: string,
  declared: readonly Argument[],
  isInPath: (placeholder: string) => boolean,
): { readonly template: string; readonly queries: readonly Argument[] } {
  const names = new Set(declared.map(({ parameter }) => parameter.name));
  const fixed = parseFixedQuery(path).filter(
    ({ name, placeholder }) => !names.has(name) || placeholder === undefined || isInPath(placeholder),
  );
  const fixedNames = new Set(fixed.map(({ name }) => name));
  return {
    template: fixed.map(({ text }) => text).join("&"),
    queries: declared.filter(({ parameter }) => !fixedNames.has(parameter.name)),
  };
}

/** Returns the pairs of the query of a path template. A fragment is no part of it. */
function parseFixedQuery(path: string): readonly FixedPair[] {
  const [template = ""] = path.split("#");
  const start = template.indexOf("?");
  if (start < 0) return [];
  return template
    .slice(start + 1)
    .split("&")
    .filter((text) => text !== "")
    .map((text) => {
      const equals = text.indexOf("=");
      const name = decode(equals < 0 ? text : text.slice(0, equals));
      const value = equals < 0 ? "" : text.slice(equals + 1);
      const placeholder = /^\{([^{}]+)\}$/.exec(value)?.[1];
      const isLiteral = equals >= 0 && !value.includes("{");
      return { name, value: isLiteral ? decode(value) : undefined, placeholder, text };
    });
}

/** Returns a query parameter that a path fixes: optional, with the value of the path as the only one. */
export function fixParameter(parameter: Parameter, path: string): Parameter {
  if (parameter.in !== "query" || !path.includes("?")) return parameter;
  const fixed = parseFixedQuery(path).filter(({ name }) => name === parameter.name);
  const [pair] = fixed;
  if (!pair || pair.placeholder !== undefined) return parameter;
  const { value } = pair;
  const schema =
    value === undefined || fixed.length > 1 ? parameter.schema : fixSchema(parameter.schema, value);
  return { ...parameter, required: false, schema };
}

function fixSchema(schema: JsonSchema, text: string): JsonSchema {
  const { type } = schema;
  if (type === "string") return { ...schema, enum: [text] };
  if (type === "integer" || type === "number")
    return /^-?\d+(\.\d+)?$/.test(text) ? { ...schema, enum: [Number(text)] } : schema;
  return type === "boolean" && /^(true|false)$/.test(text) ? { ...schema, enum: [text === "true"] } : schema;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
