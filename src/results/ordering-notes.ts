/** Collects what the comparisons of one query could not order, and describes it to the model. */
import { formatValue, type Ordering, typeName } from "./ordering.ts";

/** A node of a JMESPath expression. */
export type QueryNode = { readonly type: string; readonly [field: string]: unknown };

interface Comparison {
  readonly text: string;
  count: number;
  missing: number;
  unordered: number;
  /** Set by the first comparison that is reported. */
  example?: string | undefined;
  negated: boolean;
  misleading?: string | undefined;
}

export class OrderingNotes {
  readonly #comparisons = new Map<string, Comparison>();
  readonly #misleadingSorts = new Map<string, string>();
  #negations = 0;

  /** Marks the comparisons that `evaluate` makes as negated. */
  negate<Result>(evaluate: () => Result): Result {
    this.#negations += 1;
    try {
      return evaluate();
    } finally {
      this.#negations -= 1;
    }
  }

  addComparison(node: QueryNode, one: unknown, other: unknown, ordering: Ordering): void {
    const text = formatNode(node);
    let known = this.#comparisons.get(text);
    if (!known) {
      known = { text, count: 0, missing: 0, unordered: 0, negated: false };
      this.#comparisons.set(text, known);
    }
    known.count += 1;
    if (ordering.outcome === "ordered") {
      if (ordering.misleads)
        known.misleading ??= [one, other]
          .toSorted()
          .map((value) => formatValue(value))
          .join(" < ");
      return;
    }
    known.negated ||= this.#negations > 0;
    if (ordering.outcome === "missing") known.missing += 1;
    else {
      known.unordered += 1;
      known.example ??= `${describe(one)} and ${describe(other)}`;
    }
  }

  /** Adds a sort by texts of digits, which have another order as numbers. */
  addMisleadingSort(name: string, key: QueryNode | undefined): void {
    const field = key ? formatNode(key) : "@";
    this.#misleadingSorts.set(
      name,
      `${name}() ordered texts of digits as texts, so that "10" is before "9". Use ${key ? `&to_number(${field})` : "to_number() on the values"} for the order of numbers.`,
    );
  }

  /** Returns one sentence or two for each comparison with undecided results. */
  describe(): readonly string[] {
    const notes = [...this.#comparisons.values()].flatMap(describeComparison);
    return [...notes, ...this.#misleadingSorts.values()];
  }
}

function describeComparison(comparison: Comparison): readonly string[] {
  const { text, count, missing, unordered, example, negated, misleading } = comparison;
  const effect = negated ? "A negation is true for them." : "A filter does not select them.";
  const notes: string[] = [];
  if (unordered > 0)
    notes.push(
      `Not ordered by \`${text}\`: ${unordered} of ${count} comparisons have no result, because ${example} cannot be compared. ${effect}`,
    );
  // A missing value is usual in a filter. A negation selects it, and a misspelled field misses everywhere.
  if (missing > 0 && (negated || missing === count))
    notes.push(
      `Not ordered by \`${text}\`: in ${missing} of ${count} comparisons a value is null or missing, and cannot be compared. ${effect}`,
    );
  if (misleading !== undefined)
    notes.push(
      `\`${text}\` compared texts of digits as texts, as in ${misleading}. Use to_number() for the order of numbers.`,
    );
  return notes;
}

function describe(value: unknown): string {
  return `the ${typeName(value)} ${formatValue(value)}`;
}

const OPERATORS: Readonly<Record<string, string>> = { GT: ">", GTE: ">=", LT: "<", LTE: "<=" };

/** Returns the source of an expression, shortened. */
function formatNode(node: QueryNode): string {
  const part = (field: string) => formatNode(node[field] as QueryNode);
  switch (node.type) {
    case "Comparator":
      return `${part("left")} ${OPERATORS[String(node.name)]} ${part("right")}`;
    case "Field":
      return String(node.name);
    case "Subexpression":
      return `${part("left")}.${part("right")}`;
    case "Variable":
      return `$${String(node.name)}`;
    case "Literal":
      return formatValue(node.value);
    case "Function":
      return `${String(node.name)}(…)`;
    case "Current":
    case "Identity":
      return "@";
    default:
      return "…";
  }
}
