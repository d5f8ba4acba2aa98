import { isObject } from "./value.ts";

/** One segment of a JSON Pointer, escaped: RFC 6901. */
export function escapePointerSegment(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/**
 * The value at a JSON Pointer (RFC 6901) given as a URI fragment without `#`, or undefined when there is none.
 * Percent escapes are decoded; a malformed one is taken literally.
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

export function decodePercent(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
