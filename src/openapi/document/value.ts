/** Narrowing of what a parser returned. A document is untrusted: no field is taken to have the type it should have. */
import { isObject, type JsonObject } from "../../json.ts";

export { isObject, type JsonObject };

/** The value itself when it is an object, else an empty one. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((entry) => typeof entry === "string");
}

/** An own property: a pointer segment or name such as `constructor` never reaches the prototype. */
export function getOwn(value: JsonObject, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
