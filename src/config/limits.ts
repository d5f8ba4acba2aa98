/** Parses limits such as `10/minute, 2 turns, 100000 tokens/day, 5 USD/month`. */

export type LimitUnit = "second" | "minute" | "hour" | "day" | "month";

/** A number of requests per unit, as a token bucket: all at once, and then one after the other. */
export interface RateRule {
  readonly kind: "requests";
  readonly amount: number;
  readonly unit: Exclude<LimitUnit, "month">;
}

/** The number of turns that run at the same time. */
export interface TurnRule {
  readonly kind: "turns";
  readonly amount: number;
}

/** The tokens or US dollars of model calls per day or month of UTC. */
export interface BudgetRule {
  readonly kind: "tokens" | "usd";
  readonly amount: number;
  readonly unit: "day" | "month";
}

export type LimitRule = RateRule | TurnRule | BudgetRule;

const RATE_UNITS = ["second", "minute", "hour", "day"] as const;
const BUDGET_UNITS = ["day", "month"] as const;
const UNIT_MS: Readonly<Record<LimitUnit, number>> = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  month: 31 * 86_400_000,
};

/** The largest amount of each kind. More is a mistake, and the counters stay exact integers. */
const MAX_AMOUNTS: Readonly<Record<LimitRule["kind"], number>> = {
  requests: 1e9,
  turns: 1e6,
  tokens: 1e12,
  usd: 1e6,
};

const EXAMPLES = "limits such as 10/minute, 200/day, 2 turns, 100000 tokens/day and 5 USD/month";

/** Returns the milliseconds of a unit; a month has those of its longest form. */
export function unitMs(unit: LimitUnit): number {
  return UNIT_MS[unit];
}

/** Parses a list of limits, separated by commas. @throws Error whose message names the allowed values. */
export function parseLimits(text: string): readonly LimitRule[] {
  const rules = text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")
    .map(parseLimit);
  if (rules.length === 0) throw new Error(EXAMPLES);
  const names = rules.map(nameOf);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new Error(`one limit of ${repeated}; there are several`);
  return rules;
}

/** The settings of limits. */
export interface LimitSettings {
  readonly rateLimit: string | undefined;
  readonly callerLimits: readonly string[];
  readonly keyLimits: readonly string[];
  readonly organizationLimits: readonly string[];
  readonly addressLimits: readonly string[];
  readonly authFailureLimit: string;
  readonly serverLimits: readonly string[];
}

/** Returns the limits of each setting; those of `rateLimit` are limits of callers. @throws Error whose message names the setting */
export function readLimits(settings: LimitSettings) {
  const { rateLimit, callerLimits, keyLimits, organizationLimits, addressLimits, serverLimits } = settings;
  const { authFailureLimit } = settings;
  const read = (name: keyof LimitSettings, texts: readonly string[]) => {
    try {
      return texts.length === 0 ? [] : parseLimits(texts.join(","));
    } catch (error) {
      throw new Error(`${name}: ${JSON.stringify(texts.join(","))} is not ${messageOf(error)}`);
    }
  };
  return {
    caller: read("callerLimits", [...(rateLimit === undefined ? [] : [rateLimit]), ...callerLimits]),
    key: read("keyLimits", keyLimits),
    organization: read("organizationLimits", organizationLimits),
    address: read("addressLimits", addressLimits),
    server: read("serverLimits", serverLimits),
    failures: read("authFailureLimit", [authFailureLimit]),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Parses the requests of a list alone. @throws Error whose message names the allowed values. */
export function parseRates(text: string): readonly RateRule[] {
  const expected = "a rate such as 10/minute, 1/second, 100/hour or 200/day, or several: 10/minute,200/day";
  if (!/^[^a-z]*\/[^ ]/i.test(text.trim())) throw new Error(expected);
  const rules = parseLimits(text);
  return rules.map((rule) => {
    if (rule.kind !== "requests") throw new Error(expected);
    return rule;
  });
}

/** Returns a limit as text: `10/minute`, `2 turns`, `5 USD/day`. */
export function formatLimit(rule: LimitRule): string {
  switch (rule.kind) {
    case "requests":
      return `${rule.amount}/${rule.unit}`;
    case "turns":
      return `${rule.amount} ${rule.amount === 1 ? "turn" : "turns"}`;
    case "tokens":
      return `${rule.amount} tokens/${rule.unit}`;
    case "usd":
      return `${rule.amount} USD/${rule.unit}`;
  }
}

function parseLimit(entry: string): LimitRule {
  const [, number = "", word = "requests", unit] =
    /^(\d+(?:\.\d+)?)\s*(turns?|tokens?|usd|requests?)?\s*(?:\/\s*([a-z]+))?$/i.exec(entry) ?? [];
  const kind = kindOf(word);
  const amount = Number(number);
  if (number === "" || amount === 0) throw new Error(EXAMPLES);
  if (kind !== "usd" && !Number.isInteger(amount))
    throw new Error(`${EXAMPLES}: whole numbers, except of USD`);
  if (amount > MAX_AMOUNTS[kind]) throw new Error(`at most ${MAX_AMOUNTS[kind]} in ${JSON.stringify(entry)}`);
  if (kind === "turns") {
    if (unit === undefined) return { kind, amount };
    throw new Error("a number of turns that run at the same time, such as 2 turns, without a period");
  }
  if (kind === "requests") return { kind, amount, unit: chooseUnit(RATE_UNITS, unit) };
  return { kind, amount, unit: chooseUnit(BUDGET_UNITS, unit) };
}

function kindOf(word: string): LimitRule["kind"] {
  const lower = word.toLowerCase();
  if (lower.startsWith("turn")) return "turns";
  if (lower.startsWith("token")) return "tokens";
  return lower === "usd" ? "usd" : "requests";
}

function chooseUnit<const Unit extends LimitUnit>(units: readonly Unit[], text: string | undefined): Unit {
  const found = units.find((unit) => unit === text?.toLowerCase());
  if (found === undefined) throw new Error(`${EXAMPLES}; the period here is ${units.join(", ")}`);
  return found;
}

function nameOf(rule: LimitRule): string {
  return rule.kind === "turns" ? "turns" : `${rule.kind} per ${rule.unit}`;
}
