/** Evaluates the expressions of one turn within a budget of time that they share with its searches. */
import { MAX_INLINE_LENGTH } from "../workers/worker-pool.ts";
import { type QueryOutcome, tryQuery } from "./query.ts";
import { describeTimeLimit } from "./query-budget.ts";
import { readJson } from "./read-json.ts";
import { runTaskInWorker } from "./run-task.ts";

/** Milliseconds for all queries and searches of a turn together. */
const TURN_LIMIT_MS = 2000;
/** Milliseconds that one query may take. */
const QUERY_LIMIT_MS = 300;
/** Milliseconds that a query may take on the thread that serves people. */
const INLINE_LIMIT_MS = 10;

/** The outcome for a text that is no JSON. */
export const NOT_JSON = {
  outcome: "refused",
  problem: "The response is not a JSON list or object.",
} as const;

const BUDGET_USED = {
  outcome: "refused",
  problem: `The queries and searches of this turn have taken ${TURN_LIMIT_MS} ms together, which is the limit. Ask for less.`,
} as const;

export class TurnQueries {
  readonly #now: () => number;
  readonly #caller: string;
  #remainingMs = TURN_LIMIT_MS;

  /**
   * @param now milliseconds.
   * @param caller whose queries wait for each other.
   */
  constructor(now: () => number, caller: string) {
    this.#now = now;
    this.#caller = caller;
  }

  /** The milliseconds that a search may take. */
  get remainingMs(): number {
    return Math.max(INLINE_LIMIT_MS, this.#remainingMs);
  }

  /** Counts time that the turn has used. */
  spend(ms: number): void {
    this.#remainingMs -= ms;
  }

  /**
   * Evaluates an expression over a JSON text. A cheap one answers at once, a longer one is evaluated in a worker. Never rejects.
   * @param value what `readJson` returns for the text, if it was read already.
   */
  async evaluate(text: string, expression: string, value?: unknown): Promise<QueryOutcome> {
    const isInline = value !== undefined || text.length <= MAX_INLINE_LENGTH;
    if (isInline) {
      const read = value ?? readJson(text);
      if (read === undefined) return NOT_JSON;
      const startedAt = this.#now();
      const outcome = tryQuery(read, expression, { now: this.#now, timeLimit: INLINE_LIMIT_MS });
      this.spend(this.#now() - startedAt);
      if (outcome) return outcome;
    }
    const remaining = Math.min(QUERY_LIMIT_MS, Math.floor(this.#remainingMs));
    // A cheap query over a long text answers as well, whatever the turn has used.
    const timeLimit = isInline ? remaining : Math.max(INLINE_LIMIT_MS, remaining);
    if (timeLimit <= 0) return BUDGET_USED;
    // Reserved until it is known what was used, since the calls of a round run at the same time.
    this.spend(timeLimit);
    const done = await runTaskInWorker(
      { name: "query", text, input: { expression, timeLimit } },
      { caller: this.#caller, timeLimit },
    );
    if (done.outcome === "failed")
      return {
        outcome: "refused",
        problem: `The expression could not be evaluated: ${done.problem}. Simplify it.`,
      };
    const { outcome, spentMs } = done.output;
    this.spend(Math.min(spentMs, timeLimit) - timeLimit);
    if (outcome === undefined) return NOT_JSON;
    if (outcome.outcome === "ready") return { ...outcome, text: done.text };
    return timeLimit > remaining && outcome.problem === describeTimeLimit(timeLimit) ? BUDGET_USED : outcome;
  }
}
