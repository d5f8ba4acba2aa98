/** Selects the limits of a request and the subjects whose counters they use. Pure. */
import { type LimitRule, type RateRule, unitMs } from "../../config/limits.ts";
import { networkOf } from "../client-address.ts";
import { hashShort } from "../short-hash.ts";
import type { CallerLimits, Charge, LimitScope, LimitTable, Spender } from "./types.ts";

/** How many times the limit of one browser all known browsers of an address may use together, for example the people of an office. */
const BROWSERS_PER_ADDRESS = 20;
/** The age in milliseconds from which a cookie counts on its own in a limit of concurrent turns. */
const TURNS_KNOWN_MS = 60_000;

interface Subject {
  readonly subject: string;
  readonly share: number;
}

/**
 * Returns everything that a request of a spender counts against.
 * @param own the limits of the caller's roles. A kind of limit that is in it replaces that of the table.
 * @param now a Unix time in milliseconds. A browser counts on its own once it is known.
 */
export function chargesFor(
  spender: Spender,
  table: LimitTable,
  own: CallerLimits,
  now: number,
): readonly Charge[] {
  const ownKinds = new Set(own.map(({ kind }) => kind));
  const callerRules = [...table.caller.filter(({ kind }) => !ownKinds.has(kind)), ...own];
  return [
    ...callerRules.flatMap((rule) =>
      callerSubjects(spender, knownAfterMs(rule), now).map(
        (subject): Charge => ({ scope: "caller", rule, ...subject }),
      ),
    ),
    ...chargesOf("key", table.key, keySubject(spender)),
    ...chargesOf("organization", table.organization, organizationSubject(spender)),
    ...chargesOf("address", table.address, addressSubject(spender)),
    ...chargesOf("server", table.server, "server"),
  ];
}

/**
 * Returns what a failed authentication counts against: the lowest rate of each period, with a counter of its own. So it takes
 * nothing from others at the address.
 */
export function failureCharges(
  address: string,
  { failures, address: rules }: LimitTable,
): readonly Charge<RateRule>[] {
  if (address === "") return [];
  const rates = [...failures, ...rules].filter((rule): rule is RateRule => rule.kind === "requests");
  const lowest = Map.groupBy(rates, ({ unit }) => unit)
    .values()
    .map((same) => same.reduce((low, rule) => (rule.amount < low.amount ? rule : low)));
  const subject = `failures:${networkOf(address)}`;
  return [...lowest].map((rule) => ({ scope: "address", rule, subject, share: 1 }));
}

function chargesOf(scope: LimitScope, rules: CallerLimits, subject: string | undefined): readonly Charge[] {
  return subject === undefined ? [] : rules.map((rule) => ({ scope, rule, subject, share: 1 }));
}

function keySubject({ caller: { identity } }: Spender): string | undefined {
  if (identity?.keyName === undefined) return undefined;
  const { keyName, organization } = identity;
  return organization === undefined ? `key:${keyName}` : `key:${hashShort(organization)}:${keyName}`;
}

function organizationSubject({ caller: { identity } }: Spender): string | undefined {
  return identity?.organization === undefined
    ? undefined
    : `organization:${hashShort(identity.organization)}`;
}

function addressSubject({ address }: Spender): string | undefined {
  return address === "" ? undefined : `address:${networkOf(address)}`;
}

/**
 * Returns the subjects of a caller. An authenticated user, a signed token and an embedding application have their own. Everyone
 * else counts as the network of the address, and so does a browser until it is known for as long as the limit's period: cookies
 * are free, so a new one gives no fresh amount. A known browser has a counter of its own, and shares a larger one with the other
 * known browsers of its network.
 */
function callerSubjects(
  { caller: { id, kind, issuedAt }, address }: Spender,
  knownMs: number,
  now: number,
): readonly Subject[] {
  const own = { subject: `caller:${id}`, share: 1 };
  if (kind === "user" || kind === "token" || kind === "host" || kind === "terminal") return [own];
  const network = networkOf(address);
  if (issuedAt === undefined || now - issuedAt < knownMs)
    return [{ subject: `network:${network}`, share: 1 }];
  return [own, { subject: `browsers:${network}`, share: BROWSERS_PER_ADDRESS }];
}

function knownAfterMs(rule: LimitRule): number {
  return rule.kind === "turns" ? TURNS_KNOWN_MS : unitMs(rule.unit);
}
