/** Carries integers that a double would round through a query engine that is made for doubles. */

const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };

/** An integer that computes as the nearest double and serializes exactly. */
export class ExactInteger extends Number {
  readonly exact: bigint;

  constructor(exact: bigint) {
    super(exact);
    this.exact = exact;
  }

  toJSON(): unknown {
    return rawJson(this.exact.toString());
  }
}

/** Replaces every `bigint` in a JSON value by an {@link ExactInteger}, in place. */
export function boxBigInts(value: unknown): unknown {
  if (typeof value === "bigint") return new ExactInteger(value);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) value[index] = boxBigInts(value[index]);
  } else if (isObject(value)) {
    for (const key of Object.keys(value))
      if (Object(value[key]) === value[key] || typeof value[key] === "bigint")
        value[key] = boxBigInts(value[key]);
  }
  return value;
}

/** Compares two numbers exactly: negative, 0 or positive. Returns undefined unless both are numbers. */
export function compareNumbers(one: unknown, other: unknown): number | undefined {
  const [a, b] = [numericValue(one), numericValue(other)];
  if (a === undefined || b === undefined) return undefined;
  return a < b ? -1 : a > b ? 1 : 0;
}

function numericValue(value: unknown): number | bigint | undefined {
  if (value instanceof ExactInteger) return value.exact;
  return typeof value === "number" ? value : undefined;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof ExactInteger)
  );
}
