/** Evaluates JMESPath (https://jmespath.site) over JSON values: bounded in time and size, exact for integers of any length. */
import { compile, TreeInterpreter } from "@jmespath-community/jmespath";
import { boxBigInts, compareNumbers, ExactInteger, isObject } from "./exact-integers.ts";
import { createKeyOrder, type KeyedEntry, orderValues } from "./ordering.ts";
import { OrderingNotes, type QueryNode } from "./ordering-notes.ts";
import { describeTimeLimit, QueryBudget, QueryLimitError, QueryTimeError } from "./query-budget.ts";

export type QueryOutcome =
  | {
      readonly outcome: "ready";
      readonly text: string;
      /** What the expression compared but could not order, a line each. */
      readonly notes: readonly string[];
    }
  /** `problem` is the library's message, from which the model can correct the expression. */
  | { readonly outcome: "refused"; readonly problem: string };

export interface QueryOptions {
  /** Milliseconds. */
  readonly now: () => number;
  /** Milliseconds that the evaluation may take. Default: 300. */
  readonly timeLimit?: number;
  /** Characters of the result. Default: ten million. */
  readonly sizeLimit?: number;
}

/** The default of `timeLimit`. */
const TIME_LIMIT_MS = 300;
const MAX_EXPRESSION_LENGTH = 4000;

/** @param value as `parseJson` reads it. Its integers beyond 2^53 are boxed in place. */
export function query(value: unknown, expression: string, options: QueryOptions): QueryOutcome {
  return (
    tryQuery(value, expression, options) ?? refuse(describeTimeLimit(options.timeLimit ?? TIME_LIMIT_MS))
  );
}

/** Evaluates as {@link query} does. Returns undefined when the time was up. */
export function tryQuery(
  value: unknown,
  expression: string,
  options: QueryOptions,
): QueryOutcome | undefined {
  if (expression.length > MAX_EXPRESSION_LENGTH)
    return refuse(`The expression is longer than ${MAX_EXPRESSION_LENGTH} characters.`);
  try {
    const tree = restoreLongIntegers(compile(quoteLongIntegers(expression)));
    const budget = new QueryBudget(options.now, options.timeLimit ?? TIME_LIMIT_MS);
    const guard = { budget, notes: new OrderingNotes() };
    const found = guardInterpreter(new Interpreter(), guard).search(tree, boxBigInts(value));
    const text = budget.serialize(found ?? null, options.sizeLimit ?? 10_000_000);
    return { outcome: "ready", text, notes: guard.notes.describe() };
  } catch (error) {
    return error instanceof QueryTimeError ? undefined : refuse(describeError(error));
  }
}

function refuse(problem: string): QueryOutcome {
  return { outcome: "refused", problem };
}

function describeError(error: unknown): string {
  if (error instanceof QueryLimitError) return error.message;
  if (error instanceof RangeError) return "The expression is nested too deeply or produces too much.";
  return error instanceof Error ? error.message : String(error);
}

/** The guarded part of the library's interpreter. Its own type hides some of it, and its class is not exported. */
interface Interpreter {
  visit(node: QueryNode, value: unknown): unknown;
  withScope(scope: unknown): Interpreter;
  search(node: QueryNode, value: unknown): unknown;
  readonly runtime: {
    callFunction(name: string, values: unknown[]): unknown;
    getTypeName(value: unknown): unknown;
  };
}
const Interpreter = TreeInterpreter.constructor as unknown as new () => Interpreter;

interface Guard {
  readonly budget: QueryBudget;
  readonly notes: OrderingNotes;
}

/** Makes an interpreter count its steps, bound its results, and order numbers exactly and texts too. */
function guardInterpreter(interpreter: Interpreter, guard: Guard): Interpreter {
  const { budget, notes } = guard;
  const { runtime } = interpreter;
  const visit = interpreter.visit.bind(interpreter);
  const withScope = interpreter.withScope.bind(interpreter);
  const callFunction = runtime.callFunction.bind(runtime);
  const getTypeName = runtime.getTypeName.bind(runtime);
  interpreter.visit = (node, value) => {
    budget.countStep();
    const result =
      node.type === "Comparator"
        ? compare(interpreter, node, value, guard)
        : node.type === "NotExpression"
          ? notes.negate(() => visit(node, value))
          : visit(node, value);
    budget.checkSize(result);
    return result;
  };
  interpreter.withScope = (scope) => guardInterpreter(withScope(scope), guard);
  runtime.getTypeName = (value) => getTypeName(value instanceof ExactInteger ? 0 : value);
  runtime.callFunction = (name, values) => {
    budget.checkCall(name, values);
    const result = callExactly(interpreter, name, values, guard) ?? callFunction(name, values);
    budget.checkSize(result);
    return result;
  };
  return interpreter;
}

