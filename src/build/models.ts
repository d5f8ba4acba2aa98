/**
 * `bun src/build/models.ts FILE` compares the capabilities table with a dump of models and prints what differs. FILE is
 * JSON, or a module that exports it, in the form of models.dev or of the npm package @earendil-works/pi-ai.
 */
import { resolve } from "node:path";
import { type Capabilities, capabilitiesOf, isKnownFamily, isNewerThanTable } from "../model/capabilities.ts";
import type { TokenPrice } from "../model/capabilities-columns.ts";
import { ROWS } from "../model/capabilities-table.ts";

/** One model of a dump. Prices are USD per million tokens; 0 for a cache that does not exist. */
interface DumpedModel {
  readonly id: string;
  readonly contextTokens: number | undefined;
  readonly maxOutputTokens: number | undefined;
  readonly images: boolean;
  readonly price: TokenPrice;
  readonly longContext: (TokenPrice & { readonly above: number }) | undefined;
}

type Json = Readonly<Record<string, unknown>>;

/** Returns one line for each difference, and for each row that no id of the dump belongs to. */
export function compareModels(dump: unknown): readonly string[] {
  const bedrock = isRecord(dump) && isRecord(dump["amazon-bedrock"]) ? dump["amazon-bedrock"] : dump;
  const models = findModels(bedrock).sort((a, b) => a.id.localeCompare(b.id));
  const families = new Set(models.map(({ id }) => capabilitiesOf(id).family));
  const missing = ROWS.filter(
    ({ family, endOfLife, catchAll }) => !families.has(family) && endOfLife === undefined && !catchAll,
  );
  return [
    ...models.flatMap((model) => describeDifferences(model).map((text) => `${model.id}: ${text}`)),
    ...missing.map(({ prefix, family }) => `${prefix}: ${family} is not in the file`),
  ];
}

function describeDifferences(model: DumpedModel): readonly string[] {
  const known = capabilitiesOf(model.id);
  if (!isKnownFamily(model.id) || isNewerThanTable(model.id)) return [`no row; ${formatPrice(model.price)}`];
  const differences = [
    compare("context", known.contextTokens, model.contextTokens),
    compare("output", known.maxOutputTokens, model.maxOutputTokens),
    compare("images", known.images, model.images),
    comparePrice("price", known.price ?? undefined, model.price, known),
    comparePrice("price of long calls", known.price?.longContext, model.longContext, known),
    compare("long calls", known.price?.longContext?.above, model.longContext?.above),
    known.endOfLife === undefined ? undefined : `the table has the end of life ${known.endOfLife}`,
  ];
  return differences.filter((text) => text !== undefined);
}

function compare(name: string, ours: unknown, theirs: unknown): string | undefined {
  return ours === theirs ? undefined : `${name} ${ours ?? "none"}, in the file ${theirs ?? "none"}`;
}

function comparePrice(
  name: string,
  ours: TokenPrice | undefined,
  theirs: TokenPrice | undefined,
  { cachePoints, cacheBreakpoints }: Capabilities,
): string | undefined {
  if (!ours || !theirs) return compare(name, ours && formatPrice(ours), theirs && formatPrice(theirs));
  // A dump has the price 0 for a model without a cache.
  const hasCache = cachePoints.length > 0 || cacheBreakpoints || theirs.cacheRead > 0;
  const cost = ({ input, output, cacheRead, cacheWrite }: TokenPrice) =>
    hasCache ? [input, output, cacheRead, cacheWrite] : [input, output];
  const [a, b] = [cost(ours), cost(theirs)];
  const isEqual = a.every((usd, index) => Math.abs(usd - (b[index] ?? 0)) < 1e-6);
  return isEqual ? undefined : `${name} ${a.join("/")}, in the file ${b.join("/")}`;
}

function formatPrice({ input, output, cacheRead, cacheWrite }: TokenPrice): string {
  return [input, output, cacheRead, cacheWrite].join("/");
}

/** Finds the models at any depth: objects with an id and a cost. */
function findModels(value: unknown): DumpedModel[] {
  if (!isRecord(value)) return [];
  const { id, cost } = value;
  if (typeof id === "string" && isRecord(cost)) return [readModel(id, cost, value)];
  return Object.values(value).flatMap(findModels);
}

function readModel(id: string, cost: Json, model: Json): DumpedModel {
  const { limit, modalities } = model;
  const limits = isRecord(limit) ? limit : {};
  const input = isRecord(modalities) ? modalities.input : model.input;
  const tier: unknown = Array.isArray(cost.tiers) ? cost.tiers[0] : undefined;
  return {
    id,
    contextTokens: numberOf(model.contextWindow ?? limits.context),
    maxOutputTokens: numberOf(model.maxTokens ?? limits.output),
    images: Array.isArray(input) && input.includes("image"),
    price: readPrice(cost),
    longContext: isRecord(tier)
      ? { above: numberOf(tier.inputTokensAbove) ?? 0, ...readPrice(tier) }
      : undefined,
  };
}

function readPrice(cost: Json): TokenPrice {
  return {
    input: numberOf(cost.input) ?? 0,
    output: numberOf(cost.output) ?? 0,
    cacheRead: numberOf(cost.cacheRead ?? cost.cache_read) ?? 0,
    cacheWrite: numberOf(cost.cacheWrite ?? cost.cache_write) ?? 0,
  };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

if (import.meta.main) {
  const [file] = process.argv.slice(2);
  if (file === undefined) {
    process.stderr.write("Usage: bun src/build/models.ts FILE\n");
    process.exitCode = 2;
  } else {
    const module: Json = await import(resolve(file));
    const lines = compareModels(module.default ?? { ...module });
    process.stdout.write(`${[...lines, `${lines.length} differences`].join("\n")}\n`);
  }
}
