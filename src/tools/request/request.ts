/** Builds the request of a tool call. */
import { stringifyJson } from "../../json.ts";
import type { Parameter } from "../../openapi/types.ts";
import type { ToolRequest } from "../http/types.ts";
import { getBodyKind } from "../schema/media-type.ts";
import { getOwn } from "../schema/schema.ts";
import type { CallForm, Tool } from "../types.ts";
import { buildAccept } from "./accept.ts";
import { type BodyWriter, createBodyWriter, encodeFormBody } from "./body.ts";
import { collectBody } from "./collect-body.ts";
import { planQuery } from "./fixed-query.ts";
import { formatScalar, joinInnerLists, writePairs, writeSimple } from "./parameter-style.ts";
import { createPathPlan, type PathPlan, type WrittenArgument, writeFixedQuery, writePath } from "./path.ts";
import { encodeCookie, encodeReserved, encodeValue } from "./percent.ts";
import { serializeContent } from "./serialize-content.ts";

export type BuiltRequest =
  | { readonly outcome: "ready"; readonly request: ToolRequest }
  | { readonly outcome: "refused"; readonly problems: readonly string[] };

/** Builds the request of valid arguments, without credentials. The write plan of a form is computed once and cached. */
export function buildRequest(
  tool: Tool,
  values: Readonly<Record<string, unknown>>,
  form: CallForm = tool.forms[0],
): BuiltRequest {
  let plan = plans.get(form);
  if (!plan) {
    plan = createPlan(tool, form);
    plans.set(form, plan);
  }
  const problems: string[] = [];
  const path = plan.base + writePath(plan.path, values, problems);
  const headers: Record<string, string> = { Accept: plan.accept };
  for (const { key, parameter } of plan.headers) {
    const value = getOwn(values, key);
    if (isOmitted(parameter, value)) continue;
    const text = formatHeaderValue(parameter, value);
    if (CONTROL_CHARACTERS.test(text))
      problems.push(`${key}: must not contain line breaks or control characters, as it is sent in a header`);
    else headers[parameter.name] = text;
  }
  const cookies = plan.cookies.flatMap(({ key, parameter }) =>
    encodePairs(parameter, getOwn(values, key), parameter.style === "cookie" ? encodeCookie : encodeValue),
  );
  if (cookies.length > 0) headers.Cookie = cookies.join("; ");
  const query = plan.path.query.length === 0 ? [] : [writeFixedQuery(plan.path, values)];
  for (const { key, parameter } of plan.queries) {
    const encode = parameter.allowReserved ? encodeReserved : encodeValue;
    query.push(...encodePairs(parameter, getOwn(values, key), encode));
  }
  for (const { key, parameter } of plan.queryStrings) {
    const value = getOwn(values, key);
    if (!isOmitted(parameter, value)) query.push(writeQueryString(parameter, value));
  }
  const content = collectBody(plan, values);
  const written = content === undefined ? undefined : plan.writeBody?.(content, problems);
  if (written) headers["Content-Type"] = written.contentType;
  if (problems.length > 0) return { outcome: "refused", problems };
  const url = query.length === 0 ? path : `${path}?${query.join("&")}`;
  return {
    outcome: "ready",
    request: { method: tool.operation.method, url, headers, body: written?.body ?? null },
  };
}

