/** Validation errors in the format of FastAPI: https://fastapi.tiangolo.com/tutorial/handling-errors/ */
import { type ParseError, parse } from "jsonc-parser";
import type { z } from "zod";
import { AppError } from "../../errors.ts";
import { parseClientJson } from "../shared/client-json.ts";
import type { ClientText } from "../shared/long-json.ts";

export interface ValidationErrorDetail {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input: unknown;
  readonly ctx?: Readonly<Record<string, unknown>>;
}

export type Validated<Value> =
  | { readonly outcome: "valid"; readonly value: Value }
  | { readonly outcome: "invalid"; readonly details: readonly ValidationErrorDetail[] };

/** Parses and validates a JSON body. */
export function validateBody<Schema extends z.ZodType>(
  text: ClientText,
  schema: Schema,
): Validated<z.output<Schema>> {
  let value: unknown;
  try {
    value = parseClientJson(text);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const errors: ParseError[] = [];
    if (typeof text === "string") parse(text, errors, { allowEmptyContent: false, disallowComments: true });
    const ctx = { error: error instanceof Error ? error.message : String(error) };
    const loc = ["body", errors[0]?.offset ?? 0];
    return {
      outcome: "invalid",
      details: [{ type: "json_invalid", loc, msg: "JSON decode error", input: {}, ctx }],
    };
  }
  return validate(value, schema, "body");
}

/** @param where the part of the request that holds the value: `body` or `query`. */
export function validate<Schema extends z.ZodType>(
  value: unknown,
  schema: Schema,
  where: string,
): Validated<z.output<Schema>> {
  const read = schema.safeParse(value);
  if (read.success) return { outcome: "valid", value: read.data };
  return { outcome: "invalid", details: read.error.issues.map((issue) => encodeIssue(issue, value, where)) };
}

function encodeIssue(issue: z.core.$ZodIssue, value: unknown, where: string): ValidationErrorDetail {
  const path = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
  const input = path.reduce<unknown>(
    (inner, step) => (inner as Record<string, unknown> | undefined)?.[step],
    value,
  );
  const location = { loc: [where, ...path] };
  if (input === undefined && path.length > 0)
    return { type: "missing", ...location, msg: "Field required", input: shorten(value) };
  return { ...describeIssue(issue), ...location, input: shorten(input) };
}

/** Characters of an input that an error repeats. */
const MAX_INPUT = 500;

/** Returns a value as an error repeats it: a long text is cut, anything else that is long is left out. */
function shorten(value: unknown): unknown {
  if (typeof value === "string") return value.length > MAX_INPUT ? `${value.slice(0, MAX_INPUT)}…` : value;
  return (JSON.stringify(value)?.length ?? 0) > MAX_INPUT ? null : value;
}

type IssueDescription = Pick<ValidationErrorDetail, "type" | "msg" | "ctx">;

const TYPES: Readonly<Record<string, readonly [type: string, what: string]>> = {
  string: ["string_type", "string"],
  number: ["float_type", "number"],
  int: ["int_type", "integer"],
  boolean: ["bool_type", "boolean"],
  array: ["list_type", "list"],
  object: ["model_attributes_type", "dictionary or object to extract fields from"],
};

function describeIssue(issue: z.core.$ZodIssue): IssueDescription {
  if (issue.code === "invalid_type") {
    const [type, what] = TYPES[issue.expected] ?? ["value_error", issue.expected];
    return { type, msg: `Input should be a valid ${what}` };
  }
  if (issue.code === "too_small" && issue.origin === "string") {
    const few = Number(issue.minimum);
    const msg = `String should have at least ${few} character${few === 1 ? "" : "s"}`;
    return { type: "string_too_short", msg, ctx: { min_length: few } };
  }
  if (issue.code === "too_big" && issue.origin === "string") {
    const many = Number(issue.maximum);
    return {
      type: "string_too_long",
      msg: `String should have at most ${many} characters`,
      ctx: { max_length: many },
    };
  }
  if (issue.code === "too_small")
    return issue.inclusive
      ? describeBound("greater_than_equal", "greater than or equal to", "ge", issue.minimum)
      : describeBound("greater_than", "greater than", "gt", issue.minimum);
  if (issue.code === "too_big")
    return describeBound("less_than_equal", "less than or equal to", "le", issue.maximum);
  return { type: "value_error", msg: issue.message };
}

function describeBound(type: string, words: string, name: string, value: unknown): IssueDescription {
  return { type, msg: `Input should be ${words} ${String(value)}`, ctx: { [name]: value } };
}
