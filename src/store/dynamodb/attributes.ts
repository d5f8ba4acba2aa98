/** Values of DynamoDB attributes. */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { stringifyJson } from "../../json.ts";

export type Item = Record<string, AttributeValue>;
export type Key = Readonly<Record<"pk" | "sk", { readonly S: string }>>;

export const text = (value: string) => ({ S: value });
export const integer = (value: number) => ({ N: `${value}` });
export const json = (value: unknown) => ({ S: stringifyJson(value) });

/** Returns a text attribute, or undefined so that an update removes it. */
export function optionalText(value: string | undefined): AttributeValue | undefined {
  return value === undefined ? undefined : text(value);
}

export function readString(item: Item, attribute: string): string {
  return item[attribute]?.S ?? "";
}

/** Creates a name that is unique in the table. */
export function createName(): string {
  return crypto.randomUUID().slice(0, 13);
}
