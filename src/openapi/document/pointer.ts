/** JSON Pointer: RFC 6901. */
import { isObject } from "./value.ts";

/** Escapes one segment of a JSON Pointer. */
export function escapePointerSegment(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** Returns the unescaped segments of a URI fragment that is a JSON Pointer. Percent escapes are decoded. */
export function splitPointer(fragment: string): readonly string[] {
  if (fragment === "") return [];
  return decodePercent(fragment)
    .slice(1)
    .split("/")
    .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Returns the entry of a list or object, or undefined when there is none. */
export function stepInto(value: unknown, segment: string): unknown {
  if (Array.isArray(value)) return /^\d+$/.test(segment) ? value[Number(segment)] : undefined;
  return isObject(value) && Object.hasOwn(value, segment) ? value[segment] : undefined;
}

/** Decodes percent escapes. Returns a malformed text unchanged. */
export function decodePercent(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
