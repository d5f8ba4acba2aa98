/** Parses JSON and YAML with fast parsers. On failure, a slower parser finds the position of the error. */
import { type ParseError, printParseErrorCode, parse as readJson } from "jsonc-parser";
import { LineCounter, parseDocument as readYaml } from "yaml";
import { DocumentError } from "../../errors.ts";
import { parseJson as parseJsonText } from "../../json.ts";
import { checkAliases, tooManyAliasesError } from "./aliases.ts";
import { findDuplicateJsonKeys, findDuplicateYamlKeys } from "./duplicate-keys.ts";
import { parseWithLongIntegers } from "./long-integers.ts";

/**
 * Parses JSON or YAML.
 * @throws DocumentError with the line and column of the error.
 */
export function parseText(text: string, source: string): unknown {
  if (text.startsWith("\ufeff")) return parseText(text.slice(1), source);
  const start = text.trimStart();
  if (start === "") throw new DocumentError(source, "is empty");
  if (start.startsWith("<")) {
    const format = /^<(!doctype html|html)/i.test(start) ? "an HTML page" : "XML or HTML";
    throw new DocumentError(
      source,
      `is ${format}, not an OpenAPI document; pass the address of the JSON or YAML file`,
    );
  }
  return looksLikeJson(start) && !/\.ya?ml$/i.test(source)
    ? parseJson(text, source)
    : parseYaml(text, source);
}

/** Returns the keys that an object of a valid text has twice. */
export function findDuplicateKeys(text: string, source: string): readonly string[] {
  return looksLikeJson(text.trimStart()) && !/\.ya?ml$/i.test(source)
    ? findDuplicateJsonKeys(text)
    : findDuplicateYamlKeys(text);
}

/** Returns whether a text starts like JSON. A YAML flow mapping has a brace too, but rarely a quoted key. */
function looksLikeJson(text: string): boolean {
  return /^[{[]\s*["{[}\]]/.test(text);
}

function parseJson(text: string, source: string): unknown {
  try {
    return parseJsonText(text);
  } catch (error) {
    if (isTooDeep(error)) throw new DocumentError(source, "is nested too deeply to be read");
    throw new DocumentError(source, locateJsonError(text) ?? messageOf(error));
  }
}

function parseYaml(text: string, source: string): unknown {
  let value: unknown;
  try {
    value = parseWithLongIntegers(text, Bun.YAML.parse);
  } catch (error) {
    if (isTooDeep(error)) throw new DocumentError(source, "is nested too deeply to be read");
    const message = messageOf(error);
    if (/excessive aliasing/i.test(message)) throw tooManyAliasesError(source);
    throw new DocumentError(source, locateYamlError(text) ?? message);
  }
  if (/[*][^\s*]/.test(text)) checkAliases(value, source);
  return Array.isArray(value) && /^---/m.test(text) ? value[0] : value;
}

function locateJsonError(text: string): string | undefined {
  const errors: ParseError[] = [];
  try {
    readJson(text, errors, { disallowComments: true, allowTrailingComma: false });
  } catch (error) {
    if (isTooDeep(error)) return "is invalid JSON, nested too deeply to locate the error";
    throw error;
  }
  const first = errors[0];
  if (first === undefined) return undefined;
  const before = text.slice(0, first.offset);
  const line = before.split("\n").length;
  const column = first.offset - before.lastIndexOf("\n");
  const reason = printParseErrorCode(first.error)
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
  return `JSON syntax error at line ${line}, column ${column}: ${reason}`;
}

/** Longest YAML text, in UTF-16 units, whose errors get a position. The parser that finds it is 16 times slower. */
const MAX_POSITIONED_YAML = 8_000_000;

function locateYamlError(text: string): string | undefined {
  if (text.length > MAX_POSITIONED_YAML) return undefined;
  const lines = new LineCounter();
  try {
    const error = readYaml(text, { lineCounter: lines, prettyErrors: false }).errors[0];
    if (error === undefined) return undefined;
    const { line, col } = lines.linePos(error.pos[0]);
    return `YAML syntax error at line ${line}, column ${col}: ${error.message}`;
  } catch (error) {
    if (isTooDeep(error)) return "is nested too deeply to be read";
    throw error;
  }
}

function isTooDeep(error: unknown): boolean {
  return error instanceof RangeError;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
