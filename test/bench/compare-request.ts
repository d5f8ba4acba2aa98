/** Compares a request that an API received with a second reading of the document. */
import { isDeepStrictEqual } from "node:util";
import type { Json, ReadOperation, ReadParameter } from "./second-reading.ts";

export interface ReceivedRequest {
  readonly method: string;
  /** The path after the API's base path, with its query. */
  readonly target: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

export interface Difference {
  /** The part of the request: `path`, `query value`, `body`. */
  readonly part: string;
  readonly detail: string;
}

/**
 * Returns the differences between a request and what the arguments mean.
 * @param hasAliases The tool has arguments under other names than the document, so bodies cannot be compared.
 */
export function compareRequest(
  operation: ReadOperation,
  values: Json,
  request: ReceivedRequest,
  hasAliases: boolean,
): readonly Difference[] {
  const differences: Difference[] = [];
  const report = (part: string, detail: string) => differences.push({ part, detail });
  if (request.method !== operation.method)
    report("method", `${operation.method} was sent as ${request.method}`);
  const [path = "", query = ""] = splitOnce(request.target, "?");
  comparePath(operation, values, path, report);
  compareQuery(operation, values, query, report);
  compareHeaders(operation, values, request.headers, report);
  if (!hasAliases) compareBody(operation, values, request, report);
  return differences;
}

type Report = (part: string, detail: string) => void;

function comparePath(
  { path: template, parameters }: ReadOperation,
  values: Json,
  path: string,
  report: Report,
) {
  const [pathTemplate = ""] = splitOnce(template, "?");
  const names = [...pathTemplate.matchAll(/\{([^{}]+)\}/g)].map(([, name]) => name ?? "");
  const literals = pathTemplate.split("#")[0]?.split(/\{[^{}]+\}/) ?? [];
  const pattern = literals.map((text) => decode(text).replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("([^/]*)");
  const match = new RegExp(`^${pattern}$`).exec(
    path
      .split("/")
      .map((part) => decode(part).replaceAll("/", "\uffff"))
      .join("/"),
  );
  if (!match) return report("path", `${path} does not match ${template}`);
  // Which part of a segment belongs to which of several parameters is open.
  if (/\}[^/{]*\{/.test(pathTemplate)) return;
  for (const [index, name] of names.entries()) {
    const sent = (match[index + 1] ?? "").replaceAll("\uffff", "/");
    const value = values[name];
    const isPlain = parameters.some((one) => one.in === "path" && one.name === name && one.isPlain);
    if (sent === "") report("path", `{${name}} is empty`);
    else if (isPlain && isScalar(value) && sent !== String(value))
      report("path value", `${name}: ${JSON.stringify(value)} was sent as ${JSON.stringify(sent)}`);
  }
}

function compareQuery({ path, parameters }: ReadOperation, values: Json, query: string, report: Report) {
  const sent = new URLSearchParams(query);
  const declared = parameters.filter((parameter) => parameter.in === "query");
  const fixed = new URLSearchParams(splitOnce(path, "?")[1] ?? "");
  const hasOpenObject = declared.some((parameter) => !parameter.isPlain);
  for (const name of new Set(sent.keys())) {
    const isDeclared =
      fixed.has(name) || declared.some((one) => one.name === name || name.startsWith(`${one.name}[`));
    if (!isDeclared && !hasOpenObject) report("query name", `${name} is not declared`);
  }
  for (const parameter of declared) {
    const expected = expectedTexts(parameter, values[parameter.name]);
    if (expected === undefined || fixed.has(parameter.name)) continue;
    const actual = sent.getAll(parameter.name);
    // The properties of an exploded object may have the same name.
    const isSent = hasOpenObject && expected.every((text) => actual.includes(text));
    if (!isSent && !isDeepStrictEqual(actual, expected))
      report(
        "query value",
        `${parameter.name}: ${JSON.stringify(values[parameter.name])} was sent as ${JSON.stringify(actual)}`,
      );
  }
}

function compareHeaders({ parameters }: ReadOperation, values: Json, headers: Headers, report: Report) {
  for (const { name, in: place, isPlain } of parameters) {
    const value = values[name];
    if (place !== "header" || !isPlain || !isScalar(value) || value === "") continue;
    const actual = headers.get(name);
    const text = Buffer.from(String(value)).toString("latin1").trim();
    if (actual !== text)
      report("header", `${name}: ${JSON.stringify(value)} was sent as ${JSON.stringify(actual)}`);
  }
}

function compareBody(operation: ReadOperation, values: Json, request: ReceivedRequest, report: Report) {
  const { mediaTypes, bodyRequired, parameters, method } = operation;
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (request.body.length === 0) {
    if (bodyRequired && mediaTypes.length > 0 && !/multipart|form/.test(type))
      report("body", `${method} has no body`);
    return;
  }
  if (!mediaTypes.some((declared) => matchesType(declared, type)))
    return report("media type", `${type} is none of ${mediaTypes.join(", ")}`);
  const names = new Set(parameters.map(({ name }) => name));
  const rest = Object.fromEntries(Object.entries(values).filter(([key]) => !names.has(key)));
  const text = new TextDecoder().decode(request.body);
  if (/[/+]json$/.test(type)) {
    const received = safely(() => JSON.parse(text) as unknown);
    const isSame = [rest.body, rest].some((value) => isDeepStrictEqual(toTexts(received), toTexts(value)));
    if (!isSame) report("body", `${JSON.stringify(rest).slice(0, 200)} was sent as ${text.slice(0, 200)}`);
  } else if (type === "application/x-www-form-urlencoded") {
    const form = new URLSearchParams(text);
    for (const [name, value] of Object.entries(rest))
      if (isScalar(value) && form.get(name) !== String(value))
        report(
          "form value",
          `${name}: ${JSON.stringify(value)} was sent as ${JSON.stringify(form.get(name))}`,
        );
  }
}

/**
 * Returns scalars as texts, and lists of one item as the item. The examples of documents often have other types than their
 * schemas, and are sent with those of the schemas.
 */
function toTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 1 ? toTexts(value[0]) : value.map(toTexts);
  if (typeof value !== "object" || value === null) return value === undefined ? undefined : String(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toTexts(inner)]));
}

/** Returns the query values of an argument, or undefined when they are not compared. */
function expectedTexts(
  { isPlain, separator, required }: ReadParameter,
  value: unknown,
): readonly string[] | undefined {
  // An empty text of an optional parameter is left out.
  if (!isPlain || value === undefined || value === null || (value === "" && !required)) return undefined;
  if (isScalar(value)) return [String(value)];
  if (!Array.isArray(value) || value.length === 0 || !value.every(isScalar)) return undefined;
  return separator === undefined ? value.map(String) : [value.join(separator)];
}

function matchesType(declared: string, type: string): boolean {
  const [pattern = ""] = declared.toLowerCase().split(";");
  const expression = pattern.trim().replace(/[.+]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${expression}$`).test(type);
}

function isScalar(value: unknown): value is string | number | boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

function decode(text: string): string {
  return safely(() => decodeURIComponent(text)) ?? text;
}

function safely<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch {
    return undefined;
  }
}

function splitOnce(text: string, separator: string): readonly [string, string?] {
  const index = text.indexOf(separator);
  return index === -1 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}
