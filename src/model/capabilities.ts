/** Looks up the capabilities of a model by its id, in the table of capabilities-table.ts. */
import type { Capabilities, Price } from "./capabilities-columns.ts";
import { priceOf, ROWS, type Row } from "./capabilities-table.ts";

export type { CachePointPosition, Capabilities, Price } from "./capabilities-columns.ts";

/** Used for unknown families: only features that every family accepts, and tools without streaming. */
const CONSERVATIVE_DEFAULTS: Capabilities = {
  family: "unknown",
  systemPrompt: true,
  streaming: true,
  tools: "non_streaming",
  toolChoice: [],
  stopSequences: false,
  images: false,
  documents: false,
  reasoning: "none",
  cachePoints: [],
  minCacheTokens: 0,
  sampling: "both",
  resultStatus: false,
  besideResults: false,
  prefill: false,
  profileRequired: false,
  contextTokens: 128_000,
  maxOutputTokens: 4096,
  price: null,
  retired: undefined,
};

/**
 * Returns the capabilities of a model id, inference profile or ARN; conservative defaults for an unknown family.
 * @param family a bare model id or a prefix of one, for an application profile, whose ARN does not name its model.
 */
export function capabilitiesOf(model: string, family?: string): Capabilities {
  const row = findRow(model) ?? (family === undefined ? undefined : findRow(family));
  if (!row) return CONSERVATIVE_DEFAULTS;
  const { prefix: _prefix, price: _price, ...rest } = row;
  return { ...CONSERVATIVE_DEFAULTS, ...rest, price: regionalPrice(model, row) };
}

export function isKnownFamily(model: string, family?: string): boolean {
  return capabilitiesOf(model, family) !== CONSERVATIVE_DEFAULTS;
}

/** Removes profile and ARN: `us.anthropic.x`, `arn:…/us.anthropic.x` and `anthropic.x` → `anthropic.x`. */
export function bareModelId(model: string): string {
  const name = model.startsWith("arn:") ? model.slice(model.lastIndexOf("/") + 1) : model;
  return name.replace(PROFILE_PREFIX, "");
}

export const PROFILE_PREFIX = /^(us-gov|us|eu|apac|jp|au|ca|sa|global)\./;

function findRow(model: string): Row | undefined {
  const bare = bareModelId(model);
  return ROWS.filter(({ prefix }) => bare.startsWith(prefix) && !isNewerVersion(bare, prefix)).sort(
    (a, b) => b.prefix.length - a.prefix.length,
  )[0];
}

/** Returns true for `claude-sonnet-4-7` with the prefix `claude-sonnet-4`; false for `claude-sonnet-4-20250514`. */
function isNewerVersion(bare: string, prefix: string): boolean {
  const rest = bare.slice(prefix.length);
  return prefix.startsWith("anthropic.") && /\d$/.test(prefix) && /^(\d|-\d{1,2}([-:]|$))/.test(rest);
}

/** Returns the price with the surcharge of 10 % that geographic profiles have since Claude 4.5. */
function regionalPrice(model: string, row: Row): Price | null {
  const price = priceOf(row);
  const hasSurcharge =
    /(^|\/)(eu|au|jp)\./.test(model) && /^Claude .* (4\.[5-9]|[5-9])$|^Claude \w+ 5$/.test(row.family);
  if (!price || !hasSurcharge) return price;
  return {
    input: price.input * 1.1,
    output: price.output * 1.1,
    cacheRead: price.cacheRead * 1.1,
    cacheWrite: price.cacheWrite * 1.1,
  };
}
