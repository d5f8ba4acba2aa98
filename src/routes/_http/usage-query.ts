/** What the routes of usage share: their queries, and what an administrator sees. */
import { z } from "zod";
import { isAdministered } from "../../access/ownership.ts";
import type { Caller } from "../../access/types.ts";
import type { App } from "../../context.ts";
import { AppError } from "../../errors.ts";
import type { UsageSource } from "../../telemetry/usage/facts.ts";

export const usageDay = z.string().regex(/^\d{4}-\d\d-\d\d$/, "a day such as 2026-11-29");

/** @throws AppError `bad_request` */
export function parseUsageQuery<Query>(schema: z.ZodType<Query>, { searchParams }: URL): Query {
  const query = schema.safeParse(Object.fromEntries(searchParams));
  if (query.success) return query.data;
  throw new AppError("bad_request", query.error.issues.map(({ message }) => message).join("; "));
}

/** Returns the sessions whose usage an administrator sees. */
export function usageSource(
  { model, store }: Pick<App, "model" | "store">,
  caller: Caller,
  signal: AbortSignal,
): UsageSource {
  return { store, cost: model.cost, signal, includes: (owner) => isAdministered(owner, caller) };
}