/** Compares as the AWS CLI does: texts have an order. Values without an order give null, with a note. */
function compare(interpreter: Interpreter, node: QueryNode, value: unknown, guard: Guard): unknown {
  const one = interpreter.visit(node.left as QueryNode, value);
  const other = interpreter.visit(node.right as QueryNode, value);
  if (node.name === "EQ") return isEqual(one, other, guard.budget);
  if (node.name === "NE") return !isEqual(one, other, guard.budget);
  const ordering = orderValues(one, other);
  guard.notes.addComparison(node, one, other, ordering);
  if (ordering.outcome !== "ordered") return null;
  const { order } = ordering;
  switch (node.name) {
    case "GT":
      return order > 0;
    case "GTE":
      return order >= 0;
    case "LT":
      return order < 0;
    default:
      return order <= 0;
  }
}

function isEqual(one: unknown, other: unknown, budget: QueryBudget): boolean {
  budget.countStep();
  if (one === other) return true;
  if (compareNumbers(one, other) === 0) return true;
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((entry, index) => isEqual(entry, other[index], budget));
  if (!isObject(one) || !isObject(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isEqual(one[key], other[key], budget))
  );
}

/**
 * Evaluates a function that the library would round, would order wrongly or would run without the variables of `let`.
 * Returns undefined when the library's result is right.
 */
function callExactly(interpreter: Interpreter, name: string, values: unknown[], guard: Guard): unknown {
  const [list, second] = values;
  const { budget } = guard;
  if (name === "to_string" && typeof list === "object" && list !== null)
    return budget.serialize(list, 1_000_000);
  if (/^(abs|ceil|floor|to_number)$/.test(name) && list instanceof ExactInteger)
    return name === "abs" && list.exact < 0n ? new ExactInteger(-list.exact) : list;
  if (name === "contains" && Array.isArray(list) && second instanceof ExactInteger)
    return list.some((entry) => isEqual(entry, second, budget));
  if (name === "map" && isObject(list) && Array.isArray(second))
    return second.map((entry) => interpreter.visit(list as QueryNode, entry) ?? null);
  if (!Array.isArray(list) || !/^(sort|max|min|sum)(_by)?$/.test(name)) return undefined;
  if (name.endsWith("_by") ? values.length !== 2 || !isObject(second) : values.length !== 1) return undefined;
  const key = name.endsWith("_by")
    ? (entry: unknown) => interpreter.visit(second as QueryNode, entry)
    : (entry: unknown) => entry;
  const keyed = list.map((entry) => ({ entry, key: key(entry) }));
  if (name === "sum") return sumExactly(keyed.map((one) => one.key));
  const order = createKeyOrder(name, keyed);
  const compareKeys = (one: KeyedEntry, other: KeyedEntry) => {
    budget.countStep();
    return order.compare(one, other);
  };
  const result = name.startsWith("sort")
    ? keyed.toSorted(compareKeys).map(({ entry }) => entry)
    : findExtreme(keyed, name.startsWith("max") ? 1 : -1, compareKeys);
  if (order.misleads())
    guard.notes.addMisleadingSort(name, isObject(second) ? (second as QueryNode) : undefined);
  return result;
}

/** Returns the first greatest entry, or the first least one for direction -1. Null when there is none. */
function findExtreme(
  keyed: readonly KeyedEntry[],
  direction: 1 | -1,
  compareKeys: (one: KeyedEntry, other: KeyedEntry) => number,
): unknown {
  let [extreme] = keyed;
  for (const one of keyed) if (extreme && compareKeys(one, extreme) * direction > 0) extreme = one;
  return extreme?.entry ?? null;
}

/** Returns undefined when the sum needs no integer beyond 2^53. */
function sumExactly(numbers: readonly unknown[]): unknown {
  const areIntegers = numbers.every((one) => one instanceof ExactInteger || Number.isInteger(one));
  if (!areIntegers || !numbers.some((one) => one instanceof ExactInteger)) return undefined;
  return new ExactInteger(numbers.reduce<bigint>((sum, one) => sum + toBigInt(one), 0n));
}

function toBigInt(value: unknown): bigint {
  return value instanceof ExactInteger ? value.exact : BigInt(Number(value));
}

const LONG_LITERAL = /`\s*(-?\d{16,})\s*`/g;
const LITERAL_PREFIX = "\u0001integer:";

/** Quotes long integers as texts, because the library parses JSON literals with `JSON.parse`, which rounds. */
function quoteLongIntegers(expression: string): string {
  return expression.replace(LONG_LITERAL, (_, digits: string) => `\`"\\u0001integer:${digits}"\``);
}

function restoreLongIntegers<Part>(part: Part): Part & QueryNode;
function restoreLongIntegers(part: unknown): unknown {
  if (Array.isArray(part)) return part.map((entry) => restoreLongIntegers(entry));
  if (typeof part === "string" && part.startsWith(LITERAL_PREFIX))
    return new ExactInteger(BigInt(part.slice(LITERAL_PREFIX.length)));
  if (!isObject(part)) return part;
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, restoreLongIntegers(value)]));
}
