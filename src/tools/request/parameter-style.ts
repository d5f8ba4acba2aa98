/**
 * Serializes parameters in the styles of https://spec.openapis.org/oas/v3.1.1.html#style-values (RFC 6570). Null
 * members are omitted. Nested objects are written as JSON, except with `deepObject`. A list in an exploded object
 * becomes repeated keys.
 */
import { stringifyJson } from "../../json.ts";
import type { ParameterStyle } from "../../openapi/types.ts";
import { isRecord } from "../schema/schema.ts";

type Encode = (text: string) => string;
/** Encoded names and values. Empty when there is nothing to send. */
export type EncodedPairs = readonly (readonly [name: string, value: string])[];

/** Writes a value in a path with the style's prefix and separators. Returns "" when there is nothing to send. */
export function writeInPath(
  style: ParameterStyle,
  explode: boolean,
  name: string,
  value: unknown,
  encode: Encode,
): string {
  const key = encode(name);
  if (style === "matrix") return writeMatrix(key, explode, value, encode);
  if (style === "label") {
    if (Array.isArray(value)) return joinWithPrefix(".", encodeItems(value, encode), explode ? "." : ",");
    if (isRecord(value))
      return joinWithPrefix(".", encodeMembers(value, explode, encode), explode ? "." : ",");
    return `.${encode(formatScalar(value))}`;
  }
  return writeSimple(style, explode, value, encode);
}

/** Writes a value in a path or a header: style `simple`, and the delimited lists of Swagger 2.0. */
export function writeSimple(style: ParameterStyle, explode: boolean, value: unknown, encode: Encode): string {
  if (Array.isArray(value)) {
    const delimiter = DELIMITERS[style];
    return encodeItems(value, encode).join(delimiter === undefined ? "," : encode(delimiter));
  }
  if (isRecord(value)) return encodeMembers(value, explode, encode).join(",");
  return encode(formatScalar(value));
}

/** Writes the pairs of a query, a form or a cookie. */
export function writePairs(
  style: ParameterStyle,
  explode: boolean,
  name: string,
  value: unknown,
  encode: Encode,
): EncodedPairs {
  const key = encode(name);
  if (style === "deepObject") return writeDeepObject(name, value, encode);
  if (Array.isArray(value)) {
    const items = encodeItems(value, encode);
    if (items.length === 0) return [];
    return explode
      ? items.map((item) => [key, item] as const)
      : [[key, items.join(SEPARATORS[style] ?? ",")]];
  }
  if (isRecord(value)) {
    const entries = listPresentEntries(value);
    if (entries.length === 0) return [];
    if (explode)
      return entries.flatMap(([member, inner]) => {
        const values = Array.isArray(inner) ? encodeItems(inner, encode) : [encode(formatScalar(inner))];
        return values.map((text) => [encode(member), text] as const);
      });
    const flat = entries.flatMap(([member, inner]) => [encode(member), encode(formatScalar(inner))]);
    return [[key, flat.join(SEPARATORS[style] ?? ",")]];
  }
  return [[key, encode(formatScalar(value))]];
}

/** Joins the lists within a list to texts. Each level has its own separator. */
export function joinInnerLists(value: unknown, separators: readonly string[] = []): unknown {
  if (separators.length === 0 || !Array.isArray(value)) return value;
  const [separator = ",", ...inner] = separators;
  return value.map((item) => {
    const joined = joinInnerLists(item, inner);
    return Array.isArray(joined) ? joined.map(formatScalar).join(separator) : joined;
  });
}

/** Formats a scalar as text. An object or a list is formatted as JSON. */
export function formatScalar(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? stringifyJson(value) : String(value);
}

const DELIMITERS: Partial<Record<ParameterStyle, string>> = {
  spaceDelimited: " ",
  pipeDelimited: "|",
  tabDelimited: "\t",
};

/** Separators in a query. Percent-encoded, since a URL cannot contain them. */
const SEPARATORS: Partial<Record<ParameterStyle, string>> = {
  spaceDelimited: "%20",
  pipeDelimited: "%7C",
  tabDelimited: "%09",
};

function writeMatrix(key: string, explode: boolean, value: unknown, encode: Encode): string {
  if (Array.isArray(value)) {
    const items = encodeItems(value, encode);
    if (items.length === 0) return "";
    return explode ? items.map((item) => `;${key}=${item}`).join("") : `;${key}=${items.join(",")}`;
  }
  if (isRecord(value)) {
    const entries = encodeMembers(value, explode, encode);
    if (entries.length === 0) return "";
    return explode ? entries.map((entry) => `;${entry}`).join("") : `;${key}=${entries.join(",")}`;
  }
  const text = encode(formatScalar(value));
  return text === "" ? `;${key}` : `;${key}=${text}`;
}

/** Writes nested values as common parsers read them: `filter[owner][name]=…`, `filter[tags][0]=…`. */
function writeDeepObject(name: string, value: unknown, encode: Encode): EncodedPairs {
  const pairs: [string, string][] = [];
  const walk = (path: string, inner: unknown): void => {
    if (inner === null || inner === undefined) return;
    if (Array.isArray(inner) || isRecord(inner)) {
      for (const [member, deeper] of Object.entries(inner)) walk(`${path}%5B${encode(member)}%5D`, deeper);
    } else pairs.push([path, encode(formatScalar(inner))]);
  };
  walk(encode(name), value);
  return pairs;
}

function encodeItems(values: readonly unknown[], encode: Encode): string[] {
  return values
    .filter((value) => value !== null && value !== undefined)
    .map((value) => encode(formatScalar(value)));
}

function encodeMembers(value: Record<string, unknown>, explode: boolean, encode: Encode): string[] {
  return listPresentEntries(value).map(
    ([name, inner]) => `${encode(name)}${explode ? "=" : ","}${encode(formatScalar(inner))}`,
  );
}

function listPresentEntries(value: Record<string, unknown>): [string, unknown][] {
  return Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined);
}

function joinWithPrefix(prefix: string, parts: readonly string[], separator: string): string {
  return parts.length === 0 ? "" : `${prefix}${parts.join(separator)}`;
}
