/** Orders the values that a JMESPath expression compares: numbers, and texts by code point as the AWS CLI does. Pure. */
import { compareNumbers, ExactInteger } from "./exact-integers.ts";

export type Ordering =
  /** `order` is negative, 0 or positive. `misleads` is true for texts of digits that have another order as numbers. */
  | { readonly outcome: "ordered"; readonly order: number; readonly misleads: boolean }
  /** One value is null or missing. */
  | { readonly outcome: "missing" }
  /** The types have no order. */
  | { readonly outcome: "unordered" };

const NUMBER_TEXT = /^\s*-?\d+(\.\d+)?(e[+-]?\d+)?\s*$/i;

/** Compares two values. A text that is a number is compared with a number as that number. */
export function orderValues(one: unknown, other: unknown): Ordering {
  if (one === null || one === undefined || other === null || other === undefined)
    return { outcome: "missing" };
  if (typeof one === "string" && typeof other === "string") {
    const order = compareTexts(one, other);
    const numeric = compareNumbers(readNumber(one), readNumber(other));
    return { outcome: "ordered", order, misleads: numeric !== undefined && numeric * order < 0 };
  }
  const order = compareNumbers(readNumber(one), readNumber(other));
  return order === undefined ? { outcome: "unordered" } : { outcome: "ordered", order, misleads: false };
}

/** Returns a number, or the number that a text holds. Undefined for anything else. */
function readNumber(value: unknown): unknown {
  if (typeof value !== "string") return value;
  if (!NUMBER_TEXT.test(value)) return undefined;
  const number = Number(value);
  if (!/^\s*-?\d+\s*$/.test(value) || Number.isSafeInteger(number)) return number;
  return new ExactInteger(BigInt(value.trim()));
}

/** Compares by code point. UTF-16 units above the surrogates would otherwise follow them. */
function compareTexts(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index++) {
    const [a, b] = [one.charCodeAt(index), other.charCodeAt(index)];
    if (a === b) continue;
    const areSurrogates = a >= 0xd800 && b >= 0xd800;
    return areSurrogates ? (one.codePointAt(index) ?? 0) - (other.codePointAt(index) ?? 0) : a - b;
  }
  return one.length - other.length;
}

/** An entry of a list and the key that orders it. */
export interface KeyedEntry {
  readonly entry: unknown;
  readonly key: unknown;
}

export interface KeyOrder {
  readonly compare: (one: KeyedEntry, other: KeyedEntry) => number;
  /** Returns whether all keys are texts of digits that have another order as numbers. */
  readonly misleads: () => boolean;
}

/**
 * Returns the order of entries by their keys.
 * @param name the function of the expression, for the message.
 * @throws Error when the keys are neither all numbers nor all texts.
 */
export function createKeyOrder(name: string, entries: readonly KeyedEntry[]): KeyOrder {
  const areTexts = entries.every(({ key }) => typeof key === "string");
  const areNumbers = entries.every(({ key }) => compareNumbers(readNumber(key), 0) !== undefined);
  if (!areTexts && !areNumbers) throw new Error(describeMixedKeys(name, entries));
  let misleads = false;
  return {
    compare(one, other) {
      const ordering = orderValues(one.key, other.key);
      if (ordering.outcome !== "ordered") return 0;
      misleads ||= ordering.misleads;
      return ordering.order;
    },
    // Texts that are only partly numbers, such as house numbers, are ordered as texts on purpose.
    misleads: () => misleads && areNumbers,
  };
}

function describeMixedKeys(name: string, entries: readonly KeyedEntry[]): string {
  const examples = new Map<string, { count: number; example: unknown }>();
  for (const { key } of entries) {
    const type = typeName(key);
    const known = examples.get(type);
    if (known) known.count += 1;
    else examples.set(type, { count: 1, example: key });
  }
  const parts = [...examples].map(([type, { count, example }]) =>
    type === "null" ? `${count} × null` : `${count} × ${type} (such as ${formatValue(example)})`,
  );
  return `${name}() cannot order these values, which must be all numbers or all texts: ${parts.join(", ")}. Select records with one type first, for example with [?field], or convert the values with to_number() or to_string().`;
}

export function typeName(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "list";
  if (value instanceof ExactInteger) return "number";
  return typeof value === "string" ? "text" : typeof value;
}

/** Returns a value as short JSON. */
export function formatValue(value: unknown): string {
  const text = JSON.stringify(value) ?? "null";
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
