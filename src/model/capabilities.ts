/** Looks up the capabilities of a model by its id, in the table of capabilities-table.ts. */
import type { Capabilities, Geography } from "./capabilities-columns.ts";
import { ROWS, type Row } from "./capabilities-table.ts";
import { priceOf } from "./regional-price.ts";

export type { CachePointPosition, Capabilities, Price } from "./capabilities-columns.ts";

/**
 * Used for unknown families: what the newest models of all vendors accept. `--max-tokens` is not cut. The first
 * refusal corrects it (bedrock/learned-capabilities.ts).
 */
const CAREFUL_DEFAULTS: Capabilities = {
  family: "unknown",
  apis: ["converse"],
  endpoint: "runtime",
  mantlePaths: ["/v1", "/openai/v1"],
  systemPrompt: true,
  streaming: true,
  tools: "streaming",
  toolChoice: [],
  stopSequences: false,
  images: false,
  documents: false,
  reasoning: "none",
  reasoningOff: "omit",
  efforts: [],
  reasoningReplay: "none",
  dropsUnboundThinking: false,
  cachePoints: [],
  cacheTtls: [],
  minCacheTokens: 0,
  cacheBreakpoints: false,
  sampling: "both",
  resultStatus: false,
  besideResults: false,
  prefill: false,
  serviceTiers: ["flex", "priority"],
  profiles: [],
  profileRequired: false,
  contextTokens: 128_000,
  maxOutputTokens: 1_000_000,
  minOutputTokens: 1,
  omittedFields: [],
  price: null,
  legacySince: undefined,
  endOfLife: undefined,
  successor: undefined,
};

/**
 * Returns the capabilities of a model id, inference profile or ARN; careful defaults for an unknown family.
 * @param family a bare model id or a prefix of one, for an application profile, whose ARN does not name its model.
 */
export function capabilitiesOf(model: string, family?: string): Capabilities {
  // Clients choose models, so the number of ids has a limit.
  if (known.size > MAX_KNOWN) known.clear();
  return known.getOrInsertComputed(`${model} ${family ?? ""}`, () => readCapabilities(model, family));
}

/** What has been looked up, by model and family: a turn asks ten times, and a look-up reads the whole table. */
const known = new Map<string, Capabilities>();
const MAX_KNOWN = 1000;

function readCapabilities(model: string, family: string | undefined): Capabilities {
  const row = selectRow(model, family);
  if (!row) return CAREFUL_DEFAULTS;
  const {
    prefix: _prefix,
    catchAll = false,
    price: _price,
    regionalPrices: _regional,
    surcharge: _surcharge,
    longContext: _long,
    ...rest
  } = row;
  return {
    ...CAREFUL_DEFAULTS,
    ...rest,
    ...(catchAll && { maxOutputTokens: CAREFUL_DEFAULTS.maxOutputTokens }),
    price: priceOf(row, geographyOf(model) ?? geographyOf(family)),
  };
}

export function isKnownFamily(model: string, family?: string): boolean {
  return capabilitiesOf(model, family) !== CAREFUL_DEFAULTS;
}

/** Returns true for a model of a known family that has no row of its own: it is newer than the table, or misspelled. */
export function isNewerThanTable(model: string, family?: string): boolean {
  return selectRow(model, family)?.catchAll === true;
}

/** Removes profile and ARN: `us.anthropic.x`, `arn:…/us.anthropic.x` and `anthropic.x` → `anthropic.x`. */
export function bareModelId(model: string): string {
  const name = model.startsWith("arn:") ? model.slice(model.lastIndexOf("/") + 1) : model;
  return name.replace(PROFILE_PREFIX, "");
}

const VENDORS = [...new Set(ROWS.map(({ prefix }) => prefix.slice(0, prefix.indexOf("."))))];

/** The beginning of a profile: a known geography, or anything before a known vendor, such as a new geography. */
export const PROFILE_PREFIX = new RegExp(
  `^(?:(us-gov|us|eu|apac|jp|au|in|ca|sa|global)|[a-z-]+(?=\\.(?:${VENDORS.join("|")})\\.))\\.`,
);

/** Returns a known geography of a profile; undefined for other ids, and for an ARN that does not name its model. */
export function geographyOf(model = ""): Geography | undefined {
  const name = model.startsWith("arn:") ? model.slice(model.lastIndexOf("/") + 1) : model;
  return PROFILE_PREFIX.exec(name)?.[1] as Geography | undefined;
}

function selectRow(model: string, family: string | undefined): Row | undefined {
  return findRow(model) ?? (family === undefined ? undefined : findRow(family));
}

function findRow(model: string): Row | undefined {
  const bare = bareModelId(model);
  return ROWS.filter(({ prefix }) => bare.startsWith(prefix) && !isNewerVersion(bare, prefix)).sort(
    (a, b) => b.prefix.length - a.prefix.length,
  )[0];
}

/**
 * Returns true for `claude-sonnet-4-7` with the prefix `claude-sonnet-4`, and for `glm-5.9` with `glm-5`; false for
 * `claude-sonnet-4-20250514`.
 */
function isNewerVersion(bare: string, prefix: string): boolean {
  if (!/\d$/.test(prefix)) return false;
  const rest = bare.slice(prefix.length);
  return /^\.?\d/.test(rest) || (prefix.startsWith("anthropic.") && /^-\d{1,2}([-:]|$)/.test(rest));
}
