/** The overview of usage that administrators see on the page, collected in one pass over the sessions. */
import { readFacts, type UsageSource } from "./facts.ts";
import { addFigures, NO_FIGURES } from "./figures.ts";
import { TopList } from "./top-list.ts";
import type { UsageDays, UsageFact, UsageFigures, UsageGroup } from "./types.ts";

/** Rows of each list. */
const MAX_ROWS = 25;

export type OverviewRow = Readonly<UsageFigures> & { readonly name: string };

/** Failed calls of an operation with the same outcome. */
export interface FailureRow {
  readonly operation: string;
  /** The HTTP status, or why nothing was sent; `no response` when there was neither. */
  readonly outcome: string;
  readonly calls: number;
  readonly lastAt: string;
}

export interface SlowCall {
  readonly operation: string;
  readonly session: string;
  readonly at: string;
  readonly seconds: number;
  readonly status: "ok" | "failed";
}

export interface RatedReply {
  readonly session: string;
  readonly user: string;
  readonly model: string;
  readonly at: string;
  readonly rating: "up" | "down";
  /** Undefined when there is none, or the reader may not see texts of users. */
  readonly note?: string | undefined;
}

/** The lists have at most {@link MAX_ROWS} rows, the most important first; days are in order and complete. */
export interface UsageOverview {
  readonly total: Readonly<UsageFigures>;
  readonly days: readonly OverviewRow[];
  readonly operations: readonly OverviewRow[];
  readonly models: readonly OverviewRow[];
  readonly organizations: readonly OverviewRow[];
  readonly users: readonly OverviewRow[];
  readonly failures: readonly FailureRow[];
  readonly slowCalls: readonly SlowCall[];
  readonly feedback: readonly RatedReply[];
}

/** Adds up figures by one key. */
class Grouping {
  readonly #nameOf: (keys: UsageFact["keys"]) => string;
  readonly #groups = new Map<string, UsageFigures>();

  constructor(nameOf: (keys: UsageFact["keys"]) => string) {
    this.#nameOf = nameOf;
  }

  add({ keys, figures }: UsageFact): void {
    const name = this.#nameOf(keys);
    if (name === "") return;
    addFigures(
      this.#groups.getOrInsertComputed(name, () => ({ ...NO_FIGURES })),
      figures,
    );
  }

  get rows(): readonly OverviewRow[] {
    return [...this.#groups].map(([name, figures]) => ({ name, ...figures }));
  }

  /** Returns the groups with the largest weights. */
  largest(weigh: (row: OverviewRow) => number): readonly OverviewRow[] {
    return this.rows.toSorted((a, b) => weigh(b) - weigh(a)).slice(0, MAX_ROWS);
  }
}

const by = (key: UsageGroup) => new Grouping((keys) => keys[key]);

/** @param hasNotes includes the notes that users wrote. @throws AppError `store_unavailable` */
export async function collectOverview(
  source: UsageSource,
  period: UsageDays,
  hasNotes: boolean,
): Promise<UsageOverview> {
  const total: UsageFigures = { ...NO_FIGURES };
  const [days, operations, models, organizations] = [
    by("day"),
    by("operation"),
    by("model"),
    by("organization"),
  ];
  // Without authentication, callers have no names.
  const users = new Grouping(({ user, caller }) => user || caller);
  const failures = new Map<string, FailureRow>();
  const slowCalls = new TopList<SlowCall>(MAX_ROWS, ({ seconds }) => seconds);
  const feedback = new TopList<RatedReply>(MAX_ROWS, ({ at }) => Date.parse(at));
  for await (const fact of readFacts(source, period)) {
    addFigures(total, fact.figures);
    for (const grouping of [days, operations, models, organizations, users]) grouping.add(fact);
    if (fact.result) {
      slowCalls.add(describeCall(fact, fact.result));
      if (fact.result.status === "failed") addFailure(failures, fact, fact.result);
    }
    if (fact.feedback) feedback.add(describeFeedback(fact, fact.feedback, hasNotes));
  }
  return {
    total,
    days: days.rows.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    operations: operations.largest(({ toolCalls }) => toolCalls),
    models: models.largest(weighCost),
    organizations: organizations.largest(weighCost),
    users: users.largest(weighCost),
    failures: [...failures.values()].toSorted((a, b) => b.calls - a.calls).slice(0, MAX_ROWS),
    slowCalls: slowCalls.entries,
    feedback: feedback.entries,
  };
}

/** An unknown cost may be large. */
function weighCost({ costUsd, turns }: OverviewRow): number {
  return (costUsd ?? 1e9) + turns / 1e9;
}

type Result = NonNullable<UsageFact["result"]>;

function describeCall({ keys, session, at }: UsageFact, { status, durationMs }: Result): SlowCall {
  return { operation: keys.operation, session, at, seconds: durationMs / 1000, status };
}

function addFailure(failures: Map<string, FailureRow>, { keys, at }: UsageFact, result: Result): void {
  const { operation } = keys;
  const outcome = String(result.httpStatus ?? result.refused ?? "no response");
  const key = JSON.stringify([operation, outcome]);
  const known = failures.get(key);
  const lastAt = known !== undefined && known.lastAt > at ? known.lastAt : at;
  failures.set(key, { operation, outcome, calls: (known?.calls ?? 0) + 1, lastAt });
}

function describeFeedback(
  { keys, session }: UsageFact,
  { rating, note, at }: NonNullable<UsageFact["feedback"]>,
  hasNotes: boolean,
): RatedReply {
  const user = keys.user || keys.caller;
  return { session, user, model: keys.model, at, rating, ...(hasNotes && { note }) };
}
