/** JSON Pointer: RFC 6901. */
import { isObject } from "./value.ts";

/** Escapes one segment of a JSON Pointer. */
export function escapePointerSegment(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/**
 * Returns the value at a JSON Pointer, or undefined when there is none. `fragment` is a URI fragment without `#`;
 * percent escapes are decoded.
 */
export function resolvePointer(root: unknown, fragment: string): unknown {
  if (fragment === "") return root;
  let value = root;
  for (const escaped of decodePercent(fragment).slice(1).split("/")) {
    const segment = escaped.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(value)) value = /^\d+$/.test(segment) ? value[Number(segment)] : undefined;
    else if (isObject(value) && Object.hasOwn(value, segment)) value = value[segment];
    else return undefined;
  }
  return value;
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
