/** Derives the price of a model in a geography from its row. */
import type { Geography, Price, TokenPrice } from "./capabilities-columns.ts";
import type { Row, RowPrice } from "./families/row.ts";

/**
 * AWS charges a tenth more for every id but the global profile, also for `us.`. Lists of July and August 2026 show
 * `us.` at the global price.
 */
const SURCHARGE = 1.1;

/** @param geography undefined for the id of a foundation model and for an application profile. */
export function priceOf(row: Row, geography: Geography | undefined): Price | null {
  const regional = geography && row.regionalPrices?.[geography];
  if (regional) return withLongContext(toPrice(regional), row);
  if (!row.price) return null;
  const factor = row.surcharge === true && geography !== "global" ? SURCHARGE : 1;
  return withLongContext(multiply(toPrice(row.price), factor, factor), row);
}

function toPrice([input, output, cacheRead = input, cacheWrite = input]: RowPrice): TokenPrice {
  return { input, output, cacheRead, cacheWrite };
}

function withLongContext(price: TokenPrice, { longContext }: Row): Price {
  if (!longContext) return price;
  const { above, input, output } = longContext;
  return { ...price, longContext: { above, ...multiply(price, input, output) } };
}

function multiply(price: TokenPrice, input: number, output: number): TokenPrice {
  return {
    input: round(price.input * input),
    output: round(price.output * output),
    cacheRead: round(price.cacheRead * input),
    cacheWrite: round(price.cacheWrite * input),
  };
}

/** Removes the error of binary fractions: 0.1 × 1.1 is 0.11. */
function round(usd: number): number {
  return Number(usd.toPrecision(10));
}
