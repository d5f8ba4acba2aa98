/** Compares the outcome of a case with what is expected of it. */
import { parseJson, stringifyJson } from "../../src/json.ts";
import type { RawRequest } from "./raw-api.ts";

export interface ListedTool {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly description: string;
  readonly inputSchema: {
    readonly properties: Readonly<Record<string, unknown>>;
    readonly $defs?: Readonly<Record<string, unknown>>;
  };
}

export interface Outcome {
  /** What the command printed. */
  readonly out: string;
  /** What it printed on standard error. */
  readonly err: string;
  readonly requests: readonly (RawRequest & { readonly url: string })[];
  readonly tools?: readonly ListedTool[];
  /** The tool result that the model read. */
  readonly model?: string;
}

type Texts = string | readonly string[];

export interface Expectation {
  /** Method, path and query. A list means any of them, here and below. */
  readonly request?: Texts;
  readonly url?: Texts;
  readonly headers?: Readonly<
    Record<string, Texts | null | { readonly has?: Texts; readonly lacks?: Texts }>
  >;
  readonly body?: unknown;
  readonly bodyText?: string;
  readonly bodyBase64?: string;
  /** Parts of a multipart body that must be among them. */
  readonly parts?: readonly Readonly<Record<string, string>>[];
  /** All parts of a multipart body. `name` null: the part has no name. `json`: its content. */
  readonly inOrder?: readonly Readonly<Record<string, unknown>>[];
  /** Texts that no request contains. */
  readonly lacks?: readonly string[];
  readonly last?: Expectation;
  readonly nothingSent?: boolean;
  readonly says?: readonly string[];
  readonly warns?: readonly string[];
  readonly tools?: readonly string[];
  /** `METHOD /path` → a word of the tool's name. */
  readonly names?: Readonly<Record<string, string>>;
  /** `tool` or `tool.argument` → words in its description or schema. A list within the list means any of them. */
  readonly tells?: Readonly<Record<string, readonly Texts[]>>;
  readonly model?: readonly string[];
  readonly modelLacks?: readonly string[];
  readonly any?: readonly Expectation[];
}

/** Returns the differences, one line each. Empty when the outcome is as expected. */
export function findDifferences(outcome: Outcome, expected: Expectation): readonly string[] {
  return [
    ...compareRequest(outcome, expected),
    ...compareTools(outcome, expected),
    ...findMissing("printed text", `${outcome.out}\n${outcome.err}`, expected.says ?? []),
    ...findMissing("standard error", outcome.err, expected.warns ?? []),
    ...findMissing("model", outcome.model ?? "", expected.model ?? []),
    ...(expected.modelLacks ?? [])
      .filter((word) => outcome.model?.includes(word))
      .map((word) => `the model reads ${word}`),
    ...(expected.last
      ? findDifferences({ ...outcome, requests: outcome.requests.slice(-1) }, expected.last)
      : []),
    ...compareAny(outcome, expected.any),
  ];
}

function compareAny(outcome: Outcome, alternatives: readonly Expectation[] | undefined): readonly string[] {
  if (!alternatives) return [];
  const differences = alternatives.map((alternative) => findDifferences(outcome, alternative));
  return differences.some((list) => list.length === 0) ? [] : differences.flat();
}

function compareRequest(outcome: Outcome, expected: Expectation): readonly string[] {
  const { requests, err } = outcome;
  const [request] = requests;
  const differences: string[] = [];
  if (expected.nothingSent && request) differences.push(`sent ${request.method} ${request.target}`);
  const raw = requests.map(
    ({ method, url, headers, body }) => `${method} ${url} ${JSON.stringify(headers)} ${body}`,
  );
  for (const text of expected.lacks ?? [])
    if (raw.some((one) => one.includes(text))) differences.push(`a request contains ${text}`);
  const { request: line, url, headers, body, bodyText, bodyBase64, parts, inOrder } = expected;
  if ([line, url, headers, body, bodyText, bodyBase64, parts, inOrder].every((field) => field === undefined))
    return differences;
  if (!request) return [...differences, `nothing was sent: ${err}`];
  const actualLine = `${request.method} ${request.target}`;
  if (line !== undefined && !toList(line).includes(actualLine)) differences.push(`request: ${actualLine}`);
  if (url !== undefined && !toList(url).includes(request.url)) differences.push(`url: ${request.url}`);
  for (const [name, rule] of Object.entries(headers ?? {}))
    if (!matchesHeader(request.headers[name.toLowerCase()], rule))
      differences.push(`${name}: ${request.headers[name.toLowerCase()]}`);
  if (body !== undefined && !isSameJson(request.body.toString(), body))
    differences.push(`body: ${request.body}`);
  if (bodyText !== undefined && request.body.toString() !== bodyText)
    differences.push(`body: ${request.body}`);
  if (bodyBase64 !== undefined && request.body.toString("base64") !== bodyBase64)
    differences.push(`body: ${request.body.toString("base64")}`);
  return [...differences, ...compareParts(request, expected)];
}

