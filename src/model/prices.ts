/** What a call cost. */
import { z } from "zod";
import type { Usage } from "../chat/types.ts";
import { bareModelId, type Price } from "./capabilities.ts";

/** USD. Null when the price is unknown, never 0 for that reason. */
export function costOf(price: Price | null, usage: Usage): number | null {
  if (!price) return null;
  return (
    (usage.inputTokens * price.input +
      usage.outputTokens * price.output +
      usage.cacheReadTokens * price.cacheRead +
      usage.cacheWriteTokens * price.cacheWrite) /
    1_000_000
  );
}

const usdSchema = z.number().min(0);
/** What is not said of the cache costs what other input costs, as in the table. */
const priceSchema = z
  .strictObject({
    input: usdSchema,
    output: usdSchema,
    cacheRead: usdSchema.optional(),
    cacheWrite: usdSchema.optional(),
  })
  .transform(
    ({ input, output, cacheRead = input, cacheWrite = input }): Price => ({
      input,
      output,
      cacheRead,
      cacheWrite,
    }),
  );
const priceFileSchema = z.record(z.string().min(1), priceSchema);

/**
 * A price file: JSON, `{"anthropic.claude-haiku-4-5": {"input": 1, "output": 5, "cacheRead": 0.1, "cacheWrite": 1.25}}`, USD
 * per million tokens by model id or its beginning.
 * @throws Error saying where the text is not so.
 */
export function parsePrices(text: string): ReadonlyMap<string, Price> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("it is no JSON");
  }
  const parsed = priceFileSchema.safeParse(value);
  if (parsed.success) return new Map(Object.entries(parsed.data));
  const problems = parsed.error.issues.map(({ path, message }) =>
    [path.join("."), message].filter(Boolean).join(": "),
  );
  throw new Error(problems.join("; "));
}

/** The longest name that the model's id begins with, as it is or without its profile. */
export function findPrice(model: string, prices: ReadonlyMap<string, Price> | undefined): Price | undefined {
  const ids = [model, model.slice(model.lastIndexOf("/") + 1), bareModelId(model)];
  const names = [...(prices?.keys() ?? [])].filter((name) => ids.some((id) => id.startsWith(name)));
  const longest = names.sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? undefined : prices?.get(longest);
}
