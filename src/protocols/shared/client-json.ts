/** Reads JSON of clients within limits, so that one request takes neither the memory nor the time of all others. */
import { z } from "zod";
import { AppError, type ErrorCode } from "../../errors.ts";
import { isObject, type JsonObject } from "../../json.ts";
import { findExcess, findIllFormed, MAX_QUOTED } from "./json-limits.ts";
import { type ClientText, type ParsedJson, roundIntegers } from "./long-json.ts";

/**
 * Parses the JSON of a client. A worker has parsed a long one already.
 * @param parse `JSON.parse`, which rounds integers beyond 2^53, or `parseJson`.
 * @throws SyntaxError for invalid JSON. AppError with `code`, naming the field, beyond a limit and for an unpaired surrogate.
 */
export function parseClientJson(
  text: ClientText,
  code: ErrorCode = "bad_request",
  parse: (text: string) => unknown = JSON.parse,
): unknown {
  const read = typeof text === "string" ? parseShort(text, parse) : text;
  if (read.excess) throw new AppError(code, `${read.excess.field ?? "body"}: ${read.excess.problem}.`);
  if (read.syntaxError !== undefined) throw new SyntaxError(read.syntaxError);
  if (read.illFormed) {
    const field = read.illFormed.join(".").slice(0, MAX_QUOTED) || "body";
    throw new AppError(code, `${field}: has an unpaired surrogate (\\ud800 to \\udfff).`);
  }
  return read.hasLongIntegers && parse === JSON.parse ? roundIntegers(read.value) : read.value;
}

/** @throws SyntaxError */
function parseShort(text: string, parse: (text: string) => unknown): ParsedJson {
  const excess = findExcess(text);
  if (excess) return { value: undefined, excess };
  const value = parse(text);
  const illFormed = findIllFormed(text, value);
  return { value, ...(illFormed && { illFormed }) };
}

/**
 * Accepts a list of at most `max` entries. It is validated up to its first invalid entry: a list of many would otherwise cost an
 * error for each.
 */
export function clientList<Item extends z.ZodType>(item: Item, max: number) {
  return z
    .array(z.unknown())
    .max(max, `at most ${max} entries`)
    .transform((values, context): z.output<Item>[] => {
      const entries: z.output<Item>[] = [];
      for (const [index, value] of values.entries()) {
        const read = item.safeParse(value);
        if (!read.success) {
          const [issue] = read.error.issues;
          context.addIssue({
            code: "custom",
            message: issue?.message ?? "invalid value",
            path: [index, ...(issue?.path ?? [])],
          });
          return z.NEVER;
        }
        entries.push(read.data);
      }
      return entries;
    });
}

/** Accepts an object of any members, which are not looked at: `z.record` validates each key, which takes long. */
export function clientObject() {
  return z.custom<JsonObject>(isObject, "expected an object");
}

/** Accepts base64. A long text is checked when it is decoded: checking takes as long as decoding. */
export function clientBase64() {
  const base64 = z.base64();
  return z
    .string()
    .refine((text) => text.length > MAX_CHECKED_BASE64 || base64.safeParse(text).success, "invalid base64");
}

const MAX_CHECKED_BASE64 = 64_000;

/** Describes the first problem of a value: `messages.3.content: …`. A long path is shortened. */
export function describeProblem({ issues }: z.ZodError): string {
  const [issue] = issues;
  const path = (issue?.path ?? []).map(String).join(".").slice(0, MAX_QUOTED);
  return `${path || "body"}: ${issue?.message ?? "invalid value"}`;
}
