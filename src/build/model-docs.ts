/** Formats the model families as tables of the manual and the README. */
import { type Capabilities, capabilitiesOf } from "../model/capabilities.ts";
import { ROWS, type Row } from "../model/capabilities-table.ts";

const FAMILIES: readonly (Capabilities & Pick<Row, "prefix" | "catchAll">)[] = ROWS.map(
  ({ prefix, catchAll, surcharge }) => ({
    prefix,
    ...(catchAll && { catchAll }),
    ...capabilitiesOf(surcharge === true ? `global.${prefix}` : prefix),
  }),
);

/** Returns one row for each family, in the order of the capabilities table. */
export function formatModelsTable(): string {
  return formatTable(
    [
      "family",
      "model id begins with",
      "API",
      "tools",
      "images",
      "documents",
      "reasoning",
      "prompt cache",
      "context",
      "price in / out",
      "profiles",
      "end of life",
    ],
    FAMILIES.map((known) => [
      known.family,
      `\`${known.prefix}\``,
      apiOf(known),
      known.tools,
      formatFlag(known.images),
      formatFlag(known.documents),
      formatReasoning(known),
      formatFlag(known.cachePoints.length > 0 || known.cacheBreakpoints),
      known.contextTokens.toLocaleString("en-US"),
      known.price === null ? "" : `${known.price.input} / ${known.price.output}`,
      known.profiles.join(" "),
      known.endOfLife ?? "",
    ]),
  );
}

/** Returns one row for each API, with the current families that are reached by it. */
export function formatModelApisTable(): string {
  const current = FAMILIES.filter(({ endOfLife, catchAll }) => endOfLife === undefined && !catchAll);
  const groups = Map.groupBy(current, apiOf);
  return formatTable(
    ["reached by", "models"],
    API_NAMES.map((api) => [
      api,
      [...new Set((groups.get(api) ?? []).map(({ family }) => family))].join(", "),
    ]),
  );
}

const API_NAMES = [
  "Converse",
  "Responses, bedrock-runtime",
  "Responses, bedrock-mantle",
  "not supported",
] as const;

function apiOf({ apis, endpoint }: Capabilities): (typeof API_NAMES)[number] {
  const [api] = apis;
  if (api === undefined) return "not supported";
  return api === "converse" ? "Converse" : `Responses, bedrock-${endpoint}`;
}

function formatReasoning({ reasoning, reasoningOff }: Capabilities): string {
  if (reasoning === "none") return "";
  return reasoningOff === "impossible" ? "always" : "yes";
}

function formatFlag(isSupported: boolean): string {
  return isSupported ? "yes" : "";
}

function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
