/** Reads the text of a result for a person. Lines that are written for the model are left out. */

import { parseExact } from "../json/exact.ts";
import { t } from "../language/language.ts";

/** A result as a person reads it. */
export interface ResultContent {
  /** The status line and the headers of the response, if the result has them. */
  readonly head: readonly string[];
  readonly body: string;
  /** The parsed body. Undefined if the body is not a JSON object or list. */
  readonly value: unknown;
}

/** @param text a tool result: an optional head, an empty line and the body. */
export function readContent(text: string): ResultContent {
  const { lines, body } = splitHead(text);
  return { head: lines.filter(isForPeople), body: toPeopleText(body), value: readValue(body) };
}

/** Reads a body whose head is known. */
export function readWholeContent(head: readonly string[], body: string): ResultContent {
  return { head: head.filter(isForPeople), body: toPeopleText(body), value: readValue(body) };
}

function splitHead(text: string): { readonly lines: readonly string[]; readonly body: string } {
  // The server may put its own text for people above a response.
  const response = text.replace(/^Tell the person: [^\n]*\n\n/, "");
  const end = response.startsWith("HTTP ") ? response.indexOf("\n\n") : -1;
  if (end < 0) return { lines: [], body: response };
  return { lines: response.slice(0, end).split("\n"), body: response.slice(end + 2) };
}

/** Status lines, headers and notes. Other lines tell the model how to go on. */
function isForPeople(line: string): boolean {
  return /^HTTP \d{3}|^(?!More:)[\w-]+: /.test(line);
}

function toPeopleText(body: string): string {
  return body === "(no content)" ? t("result.noContent") : body;
}

function readValue(body: string): unknown {
  if (!/^\s*[[{]/.test(body)) return undefined;
  return tryParse(body) ?? readLines(body);
}

/** Reads one JSON value on each line, as APIs stream them. */
function readLines(body: string): unknown {
  const lines = body.split("\n").filter((line) => line.trim() !== "");
  if (lines.length < 2) return undefined;
  const values = lines.map(tryParse);
  return values.includes(undefined) ? undefined : values;
}

function tryParse(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}
