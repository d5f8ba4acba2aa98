/** Reads and validates the JSON body of a request. */
import type { z } from "zod";
import { AppError } from "../../errors.ts";

/**
 * @param parse `parseJson` keeps integers beyond 2^53.
 * @throws AppError `bad_request` that names the field.
 */
export async function readJson<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
  parse: (text: string) => unknown = JSON.parse,
): Promise<z.output<Schema>> {
  let value: unknown;
  try {
    value = parse(await request.text());
  } catch {
    throw new AppError("bad_request", "The body is not valid JSON.");
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new AppError(
    "bad_request",
    `${issue?.path.join(".") || "body"}: ${issue?.message ?? "invalid value"}`,
  );
}
