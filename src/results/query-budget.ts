/** What one query may use. Each step of the engine is small, so looking between steps is enough. */
import { ExactInteger } from "./exact-integers.ts";

export class QueryLimit extends Error {}

const LONGEST_LIST = 1_000_000;
const LONGEST_TEXT = 10_000_000;
/** Steps between two looks at the clock. */
const STRIDE = 64;

export class Budget {
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
  step(): void {
    this.#steps += 1;
    if (this.#steps % STRIDE === 0) this.#checkTime();
  }

  /** @throws QueryLimit when a value has grown beyond what any answer holds. */
  check(value: unknown): void {
    if (Array.isArray(value)) {
      if (value.length > LONGEST_LIST)
        throw new QueryLimit(`The expression makes a list of more than ${LONGEST_LIST} entries.`);
      // The next step may copy it: time spent on large lists shows at once.
      if (value.length > 10_000) this.#checkTime();
    } else if (typeof value === "string" && value.length > LONGEST_TEXT) throw tooLong(LONGEST_TEXT);
  }

  /** Before a function that could make a text of any length out of short ones. @throws QueryLimit */
  checkCall(name: string, values: readonly unknown[]): void {
    const [first, second, third] = values;
    if (/^pad_/.test(name) && Number(second) > 10_000) throw tooLong(10_000);
    if (
      name === "replace" &&
      typeof first === "string" &&
      lengthOf(third) * (first.length + 1) > LONGEST_TEXT
    )
      throw tooLong(LONGEST_TEXT);
    if (name === "join" && Array.isArray(second)) {
      const size = second.reduce<number>((sum, part) => sum + lengthOf(part) + lengthOf(first), 0);
      if (size > LONGEST_TEXT) throw tooLong(LONGEST_TEXT);
    }
    if (name === "split" && lengthOf(first) > LONGEST_LIST) throw tooLong(LONGEST_LIST);
  }

  /**
   * As JSON. A small expression can name the same part often enough to be endless once written out.
   * @throws QueryLimit
   */
  write(value: unknown, limit: number): string {
    let size = 0;
    const text = JSON.stringify(value, (key, part: unknown) => {
      size += key.length + (typeof part === "string" ? part.length : 4);
      if (size > limit) throw tooLong(limit);
      this.step();
      return typeof part === "bigint" ? new ExactInteger(part) : part;
    });
    return text ?? "null";
  }

  #checkTime(): void {
    if (this.#now() > this.#deadline)
      throw new QueryLimit(`The expression takes longer than ${this.#timeLimit} ms. Make it simpler.`);
  }
}

function lengthOf(value: unknown): number {
  return typeof value === "string" ? value.length : 0;
}

function tooLong(limit: number): QueryLimit {
  return new QueryLimit(
    `The expression makes more than ${limit} characters. Select fewer fields or records.`,
  );
}
