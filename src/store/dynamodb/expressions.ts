/** Builds DynamoDB expressions. They contain attributes as `#name` and values as `:name`. */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Item } from "./attributes.ts";

export interface Condition {
  readonly condition: string;
  readonly values?: Readonly<Item>;
}

export interface Update extends Condition {
  /** Attributes to set. An undefined value removes the attribute. */
  readonly set: Readonly<Record<string, AttributeValue | undefined>>;
  /** Further assignments, for example `#count = #count + :one`. */
  readonly compute?: readonly string[];
  /** The version of the item to return. */
  readonly returns: "before" | "after";
}

/** Returns the input of an UpdateItem command. */
export function buildUpdate({ set, compute = [], condition, values, returns }: Update) {
  const assigned = Object.entries(set).flatMap(([attribute, value]) =>
    value === undefined ? [] : [{ attribute, value }],
  );
  const removed = Object.keys(set).filter((attribute) => set[attribute] === undefined);
  const sets = [...assigned.map(({ attribute }) => `#${attribute} = :set_${attribute}`), ...compute];
  const removes = removed.map((attribute) => `#${attribute}`);
  const expression = [
    ...(sets.length > 0 ? [`SET ${sets.join(", ")}`] : []),
    ...(removes.length > 0 ? [`REMOVE ${removes.join(", ")}`] : []),
  ].join(" ");
  const assignedValues = Object.fromEntries(
    assigned.map(({ attribute, value }) => [`:set_${attribute}`, value]),
  );
  return {
    UpdateExpression: expression,
    ...buildCondition({ condition, values: { ...assignedValues, ...values } }, expression),
    ReturnValues: returns === "before" ? ("ALL_OLD" as const) : ("ALL_NEW" as const),
  };
}

/**
 * Returns the condition of a command, with the names in it and in `expression`. Every name is declared because any word may be
 * reserved in DynamoDB.
 */
export function buildCondition({ condition, values = {} }: Condition, expression = "") {
  const names = [...`${condition} ${expression}`.matchAll(/#(\w+)/g)].map(([name, attribute]) => [
    name,
    attribute,
  ]);
  return {
    ConditionExpression: condition,
    ExpressionAttributeNames: Object.fromEntries(names) as Record<string, string>,
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: { ...values } }),
  };
}
