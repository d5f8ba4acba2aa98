/** Computes the cost of a model call, and reads price files. */
import { z } from "zod";
import type { Usage } from "../chat/types.ts";
import { bareModelId, type Price } from "./capabilities.ts";
import type { TokenPrice } from "./capabilities-columns.ts";

/** Returns the cost in USD; null, never 0, when the price is unknown. */
export function costOf(price: Price | null, usage: Usage): number | null {
  if (!price) return null;
  const { longContext } = usage;
  if (!longContext || !price.longContext) return usdOf(price, usage);
  return usdOf(price, usage) - usdOf(price, longContext) + usdOf(price.longContext, longContext);
}

function usdOf(price: TokenPrice, counts: Usage): number {
  return (
    (counts.inputTokens * price.input +
      counts.outputTokens * price.output +
      counts.cacheReadTokens * price.cacheRead +
      counts.cacheWriteTokens * price.cacheWrite) /
    1_000_000
  );
}

/** Marks the usage of one call as that of a long one, when the model has another price for those. */
export function markLongContext(usage: Usage, price: Price | null): Usage {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage;
  const above = price?.longContext?.above;
  if (above === undefined || inputTokens + cacheReadTokens + cacheWriteTokens <= above) return usage;
  return { ...usage, longContext: { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } };
}

const usdSchema = z.number().min(0);
/** A missing cache price equals the input price, as in the capabilities table. */
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
 * Parses a price file: JSON, USD per million tokens by model id or prefix, for example
 * `{"anthropic.claude-haiku-5-5": {"input": 0.1, "output": 0.5, "cacheRead": 0.01, "cacheWrite": 0.125}}`.
 * @throws Error with the path of each invalid entry.
 */
export function parsePrices(text: string): ReadonlyMap<string, Price> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("not valid JSON");
  }
  const parsed = priceFileSchema.safeParse(value);
  if (parsed.success) return new Map(Object.entries(parsed.data));
  const problems = parsed.error.issues.map(({ path, message }) =>
    [path.join("."), message].filter(Boolean).join(": "),
  );
  throw new Error(problems.join("; "));
}

/** Returns the price under the longest key that is a prefix of the model id, with or without its profile. */
export function findPrice(model: string, prices: ReadonlyMap<string, Price> | undefined): Price | undefined {
  const ids = [model, model.slice(model.lastIndexOf("/") + 1), bareModelId(model)];
  const names = [...(prices?.keys() ?? [])].filter((name) => ids.some((id) => id.startsWith(name)));
  const longest = names.sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? undefined : prices?.get(longest);
}
