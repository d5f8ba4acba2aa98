/** Validates the arguments of the built-in tools. Models may send numbers as texts, and objects as JSON texts. */
import { z } from "zod";
import { parseJson } from "../json.ts";
import { FILTER_ARGUMENT } from "./definitions.ts";

const emptyToUndefined = (value: unknown) => (value === null || value === "" ? undefined : value);
const optionalNumber = z.preprocess(emptyToUndefined, z.coerce.number().int().min(1).optional());
const optionalText = z.preprocess(emptyToUndefined, z.string().optional());

export const ReadArguments = z.object({
  id: z.string(),
  chunk: optionalNumber,
  from_line: optionalNumber,
  to_line: optionalNumber,
});
export const SearchArguments = z.object({
  id: z.string(),
  text: optionalText,
  pattern: optionalText,
  around: z.preprocess(emptyToUndefined, z.coerce.number().int().min(0).optional()),
  from_line: optionalNumber,
  from_chunk: optionalNumber,
});
export const QueryArguments = z.object({ id: z.string(), filter: z.string().min(1) });
export const FetchAllArguments = z.object({
  tool: z.string(),
  arguments: z.preprocess(parseJsonText, z.record(z.string(), z.unknown()).default({})),
  [FILTER_ARGUMENT]: optionalText,
});

function parseJsonText(value: unknown): unknown {
  if (typeof value !== "string") return value ?? undefined;
  try {
    return parseJson(value);
  } catch {
    return value;
  }
}

/** Formats all issues in one line. */
export function formatIssues(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join(".") || "arguments"}: ${message}`).join("; ");
}
