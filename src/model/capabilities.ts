/** What a model can do, looked up by its id. The table: capabilities-table.ts. */
import type { Capabilities, Price } from "./capabilities-columns.ts";
import { priceOf, ROWS, type Row } from "./capabilities-table.ts";

export type { CachePointPosition, Capabilities, Price } from "./capabilities-columns.ts";

/** Nothing that any family refuses, and tools in the one way that works wherever there are tools. */
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
  prefill: false,
  profileRequired: false,
  contextTokens: 128_000,
  maxOutputTokens: 4096,
  price: null,
  retired: undefined,
};

/**
 * The capabilities behind a model id, geographic or global profile, or ARN. `family` (a bare model id or its beginning)
 * speaks for an application profile, whose ARN names no model. Always answers; an unknown family carefully.
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

/** `us.anthropic.x`, `arn:…/us.anthropic.x` and `anthropic.x` → `anthropic.x`. */
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

/** `claude-sonnet-4-7` begins like `claude-sonnet-4` and is another model; `claude-sonnet-4-20250514` is that one. */
function isNewerVersion(bare: string, prefix: string): boolean {
  const rest = bare.slice(prefix.length);
  return prefix.startsWith("anthropic.") && /\d$/.test(prefix) && /^(\d|-\d{1,2}([-:]|$))/.test(rest);
}

/** Since Claude 4.5 the profiles of one geography cost a tenth more than the global one. */
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
