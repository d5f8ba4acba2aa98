/** JMESPath (https://jmespath.site) over JSON values: bounded in time and size, integers of any length exact. */
import { compile, TreeInterpreter } from "@jmespath-community/jmespath";
import { boxed, compareNumbers, ExactInteger, isObject } from "./exact-integers.ts";
import { Budget, QueryLimit } from "./query-budget.ts";

export type QueryOutcome =
  | { readonly outcome: "ready"; readonly text: string }
  /** In the library's words, for the model to mend. */
  | { readonly outcome: "refused"; readonly problem: string };

export interface QueryOptions {
  /** Milliseconds. */
  readonly now: () => number;
  /** Milliseconds that evaluation may take; default 300. */
  readonly timeLimit?: number;
  /** Characters of the outcome; default ten million. */
  readonly sizeLimit?: number;
}

const LONGEST = 4000;

/** @param value as `parseJson` reads it; integers beyond 2^53 in it are boxed in place. */
export function query(value: unknown, expression: string, options: QueryOptions): QueryOutcome {
  if (expression.length > LONGEST)
    return { outcome: "refused", problem: `The expression is longer than ${LONGEST} characters.` };
  try {
    const tree = withExactLiterals(compile(quoteLongIntegers(expression)));
    const budget = new Budget(options.now, options.timeLimit ?? 300);
    const found = guarded(new Interpreter(), budget).search(tree, boxed(value));
    return { outcome: "ready", text: budget.write(found ?? null, options.sizeLimit ?? 10_000_000) };
  } catch (error) {
    return { outcome: "refused", problem: problemOf(error) };
  }
}

function problemOf(error: unknown): string {
  if (error instanceof QueryLimit) return error.message;
  if (error instanceof RangeError) return "The expression is nested too deeply, or makes too much.";
  return error instanceof Error ? error.message : String(error);
}

type Node = { readonly type: string; readonly [field: string]: unknown };

/** What of the library's interpreter is guarded. Its own type hides some of it, and its class is not exported. */
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

/** Every step is counted, results stay within bounds, and numbers compare exactly. */
function guarded(interpreter: Interpreter, budget: Budget): Interpreter {
  const { runtime } = interpreter;
  const visit = interpreter.visit.bind(interpreter);
  const withScope = interpreter.withScope.bind(interpreter);
  const callFunction = runtime.callFunction.bind(runtime);
  const getTypeName = runtime.getTypeName.bind(runtime);
  interpreter.visit = (node, value) => {
    budget.step();
    const result =
      node.type === "Comparator" ? compare(interpreter, node, value, budget) : visit(node, value);
    budget.check(result);
    return result;
  };
  interpreter.withScope = (scope) => guarded(withScope(scope), budget);
  runtime.getTypeName = (value) => getTypeName(value instanceof ExactInteger ? 0 : value);
  runtime.callFunction = (name, values) => {
    budget.checkCall(name, values);
    const result = exactCall(interpreter, name, values, budget) ?? callFunction(name, values);
    budget.check(result);
    return result;
  };
  return interpreter;
}

function compare(interpreter: Interpreter, node: Node, value: unknown, budget: Budget): unknown {
  const one = interpreter.visit(node.left as Node, value);
  const other = interpreter.visit(node.right as Node, value);
  if (node.name === "EQ") return equal(one, other, budget);
  if (node.name === "NE") return !equal(one, other, budget);
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

function equal(one: unknown, other: unknown, budget: Budget): boolean {
  budget.step();
  if (one === other) return true;
  if (compareNumbers(one, other) === 0) return true;
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((entry, index) => equal(entry, other[index], budget));
  if (!isObject(one) || !isObject(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && equal(one[key], other[key], budget))
  );
}

/** The functions that would round a long integer, where there is one; undefined: the library's own does it. */
function exactCall(interpreter: Interpreter, name: string, values: unknown[], budget: Budget): unknown {
  const [list, by] = values;
  if (name === "to_string" && typeof list === "object" && list !== null) return budget.write(list, 1_000_000);
  if (/^(abs|ceil|floor|to_number)$/.test(name) && list instanceof ExactInteger)
    return name === "abs" && list.exact < 0n ? new ExactInteger(-list.exact) : list;
  if (name === "contains" && Array.isArray(list) && by instanceof ExactInteger)
    return list.some((entry) => equal(entry, by, budget));
  if (!Array.isArray(list) || !/^(sort|max|min|sum)(_by)?$/.test(name)) return undefined;
  const key = name.endsWith("_by")
    ? (entry: unknown) => interpreter.visit(by as Node, entry)
    : (entry: unknown) => entry;
  const keyed = list.map((entry) => ({ entry, key: key(entry) }));
  const isExact = keyed.some((one) => one.key instanceof ExactInteger);
  if (!isExact || keyed.some((one) => compareNumbers(one.key, 0) === undefined)) return undefined;
  if (name === "sum") {
    const isWhole = keyed.every((one) => one.key instanceof ExactInteger || Number.isInteger(one.key));
    if (!isWhole) return undefined;
    return new ExactInteger(keyed.reduce((sum, one) => sum + bigint(one.key), 0n));
  }
  const sorted = keyed.toSorted((one, other) => compareNumbers(one.key, other.key) ?? 0);
  if (name.startsWith("max")) return sorted.at(-1)?.entry;
  return name.startsWith("min") ? sorted[0]?.entry : sorted.map(({ entry }) => entry);
}

function bigint(value: unknown): bigint {
  return value instanceof ExactInteger ? value.exact : BigInt(Number(value));
}

const LONG_LITERAL = /`\s*(-?\d{16,})\s*`/g;
const MARK = "\u0001integer:";

/** The library reads the JSON between backticks with `JSON.parse`, which rounds: such an integer goes through as a text. */
function quoteLongIntegers(expression: string): string {
  return expression.replace(LONG_LITERAL, (_, digits: string) => `\`"\\u0001integer:${digits}"\``);
}

function withExactLiterals<Part>(part: Part): Part & Node;
function withExactLiterals(part: unknown): unknown {
  if (Array.isArray(part)) return part.map((entry) => withExactLiterals(entry));
  if (typeof part === "string" && part.startsWith(MARK))
    return new ExactInteger(BigInt(part.slice(MARK.length)));
  if (!isObject(part)) return part;
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, withExactLiterals(value)]));
}
