/** What one query may use. Each step of the engine is small, so looking between steps is enough. */
import { ExactInteger } from "./exact-integers.ts";

export class QueryLimitError extends Error {}

const MAX_LIST_LENGTH = 1_000_000;
const MAX_TEXT_LENGTH = 10_000_000;
/** Steps between two looks at the clock. */
const STEPS_PER_TIME_CHECK = 64;

export class QueryBudget {
  readonly #now: () => number;
  readonly #deadline: number;
  readonly #timeLimit: number;
  #steps = 0;

  /** `timeLimit` in milliseconds from now on. */
  constructor(now: () => number, timeLimit: number) {
    this.#now = now;
    this.#timeLimit = timeLimit;
    this.#deadline = now() + timeLimit;
  }

  /** @throws QueryLimit */
  countStep(): void {
    this.#steps += 1;
    if (this.#steps % STEPS_PER_TIME_CHECK === 0) this.#checkTime();
  }

  /** @throws QueryLimit when a value has grown beyond what any answer holds. */
  checkSize(value: unknown): void {
    if (Array.isArray(value)) {
      if (value.length > MAX_LIST_LENGTH)
        throw new QueryLimitError(`The expression makes a list of more than ${MAX_LIST_LENGTH} entries.`);
      // The next step may copy it: time spent on large lists shows at once.
      if (value.length > 10_000) this.#checkTime();
    } else if (typeof value === "string" && value.length > MAX_TEXT_LENGTH)
      throw tooLongError(MAX_TEXT_LENGTH);
  }

  /** Before a function that could make a text of any length out of short ones. @throws QueryLimit */
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
   * As JSON. A small expression can name the same part often enough to be endless once written out.
   * @throws QueryLimit
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
    if (this.#now() > this.#deadline)
      throw new QueryLimitError(`The expression takes longer than ${this.#timeLimit} ms. Make it simpler.`);
  }
}

function lengthOf(value: unknown): number {
  return typeof value === "string" ? value.length : 0;
}

function tooLongError(limit: number): QueryLimitError {
  return new QueryLimitError(
    `The expression makes more than ${limit} characters. Select fewer fields or records.`,
  );
}
