/** The prices that stand for an unknown one where a cost is limited. */
import { bareModelId } from "./capabilities.ts";
import type { Price } from "./capabilities-columns.ts";
import { ROWS, type Row } from "./capabilities-table.ts";
import { priceOf } from "./regional-price.ts";

export interface DearestModel {
  readonly family: string;
  readonly price: Price;
}

/** Returns the model of the same vendor with the highest price; undefined for a vendor without a price. */
export function findDearestOfVendor(model: string): DearestModel | undefined {
  const bare = bareModelId(model);
  const vendor = bare.slice(0, bare.indexOf(".") + 1);
  return vendor === "" ? undefined : findDearest(ROWS.filter(({ prefix }) => prefix.startsWith(vendor)));
}

/** Returns an upper estimate for a model of unknown price. */
export function estimatePrice(model: string): Price | null {
  return (findDearestOfVendor(model) ?? findDearest(ROWS))?.price ?? null;
}

function findDearest(rows: readonly Row[]): DearestModel | undefined {
  return rows
    .filter(({ endOfLife }) => endOfLife === undefined)
    .flatMap((row) => {
      const price = priceOf(row, undefined);
      return price ? [{ family: row.family, price }] : [];
    })
    .sort((a, b) => b.price.output - a.price.output || b.price.input - a.price.input)[0];
}