function matchesHeader(
  value: string | undefined,
  rule: Texts | null | { readonly has?: Texts; readonly lacks?: Texts },
): boolean {
  if (rule === null) return value === undefined;
  if (typeof rule === "string" || isTexts(rule)) return value !== undefined && toList(rule).includes(value);
  const lowered = (value ?? "").toLowerCase();
  const contains = (text: string) => lowered.includes(text.toLowerCase());
  return (
    toList(rule.has ?? "").some(contains) && (rule.lacks === undefined || !toList(rule.lacks).some(contains))
  );
}

function compareParts(request: RawRequest, { parts, inOrder }: Expectation): readonly string[] {
  if (!parts && !inOrder) return [];
  const boundary = /boundary="?([^";]+)/.exec(request.headers["content-type"] ?? "")?.[1];
  if (boundary === undefined)
    return [`no multipart body: ${request.headers["content-type"]} ${request.body}`];
  const actual = request.body.toString("latin1").split(`--${boundary}`).slice(1, -1).map(readPart);
  const missing = (parts ?? [])
    .filter((part) => !actual.some((one) => isSamePart(one, part)))
    .map((part) => `no part ${JSON.stringify(part)} among ${JSON.stringify(actual)}`);
  const isInOrder =
    !inOrder ||
    (inOrder.length === actual.length && actual.every((one, index) => isSamePart(one, inOrder[index] ?? {})));
  return isInOrder ? missing : [...missing, `parts: ${JSON.stringify(actual)}`];
}

function readPart(part: string) {
  const end = part.indexOf("\r\n\r\n");
  const head = Buffer.from(part.slice(0, end), "latin1").toString();
  const bytes = Buffer.from(part.slice(end + 4, -2), "latin1");
  return {
    name: /; name="([^"]*)"/.exec(head)?.[1],
    filename: /; filename="([^"]*)"/.exec(head)?.[1],
    type: /content-type: *([^\r\n]*)/i.exec(head)?.[1],
    text: bytes.toString(),
    base64: bytes.toString("base64"),
  };
}

function isSamePart(
  actual: ReturnType<typeof readPart>,
  expected: Readonly<Record<string, unknown>>,
): boolean {
  return Object.entries(expected).every(([key, value]) =>
    key === "json" ? isSameJson(actual.text, value) : (actual[key as "name"] ?? null) === value,
  );
}

function compareTools({ tools = [], err }: Outcome, expected: Expectation): readonly string[] {
  const missing = (expected.tools ?? [])
    .filter((name) => !tools.some((tool) => tool.name === name))
    .map((name) => `no tool ${name}: ${err}`);
  const names = Object.entries(expected.names ?? {}).flatMap(([operation, word]) => {
    const tool = tools.find(({ method, path }) => `${method} ${path}` === operation);
    return tool?.name.includes(word) ? [] : [`${operation} is called ${tool?.name}`];
  });
  const described = Object.entries(expected.tells ?? {}).flatMap(([place, words]) => {
    const [name = "", argument] = place.split(".", 2);
    const tool = tools.find((one) => one.name === name);
    if (!tool) return [`no tool ${name}: ${err}`];
    const definitions = tool.inputSchema.$defs ?? {};
    const text =
      argument === undefined
        ? `${tool.description}\n${flatten(tool.inputSchema, {})}`
        : flatten(tool.inputSchema.properties[argument], definitions);
    return words
      .filter((word) => !toList(word).some((one) => text.includes(one)))
      .map((word) => `${place} does not tell ${JSON.stringify(word)}: ${text}`);
  });
  return [...missing, ...names, ...described];
}

/** Returns a schema as JSON, with the definitions that it refers to, and its texts without escapes. */
function flatten(schema: unknown, definitions: Readonly<Record<string, unknown>>): string {
  const texts: string[] = [stringifyJson(schema) ?? ""];
  const seen = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value === "string") {
      texts.push(value);
      const name = value.startsWith("#/$defs/") ? value.slice("#/$defs/".length) : undefined;
      if (name === undefined || seen.has(name)) return;
      seen.add(name);
      walk(definitions[name]);
    } else if (typeof value === "object" && value !== null)
      for (const [key, inner] of Object.entries(value)) {
        texts.push(key);
        walk(inner);
      }
    else texts.push(String(value));
  };
  walk(schema);
  return texts.join("\n");
}

function findMissing(where: string, text: string, words: readonly string[]): readonly string[] {
  return words
    .filter((word) => !text.toLowerCase().includes(word.toLowerCase()))
    .map((word) => `${where} lacks ${word}: ${text}`);
}

function isSameJson(text: string, value: unknown): boolean {
  try {
    return Bun.deepEquals(parseJson(text), value);
  } catch {
    return false;
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value);
}

function toList(texts: Texts): readonly string[] {
  return typeof texts === "string" ? [texts] : texts;
}
