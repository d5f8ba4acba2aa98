/** The types of limits: whom they apply to, what counts against them, and where the counts are kept. */
import type { BudgetRule, LimitRule, LimitUnit } from "../../config/limits.ts";
import type { AppError } from "../../errors.ts";
import type { Caller } from "../types.ts";

/** The limits of a caller, for example of a role. A kind of limit that is in the list replaces that of `--caller-limits`. */
export type CallerLimits = readonly LimitRule[];

/** Whom a limit applies to. */
export type LimitScope = "caller" | "key" | "organization" | "address" | "server";

/** The limits of the settings. `failures`: of failed authentications of an address. */
export type LimitTable = Readonly<Record<LimitScope | "failures", CallerLimits>>;

export type LimitKind = LimitRule["kind"];

/** Who a request or a turn counts against. */
export interface Spender {
  readonly caller: Caller;
  /** The network address of the client; empty when it is unknown. */
  readonly address: string;
}

/** One limit of a spender, with the counter that it is compared with. */
export interface Charge<Rule extends LimitRule = LimitRule> {
  readonly scope: LimitScope;
  readonly rule: Rule;
  /** The subject whose counter is used. */
  readonly subject: string;
  /** How many times the amount of the rule the counter holds. */
  readonly share: number;
}

/** The state of a limit after a request. Times are Unix times in milliseconds. */
export interface LimitState {
  readonly scope: LimitScope;
  readonly kind: LimitKind;
  readonly limit: number;
  /** Undefined for concurrent turns. */
  readonly unit?: LimitUnit;
  /** Requests, tokens or US dollars. Undefined for concurrent turns. */
  readonly remaining?: number;
  /** When the whole amount is available again. */
  readonly resetsAt?: number;
}

/** Tokens and millionths of a US dollar. Both are whole numbers, so that sums are exact. */
export interface UsageAmount {
  readonly tokens: number;
  readonly microUsd: number;
}

/** A token bucket: `capacity` requests at once, which return evenly within `periodMs`. */
export interface TokenBucket {
  readonly key: string;
  readonly capacity: number;
  readonly periodMs: number;
}

/** A bucket after an attempt. `waitMs` is 0 when it had a token. */
export interface BucketLevel {
  readonly tokens: number;
  readonly waitMs: number;
}

/** Holds token buckets. */
export interface RateBuckets {
  /** Takes one token of every bucket, or none when one of them is empty. Atomic, also over processes that share the buckets. */
  take(buckets: readonly TokenBucket[]): Promise<readonly BucketLevel[]>;
}

/** A counter of model usage: of one subject in one day (`2026-11-29`) or month (`2026-11`) of UTC. */
export interface UsageKey {
  readonly period: string;
  readonly subject: string;
}

/** Counts the model usage of subjects. Counters of past periods disappear by themselves. */
export interface UsageCounters {
  read(keys: readonly UsageKey[]): Promise<readonly UsageAmount[]>;
  /** Adds to each counter and returns the sums. Each addition is atomic. A negative amount takes back. */
  add(keys: readonly UsageKey[], amount: UsageAmount): Promise<readonly UsageAmount[]>;
}

/** A limit of turns that run at the same time. */
export interface TurnSlots {
  readonly subject: string;
  readonly max: number;
}

/** Counts the turns that run. A process that ends without releasing its turns holds them for a minute at most. */
export interface RunningTurns {
  /** Counts a turn for every subject, or for none: then it returns the index of a subject that has `max` turns. */
  acquire(turn: string, slots: readonly TurnSlots[]): Promise<number | undefined>;
  /** Never rejects. */
  release(turn: string, subjects: readonly string[]): Promise<void>;
}

/** The places of counters that several processes or a restart share. An absent one is kept in memory. */
export interface LimitStores {
  readonly buckets?: RateBuckets;
  readonly usage?: UsageCounters;
  readonly turns?: RunningTurns;
}

/** A limit that refused a request, for metrics and audit. */
export interface Refusal {
  readonly scope: LimitScope;
  readonly kind: LimitKind;
  /** The limit as text, such as `10/minute`. */
  readonly limit: string;
}

/** A budget of which 80 % are used. */
export interface BudgetWarning {
  readonly scope: LimitScope;
  readonly rule: BudgetRule;
  readonly used: number;
  readonly message: string;
}

/** The budgets that the model calls of one turn count against. */
export interface TurnBudget {
  /** Reserves a model call. Returns the error that ends the turn when a budget is used up. */
  reserve(estimate: UsageAmount): Promise<AppError | undefined>;
  /** Replaces the reservation by what the call used. */
  settle(spent: UsageAmount): Promise<void>;
}

/** A turn that may run. */
export interface TurnPermit {
  /**
   * Returns the budgets of the turn; undefined when there is none.
   * @param onWarning receives the warning that 80 % of a budget are used, except that of the server.
   */
  openBudget(onWarning: (warning: BudgetWarning) => void): TurnBudget | undefined;
  /** Ends the turn. Never rejects. */
  release(): Promise<void>;
}

/** Applies the limits of a server. */
export interface Limiter {
  /**
   * Counts a request.
   * @param usesModel whether the request starts a turn, so that budgets can refuse it.
   * @param report receives the states of the limits of the spender, also before the error.
   * @throws AppError `rate_limited` or `budget_exceeded`
   */
  admit(
    spender: Spender,
    usesModel: boolean,
    report?: (states: readonly LimitState[]) => void,
  ): Promise<void>;
  /**
   * Starts a turn.
   * @param isResumed whether the turn was admitted before, so that no limit of turns refuses it.
   * @throws AppError `rate_limited`
   */
  startTurn(spender: Spender, isResumed?: boolean): Promise<TurnPermit>;
  /**
   * Counts a failed authentication of a network address.
   * @throws AppError `rate_limited` when there were too many
   */
  countFailure(address: string): Promise<void>;
  /** Counts model calls outside of turns. Never rejects. */
  recordUsage(spender: Spender, spent: UsageAmount): Promise<void>;
  /** Replaces the limits of the settings. Counters go on; a turn that runs keeps the limits of its start. */
  replace(table: LimitTable): void;
}
