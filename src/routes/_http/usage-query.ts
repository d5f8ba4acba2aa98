/** Parses the queries of the routes of usage. */
import { z } from "zod";
import { AppError } from "../../errors.ts";

export const usageDay = z.string().regex(/^\d{4}-\d\d-\d\d$/, "a day such as 2026-11-29");

/** @throws AppError `bad_request` */
export function parseUsageQuery<Query>(schema: z.ZodType<Query>, { searchParams }: URL): Query {
  const query = schema.safeParse(Object.fromEntries(searchParams));
  if (query.success) return query.data;
  throw new AppError("bad_request", query.error.issues.map(({ message }) => message).join("; "));
}
