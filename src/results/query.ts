/** Evaluates JMESPath (https://jmespath.site) over JSON values: bounded in time and size, exact for integers of any length. */
import { compile, TreeInterpreter } from "@jmespath-community/jmespath";
import { boxBigInts, compareNumbers, ExactInteger, isObject } from "./exact-integers.ts";
import { QueryBudget, QueryLimitError } from "./query-budget.ts";

export type QueryOutcome =
  | { readonly outcome: "ready"; readonly text: string }
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

const MAX_EXPRESSION_LENGTH = 4000;

/** @param value as `parseJson` reads it. Its integers beyond 2^53 are boxed in place. */
export function query(value: unknown, expression: string, options: QueryOptions): QueryOutcome {
  if (expression.length > MAX_EXPRESSION_LENGTH)
    return {
      outcome: "refused",
      problem: `The expression is longer than ${MAX_EXPRESSION_LENGTH} characters.`,
    };
  try {
    const tree = restoreLongIntegers(compile(quoteLongIntegers(expression)));
    const budget = new QueryBudget(options.now, options.timeLimit ?? 300);
    const found = guardInterpreter(new Interpreter(), budget).search(tree, boxBigInts(value));
    return { outcome: "ready", text: budget.serialize(found ?? null, options.sizeLimit ?? 10_000_000) };
  } catch (error) {
    return { outcome: "refused", problem: describeError(error) };
  }
}

function describeError(error: unknown): string {
  if (error instanceof QueryLimitError) return error.message;
  if (error instanceof RangeError) return "The expression is nested too deeply or produces too much.";
  return error instanceof Error ? error.message : String(error);
}

type Node = { readonly type: string; readonly [field: string]: unknown };

/** The guarded part of the library's interpreter. Its own type hides some of it, and its class is not exported. */
interface Interpreter {
  visit(node: Node, value: unknown): unknown;
  withScope(scope: unknown): Interpreter;
  search(node: Node, value: unknown): unknown;
  readonly runtime: {
    callFunction(name: string, values: unknown[]): unknown;
    getTypeName(value: unknown): unknown;
  };
}
const Interpreter = TreeInterpreter.constructor as unknown as new () => Interpreter;

/** Makes an interpreter count its steps, bound its results and compare numbers exactly. */
function guardInterpreter(interpreter: Interpreter, budget: QueryBudget): Interpreter {
  const { runtime } = interpreter;
  const visit = interpreter.visit.bind(interpreter);
  const withScope = interpreter.withScope.bind(interpreter);
  const callFunction = runtime.callFunction.bind(runtime);
  const getTypeName = runtime.getTypeName.bind(runtime);
  interpreter.visit = (node, value) => {
    budget.countStep();
    const result =
      node.type === "Comparator" ? compare(interpreter, node, value, budget) : visit(node, value);
    budget.checkSize(result);
    return result;
  };
  interpreter.withScope = (scope) => guardInterpreter(withScope(scope), budget);
  runtime.getTypeName = (value) => getTypeName(value instanceof ExactInteger ? 0 : value);
  runtime.callFunction = (name, values) => {
    budget.checkCall(name, values);
    const result = callExactly(interpreter, name, values, budget) ?? callFunction(name, values);
    budget.checkSize(result);
    return result;
  };
  return interpreter;
}

function compare(interpreter: Interpreter, node: Node, value: unknown, budget: QueryBudget): unknown {
  const one = interpreter.visit(node.left as Node, value);
  const other = interpreter.visit(node.right as Node, value);
  if (node.name === "EQ") return isEqual(one, other, budget);
  if (node.name === "NE") return !isEqual(one, other, budget);
  const order = compareNumbers(one, other);
  if (order === undefined) return null;
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

/** Evaluates a function that the library would round. Returns undefined when the library's result is exact. */
function callExactly(
  interpreter: Interpreter,
  name: string,
  values: unknown[],
  budget: QueryBudget,
): unknown {
  const [list, second] = values;
  if (name === "to_string" && typeof list === "object" && list !== null)
    return budget.serialize(list, 1_000_000);
  if (/^(abs|ceil|floor|to_number)$/.test(name) && list instanceof ExactInteger)
    return name === "abs" && list.exact < 0n ? new ExactInteger(-list.exact) : list;
  if (name === "contains" && Array.isArray(list) && second instanceof ExactInteger)
    return list.some((entry) => isEqual(entry, second, budget));
  if (!Array.isArray(list) || !/^(sort|max|min|sum)(_by)?$/.test(name)) return undefined;
  const key = name.endsWith("_by")
    ? (entry: unknown) => interpreter.visit(second as Node, entry)
    : (entry: unknown) => entry;
  const keyed = list.map((entry) => ({ entry, key: key(entry) }));
  const isExact = keyed.some((one) => one.key instanceof ExactInteger);
  if (!isExact || keyed.some((one) => compareNumbers(one.key, 0) === undefined)) return undefined;
  if (name === "sum") {
    const areIntegers = keyed.every((one) => one.key instanceof ExactInteger || Number.isInteger(one.key));
    if (!areIntegers) return undefined;
    return new ExactInteger(keyed.reduce((sum, one) => sum + toBigInt(one.key), 0n));
  }
  const sorted = keyed.toSorted((one, other) => compareNumbers(one.key, other.key) ?? 0);
  if (name.startsWith("max")) return sorted.at(-1)?.entry;
  return name.startsWith("min") ? sorted[0]?.entry : sorted.map(({ entry }) => entry);
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

function restoreLongIntegers<Part>(part: Part): Part & Node;
function restoreLongIntegers(part: unknown): unknown {
  if (Array.isArray(part)) return part.map((entry) => restoreLongIntegers(entry));
  if (typeof part === "string" && part.startsWith(LITERAL_PREFIX))
    return new ExactInteger(BigInt(part.slice(LITERAL_PREFIX.length)));
  if (!isObject(part)) return part;
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, restoreLongIntegers(value)]));
}
