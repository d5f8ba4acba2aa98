/** Validates the JSON body of a request. */
import type { z } from "zod";
import { AppError } from "../../errors.ts";
import { describeProblem, parseClientJson } from "../../protocols/shared/client-json.ts";
import type { ClientText } from "../../protocols/shared/long-json.ts";
import type { RequestContext } from "./types.ts";

/**
 * @param parse `parseJson` keeps integers beyond 2^53.
 * @throws AppError `bad_request` that names the field.
 */
export function readJson<Schema extends z.ZodType>(
  { takeBody }: Pick<RequestContext, "takeBody">,
  schema: Schema,
  parse?: (text: string) => unknown,
): z.output<Schema> {
  const read = schema.safeParse(parseBody(takeBody(), parse));
  if (read.success) return read.data;
  throw new AppError("bad_request", describeProblem(read.error));
}

/** @throws AppError `bad_request` */
export function parseBody(body: ClientText, parse?: (text: string) => unknown): unknown {
  try {
    return parseClientJson(body, "bad_request", parse);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("bad_request", "The body is not valid JSON.");
  }
}
