/** Narrows parsed values. A document is untrusted: any field may have any type. */
import { isObject, type JsonObject, stringifyJson } from "../../json.ts";

export { isObject, type JsonObject };

/** Returns the value if it is an object, otherwise an empty object. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Returns a scalar as text, and anything else as JSON: `String()` of an object from a document can throw. */
export function writeText(value: unknown): string {
  return typeof value === "object" && value !== null ? stringifyJson(value) : String(value);
}

export function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((entry) => typeof entry === "string");
}

/** Returns an own property, so that a name such as `constructor` never reaches the prototype. */
export function getOwn(value: JsonObject, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
