/** The arguments of our own tools, as models spell them: numbers as texts, an object as its JSON. */
import { z } from "zod";
import { parseJson } from "../json.ts";
import { FILTER } from "./definitions.ts";

const nothing = (value: unknown) => (value === null || value === "" ? undefined : value);
const number = z.preprocess(nothing, z.coerce.number().int().min(1).optional());
const text = z.preprocess(nothing, z.string().optional());

export const ReadArguments = z.object({ id: z.string(), chunk: number, from_line: number, to_line: number });
export const SearchArguments = z.object({
  id: z.string(),
  text,
  pattern: text,
  around: z.preprocess(nothing, z.coerce.number().int().min(0).optional()),
  from_line: number,
  from_chunk: number,
});
export const QueryArguments = z.object({ id: z.string(), filter: z.string().min(1) });
export const FetchAllArguments = z.object({
  tool: z.string(),
  arguments: z.preprocess(fromText, z.record(z.string(), z.unknown()).default({})),
  [FILTER]: text,
});

function fromText(value: unknown): unknown {
  if (typeof value !== "string") return value ?? undefined;
  try {
    return parseJson(value);
  } catch {
    return value;
  }
}

/** What is wrong, in one line. */
export function problemOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join(".") || "arguments"}: ${message}`).join("; ");
}
