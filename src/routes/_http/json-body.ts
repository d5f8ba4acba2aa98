/** Validates the JSON body of a request. */
import type { z } from "zod";
import { AppError } from "../../errors.ts";
import { describeProblem, parseClientJson } from "../../protocols/shared/client-json.ts";
import type { RequestContext } from "./types.ts";

/** @throws AppError `bad_request` that names the field. */
export function readJson<Schema extends z.ZodType>(
  { takeBody }: Pick<RequestContext, "takeBody">,
  schema: Schema,
): z.output<Schema> {
  const read = schema.safeParse(parseBody(takeBody()));
  if (read.success) return read.data;
  throw new AppError("bad_request", describeProblem(read.error));
}

/** @throws AppError `bad_request` */
export function parseBody(body: string): unknown {
  try {
    return parseClientJson(body);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("bad_request", "The body is not valid JSON.");
  }
}
