/** Writes the path of a request from its template. */
import type { Parameter } from "../../openapi/types.ts";
import { getOwn } from "../schema/schema.ts";
import { joinInnerLists, writeInPath } from "./parameter-style.ts";
import { decodePercent, encodeReservedSegment, encodeTemplate, encodeValue } from "./percent.ts";
import { serializeContent } from "./serialize-content.ts";

/** An argument of a call and its parameter. */
export interface WrittenArgument {
  readonly key: string;
  readonly parameter: Parameter;
}

export interface PathPlan {
  /** The path's segments. A segment without parameters is text. */
  readonly segments: readonly (string | readonly (string | WrittenArgument)[])[];
  /** The query of the template itself. */
  readonly query: readonly (string | WrittenArgument)[];
}

/**
 * Splits a template at its slashes and placeholders. `{name}` stands for the argument of that path parameter. The query
 * of the template is given apart.
 */
export function createPathPlan(
  template: string,
  fixedQuery: string,
  pathArguments: readonly WrittenArgument[],
): PathPlan {
  const [path = ""] = template.split(/[?#]/);
  const byName = new Map(pathArguments.map((argument) => [argument.parameter.name, argument]));
  const splitPieces = (text: string) =>
    text
      .split(/(\{[^{}]*\})/)
      .filter((piece) => piece !== "")
      .map((piece) => (piece.startsWith("{") && byName.get(piece.slice(1, -1))) || encodeTemplate(piece));
  return {
    segments: (path.startsWith("/") ? path : `/${path}`).split("/").map((segment) => {
      const pieces = splitPieces(segment);
      return pieces.every((piece) => typeof piece === "string") ? pieces.join("") : pieces;
    }),
    query: splitPieces(fixedQuery),
  };
}

type Values = Readonly<Record<string, unknown>>;

/** Writes the path below the API's address. It never leads above the place of its parameters. */
export function writePath({ segments }: PathPlan, values: Values, problems: string[]): string {
  return segments
    .map((segment) => (typeof segment === "string" ? segment : writeSegment(segment, values, problems)))
    .join("/");
}

export function writeFixedQuery({ query }: PathPlan, values: Values): string {
  return query
    .map((piece) =>
      typeof piece === "string" ? piece : formatPathValue(piece.parameter, getOwn(values, piece.key)),
    )
    .join("");
}

function writeSegment(
  pieces: readonly (string | WrittenArgument)[],
  values: Values,
  problems: string[],
): string {
  let segment = "";
  const keys: string[] = [];
  for (const piece of pieces) {
    if (typeof piece === "string") {
      segment += piece;
      continue;
    }
    const { key, parameter } = piece;
    const value = formatPathValue(parameter, getOwn(values, key));
    // The template has the slash in front already.
    const text = parameter.spansSegments && segment === "" ? value.replace(/^\/+/, "") : value;
    keys.push(key);
    if (text === "" || (text === "." && parameter.style === "label"))
      problems.push(`${key}: must not be empty, as it is part of the path`);
    segment += text;
  }
  if (segment.split("/").some((part) => DOT_SEGMENT.test(part.replace(/%2e/gi, "."))))
    problems.push(`${keys.join(", ")}: "." and ".." cannot be sent in a path`);
  else if (climbsWhenDecoded(segment))
    problems.push(`${keys.join(", ")}: must not contain "../", which would lead above its place in the path`);
  return segment;
}

/** Checks for `..` between slashes or backslashes. Some servers decode a path before they divide it. */
function climbsWhenDecoded(segment: string): boolean {
  const decoded = decodePercent(segment);
  return decoded.includes("..") && decoded.split(/[/\\]/).some((part) => /^\.\.(;|$)/.test(part));
}

/**
 * URL parsers resolve dot segments even when percent-encoded, so they cannot be sent as values. Some servers ignore what
 * follows a semicolon.
 */
const DOT_SEGMENT = /^\.{1,2}(;|$)/;

function formatPathValue(parameter: Parameter, value: unknown): string {
  if (value === undefined || value === null) return "";
  const encodePart = parameter.allowReserved ? encodeReservedSegment : encodeValue;
  const encode = parameter.spansSegments
    ? (text: string) => text.split("/").map(encodePart).join("/")
    : encodePart;
  if (parameter.mediaType !== undefined) return encode(serializeContent(parameter.mediaType, value));
  const joined = joinInnerLists(value, parameter.itemSeparators);
  return writeInPath(parameter.style, parameter.explode, parameter.name, joined, encode);
}
