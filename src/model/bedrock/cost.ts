/** Computes what calls cost with the settings of this process. */
import type { Usage } from "../../chat/types.ts";
import { capabilitiesOf } from "../capabilities.ts";
import type { Capabilities, Price, TokenPrice } from "../capabilities-columns.ts";
import { estimatePrice, findDearestOfVendor } from "../dearest-price.ts";
import { costOf, findPrice } from "../prices.ts";
import { parseTarget } from "./target.ts";
import type { BedrockOptions } from "./types.ts";

type CostOptions = Pick<BedrockOptions, "prices" | "cacheTtl" | "serviceTier">;

/** The multiple of the price of input that writing to a cache for an hour costs. */
const HOUR_WRITE = 2;
/** The multiple of the price of the default tier. */
const TIERS = { flex: 0.5, priority: 1.75 } as const;

/** Returns the price of a model: the one of the settings, else that of the table for the cache and tier in use. */
export function priceInUse(model: string, capabilities: Capabilities, options: CostOptions): Price | null {
  const configured = findPrice(model, options.prices);
  if (configured || !capabilities.price) return configured ?? null;
  const { longContext, ...usual } = capabilities.price;
  const adjust = (price: TokenPrice) => adjustPrice(price, capabilities, options);
  return {
    ...adjust(usual),
    ...(longContext && { longContext: { above: longContext.above, ...adjust(longContext) } }),
  };
}

/** How the cost of a model is found. `estimated`: with the price of `family`. */
export type ModelCost =
  | { readonly status: "known" }
  | { readonly status: "estimated"; readonly family: string }
  | { readonly status: "unknown" };

/** @param name may contain a region (target.ts). */
export function findModelCost(
  name: string,
  { prices, modelFamily }: Pick<BedrockOptions, "prices" | "modelFamily">,
): ModelCost {
  const { model } = parseTarget(name, "");
  if (findPrice(model, prices) || capabilitiesOf(model, modelFamily).price) return { status: "known" };
  const dearest = findDearestOfVendor(model);
  return dearest ? { status: "estimated", family: dearest.family } : { status: "unknown" };
}

/** Returns the cost of a model without a price as that of the dearest one of its vendor, or of all. */
export function estimateCost(model: string, usage: Usage): number {
  return costOf(estimatePrice(model), usage) ?? 0;
}

function adjustPrice(
  price: TokenPrice,
  { cacheTtls, serviceTiers }: Capabilities,
  { cacheTtl, serviceTier }: CostOptions,
): TokenPrice {
  const cacheWrite =
    cacheTtl === "1h" && cacheTtls.includes("1h") ? price.input * HOUR_WRITE : price.cacheWrite;
  const tier = serviceTiers.find((name) => name === serviceTier);
  const factor = tier === undefined ? 1 : TIERS[tier];
  return {
    input: price.input * factor,
    output: price.output * factor,
    cacheRead: price.cacheRead * factor,
    cacheWrite: cacheWrite * factor,
  };
}
