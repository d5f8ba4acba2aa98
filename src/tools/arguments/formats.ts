/**
 * Matches texts with formats. `format` is an annotation (JSON Schema Validation 7.2.1), and APIs answer with local
 * times, signed durations and UUIDs without dashes. What an API answers must be accepted when it is written back.
 */
import { fullFormats } from "ajv-formats/dist/formats.js";
import { isRecord } from "../schema/schema.ts";

/** `loose` is what people mean by a format although its RFC does not allow it. */
export type FormatMatch = "exact" | "loose" | "none";

/** Characters of a date, a time, a duration or a UUID. */
const MAX_LENGTH = 1000;

/** Returns `exact` for formats that are not checked. */
export function matchFormat(format: string, text: string): FormatMatch {
  const isLoose = LOOSE[format];
  if (isLoose === undefined) return "exact";
  if (text.length > MAX_LENGTH) return "none";
  if (isExact(format, text)) return "exact";
  return isLoose(text.trim()) ? "loose" : "none";
}

function isExact(format: string, text: string): boolean {
  const definition: unknown = fullFormats[format as "date-time"];
  if (definition instanceof RegExp) return definition.test(text);
  const check = isRecord(definition) ? definition.validate : definition;
  return typeof check === "function" && check(text) === true;
}

const LOOSE: Readonly<Record<string, (text: string) => boolean>> = {
  "date-time": isLooseDateTime,
  date: (text) => isLooseDate(text) || isLooseDateTime(text),
  time: isLooseTime,
  duration: (text) => DURATIONS.some((pattern) => pattern.test(text)),
  uuid: (text) => /^\{?[\da-f]{8}(-?)[\da-f]{4}\1[\da-f]{4}\1[\da-f]{4}\1[\da-f]{12}\}?$/i.test(text),
};

const OTHER_INSTANTS: readonly RegExp[] = [
  // Seconds or milliseconds since 1970.
  /^-?\d{9,16}(\.\d+)?$/,
  /^\/Date\(-?\d+([+-]\d{4})?\)\/$/,
  // RFC 9110, section 5.6.7, and RFC 5322.
  /^([A-Za-z]{3,9}, )?\d{1,2}[ -][A-Za-z]{3}[ -]\d{2,4} \d{1,2}:\d\d(:\d\d)?( [A-Za-z]{1,4}| [+-]\d{4})?$/,
];

function isLooseDateTime(text: string): boolean {
  if (OTHER_INSTANTS.some((pattern) => pattern.test(text))) return true;
  const [, date, time] = /^([+-]?\d{4,6}(?:-\d\d?-\d\d?|\d{4}))(?:[Tt_ ] ?(.+))?$/.exec(text) ?? [];
  return date !== undefined && isLooseDate(date) && (time === undefined || isLooseTime(time));
}

function isLooseDate(text: string): boolean {
  const match =
    /^[+-]?(\d{4,6})-(\d\d?)-(\d\d?)(?:Z|[+-]\d\d:?\d\d)?$/.exec(text) ??
    /^(\d{4})(\d\d)(\d\d)$/.exec(text) ??
    /^(\d{4})-(\d\d)$/.exec(text);
  if (!match) return /^\d{4}$/.test(text);
  const [year = 0, month = 1, day = 1] = match.slice(1).map((part) => Number(part ?? 1));
  const date = new Date(Date.UTC(2000 + (year % 400), month - 1, day));
  return month >= 1 && month <= 12 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

const OFFSET = / ?(Z|UTC|GMT|[+-]\d\d(:?\d\d(:\d\d)?)?)?(\[[^\]]+\])?$/i;

function isLooseTime(text: string): boolean {
  const clock = text.replace(OFFSET, "");
  const match = /^T?(\d\d?):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?(?: ?[ap]\.?m\.?)?$/i.exec(clock);
  if (!match) return /^T?\d\d$/.test(clock);
  const [hour = 0, minute = 0, second = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return hour <= 24 && minute <= 59 && second <= 60;
}

const DURATIONS: readonly RegExp[] = [
  // ISO 8601 with signs, fractions, and weeks beside other units.
  /^[+-]?P(?=[\dT+-])([+-]?\d+([.,]\d+)?[YMWD])*(T([+-]?\d+([.,]\d+)?[HMS])+)?$/i,
  // The alternative form of ISO 8601.
  /^P\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/,
  // .NET, databases.
  /^[+-]?(\d+[. ])?\d{1,3}:\d\d(:\d\d([.,]\d+)?)?$/,
  // Go and protocol buffers.
  /^[+-]?(\d+(\.\d+)?(ns|us|µs|ms|s|m|h|d|w))+$/,
];

/** Returns whether a document asks for a calendar day, by its example or its description. */
export function asksForDay(description: unknown, examples: readonly unknown[]): boolean {
  const texts = examples.filter((example) => typeof example === "string");
  if (texts.length > 0) return texts.some((text) => DAY.test(text));
  if (typeof description !== "string") return false;
  return DAY_IN_TEXT.test(description) && !TIME_IN_TEXT.test(description);
}

export const DAY = /^\d{4}-\d\d-\d\d$/;
const DAY_IN_TEXT =
  /\bYYYY-MM-DD\b|%Y-%m-%d|(?<!\d)\d{4}-\d\d-\d\d(?!\d)|\b(calendar|full) (day|date)\b|\bdate only\b/i;
const TIME_IN_TEXT = /\bhh[:.]?mm|%H|\d\dT?:?\d\d:\d\d|\d{4}-\d\d-\d\dT|YYYY-MM-DD['"]?T/i;
