/** Validates the arguments of the search tools. Models write one text for a list, and objects as JSON texts. */
import { z } from "zod";
import { isObject, parseJson } from "../../json.ts";

export const MAX_QUERIES = 4;
export const MAX_NAMES = 10;

const oneOrMore = (key: string, maximum: number) =>
  z
    .preprocess(
      (value) => (typeof value === "string" ? (readList(value) ?? [value]) : value),
      z.array(z.string().trim().min(1)).min(1, `${key} is needed`),
    )
    .transform((texts) => texts.slice(0, maximum));

/** Accepts the singular too: models write `query` for one. */
const withSingular = (plural: string, singular: string) => (value: unknown) =>
  isObject(value) && value[plural] === undefined ? { [plural]: value[singular] } : value;

export const FindArguments = z.preprocess(
  withSingular("queries", "query"),
  z.object({ queries: oneOrMore("queries", MAX_QUERIES) }),
);
export const DescribeArguments = z.preprocess(
  withSingular("names", "name"),
  z.object({ names: oneOrMore("names", MAX_NAMES) }),
);

/** Formats all issues in one line. */
export function formatIssues(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join(".") || "arguments"}: ${message}`).join("; ");
}

/** Reads an object that a model may have written as a JSON text. */
export function readObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const read = typeof value === "string" ? readJson(value) : value;
  return isObject(read) ? read : undefined;
}

function readList(text: string): unknown[] | undefined {
  const value = text.trimStart().startsWith("[") ? readJson(text) : undefined;
  return Array.isArray(value) ? value : undefined;
}

function readJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
