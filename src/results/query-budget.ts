/** Limits the time and size of one query. Each step of the engine is small, so checks between steps are enough. */
import { ExactInteger } from "./exact-integers.ts";

export class QueryLimitError extends Error {}

/** The time of a query is up. */
export class QueryTimeError extends QueryLimitError {}

/** @param timeLimit milliseconds. */
export function describeTimeLimit(timeLimit: number): string {
  return `The expression takes longer than ${timeLimit} ms. Simplify it.`;
}

const MAX_LIST_LENGTH = 1_000_000;
const MAX_TEXT_LENGTH = 10_000_000;
/** The number of steps between two time checks. */
const STEPS_PER_TIME_CHECK = 64;

export class QueryBudget {
  readonly #now: () => number;
  readonly #deadline: number;
  readonly #timeLimit: number;
  #steps = 0;

  /** @param timeLimit milliseconds from now. */
  constructor(now: () => number, timeLimit: number) {
    this.#now = now;
    this.#timeLimit = timeLimit;
    this.#deadline = now() + timeLimit;
  }

  /** @throws QueryLimitError */
  countStep(): void {
    this.#steps += 1;
    if (this.#steps % STEPS_PER_TIME_CHECK === 0) this.#checkTime();
  }

  /** @throws QueryLimitError when a value has grown too large. */
  checkSize(value: unknown): void {
    if (Array.isArray(value)) {
      if (value.length > MAX_LIST_LENGTH)
        throw new QueryLimitError(`The expression produces a list of more than ${MAX_LIST_LENGTH} entries.`);
      // The next step may copy a large list, so the time is checked at once.
      if (value.length > 10_000) this.#checkTime();
    } else if (typeof value === "string" && value.length > MAX_TEXT_LENGTH)
      throw tooLongError(MAX_TEXT_LENGTH);
  }

  /**
   * Checks the arguments of a function that can produce a long text from short ones.
   * @throws QueryLimitError
   */
  checkCall(name: string, values: readonly unknown[]): void {
    const [first, second, third] = values;
    if (/^pad_/.test(name) && Number(second) > 10_000) throw tooLongError(10_000);
    if (
      name === "replace" &&
      typeof first === "string" &&
      lengthOf(third) * (first.length + 1) > MAX_TEXT_LENGTH
    )
      throw tooLongError(MAX_TEXT_LENGTH);
    if (name === "join" && Array.isArray(second)) {
      const size = second.reduce<number>((sum, part) => sum + lengthOf(part) + lengthOf(first), 0);
      if (size > MAX_TEXT_LENGTH) throw tooLongError(MAX_TEXT_LENGTH);
    }
    if (name === "split" && lengthOf(first) > MAX_LIST_LENGTH) throw tooLongError(MAX_LIST_LENGTH);
  }

  /**
   * Serializes a value as JSON. A small expression can repeat a part so often that its JSON would never end.
   * @throws QueryLimitError when the text would exceed `limit` characters.
   */
  serialize(value: unknown, limit: number): string {
    let size = 0;
    const text = JSON.stringify(value, (key, part: unknown) => {
      size += key.length + (typeof part === "string" ? part.length : 4);
      if (size > limit) throw tooLongError(limit);
      this.countStep();
      return typeof part === "bigint" ? new ExactInteger(part) : part;
    });
    return text ?? "null";
  }

  #checkTime(): void {
    if (this.#now() > this.#deadline) throw new QueryTimeError(describeTimeLimit(this.#timeLimit));
  }
}

function lengthOf(value: unknown): number {
  return typeof value === "string" ? value.length : 0;
}

function tooLongError(limit: number): QueryLimitError {
  return new QueryLimitError(
    `The expression produces more than ${limit} characters. Select fewer fields or records.`,
  );
}