/** Adds query parameters that the document does not declare. The rest of the URL stays as it is. */
export function addQuery(
  request: ToolRequest,
  query: Readonly<Record<string, readonly string[]>>,
): ToolRequest {
  const pairs = Object.entries(query).flatMap(([name, values]) =>
    values.map((value) => `${encodeValue(name)}=${encodeValue(value)}`),
  );
  const separator = request.url.includes("?") ? "&" : "?";
  return { ...request, url: `${request.url}${separator}${pairs.join("&")}` };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 9110, section 5.5: all except the tab
const CONTROL_CHARACTERS = /[\0-\x08\x0a-\x1f\x7f]/;

/** The part of a request's construction that depends only on the form of the call. */
interface WritePlan {
  readonly base: string;
  readonly path: PathPlan;
  readonly queries: readonly WrittenArgument[];
  /** Arguments that are the whole query. */
  readonly queryStrings: readonly WrittenArgument[];
  readonly headers: readonly WrittenArgument[];
  readonly cookies: readonly WrittenArgument[];
  readonly accept: string;
  readonly writeBody: BodyWriter | undefined;
  readonly bodyKey: string | undefined;
  /** The keys of all declared arguments. */
  readonly keys: ReadonlySet<string>;
  readonly fields: readonly { readonly key: string; readonly name: string }[];
  readonly bodyRequired: boolean;
}

const plans = new WeakMap<CallForm, WritePlan>();

function createPlan(tool: Tool, { body, argumentTargets }: CallForm): WritePlan {
  const { operation, api } = tool;
  const parameters: WrittenArgument[] = [];
  const fields: { key: string; name: string }[] = [];
  let bodyKey: string | undefined;
  for (const [key, target] of Object.entries(argumentTargets)) {
    if (target.in === "body") bodyKey = key;
    else if (target.in === "property") fields.push({ key, name: target.name });
    else {
      const parameter = operation.parameters[target.index];
      if (parameter) parameters.push({ key, parameter });
    }
  }
  const template = operation.pathTemplate ?? operation.path;
  const pathArguments = parameters.filter(({ parameter }) => parameter.in === "path");
  const query = planQuery(
    template,
    parameters.filter(({ parameter }) => parameter.in === "query"),
    (name) => pathArguments.some(({ parameter }) => parameter.name === name),
  );
  return {
    base: api.baseUrl,
    path: createPathPlan(template, query.template, pathArguments),
    queries: query.queries,
    queryStrings: parameters.filter(({ parameter }) => parameter.in === "querystring"),
    headers: parameters.filter(({ parameter }) => parameter.in === "header"),
    cookies: parameters.filter(({ parameter }) => parameter.in === "cookie"),
    accept: buildAccept(operation.responses),
    writeBody: body && createBodyWriter(tool, body),
    bodyKey,
    keys: new Set(Object.keys(argumentTargets)),
    fields,
    bodyRequired: operation.body?.required ?? false,
  };
}

function formatHeaderValue(parameter: Parameter, value: unknown): string {
  if (parameter.mediaType !== undefined) return serializeContent(parameter.mediaType, value);
  return writeSimple(
    parameter.style,
    parameter.explode,
    joinInnerLists(value, parameter.itemSeparators),
    (text) => text,
  );
}

function encodePairs(parameter: Parameter, value: unknown, encode: (text: string) => string): string[] {
  if (isOmitted(parameter, value)) return [];
  if (parameter.mediaType !== undefined)
    return [`${encode(parameter.name)}=${encode(serializeContent(parameter.mediaType, value))}`];
  if (parameter.encoding) return encodeFormField(parameter, value, encode);
  const joined = joinInnerLists(value, parameter.itemSeparators);
  return writePairs(parameter.style, parameter.explode, parameter.name, joined, encode).map(
    ([name, text]) => `${name}=${text}`,
  );
}

/** Writes a field of a form: a pair for each item of a list. An object is JSON. */
function encodeFormField(
  { name, encoding = {} }: Parameter,
  value: unknown,
  encode: (text: string) => string,
): string[] {
  const isJson = getBodyKind(getOwn(encoding, name)?.contentType ?? "") === "json";
  const items = (Array.isArray(value) ? value : [value]).filter((item) => isJson || item !== null);
  const write = isJson ? stringifyJson : formatScalar;
  return items.map((item) => `${encode(name)}=${encode(write(item))}`);
}

/** Writes a value as the whole query: https://spec.openapis.org/oas/v3.2.0.html#parameter-locations */
function writeQueryString({ mediaType = "", encoding = {} }: Parameter, value: unknown): string {
  return getBodyKind(mediaType) === "form"
    ? encodeFormBody(value, encoding)
    : encodeValue(serializeContent(mediaType, value));
}

/** Checks for an absent value, or an empty string of an optional parameter for which empty has no meaning. */
function isOmitted(parameter: Parameter, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (value !== "" || parameter.required || parameter.allowEmptyValue) return false;
  const { enum: choices } = parameter.schema;
  return !(Array.isArray(choices) && choices.includes(""));
}
