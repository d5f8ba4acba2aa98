/** Compares what came of a case with what was expected. */
import { parseJson } from "../../src/json.ts";
import type {
  Expectation,
  HeaderExpectation,
  ListedTool,
  Outcome,
  PartExpectation,
  SentRequest,
} from "./case.ts";

/** Returns the differences, one line each. Empty when everything is as expected. */
export function findDifferences(expected: Expectation, outcome: Outcome): string[] {
  const problems: string[] = [];
  const { requests, out, err, result } = outcome;
  if (NEEDS_REQUEST.some((key) => expected[key] !== undefined)) {
    const [first] = requests;
    if (first) problems.push(...checkRequest(expected, first));
    else problems.push(`nothing was sent: ${err || out}`);
  }
  const last = requests.at(-1);
  if (expected.last)
    problems.push(
      ...(last ? findDifferences(expected.last, { ...outcome, requests: [last] }) : ["no request"]),
    );
  if (expected.nothingSent && requests.length > 0) problems.push(`sent ${show(requests[0])}`);
  for (const text of expected.lacks ?? [])
    if (requests.some((request) => show(request).includes(text))) problems.push(`a request has ${text}`);
  for (const text of expected.says ?? [])
    if (!`${out}${err}`.includes(text)) problems.push(`does not say ${text}: ${out}${err}`);
  for (const text of expected.warns ?? [])
    if (!err.toLowerCase().includes(text.toLowerCase())) problems.push(`does not warn of ${text}: ${err}`);
  if (expected.silent && err !== "") problems.push(`warns: ${err}`);
  for (const text of expected.model ?? [])
    if (!result?.includes(text)) problems.push(`the model does not read ${text}: ${result}`);
  for (const text of expected.modelLacks ?? [])
    if (result?.includes(text)) problems.push(`the model reads ${text}: ${result}`);
  problems.push(...checkTools(expected, outcome));
  if (expected.any) {
    const choices = expected.any.map((choice) => findDifferences(choice, outcome));
    if (choices.every((choice) => choice.length > 0)) problems.push(`none of: ${choices.flat().join(" | ")}`);
  }
  return problems;
}

const NEEDS_REQUEST = ["request", "url", "headers", "body", "bodyText", "bodyBase64", "parts"] as const;

function checkRequest(expected: Expectation, request: SentRequest): string[] {
  const problems: string[] = [];
  const text = new TextDecoder().decode(request.body);
  const line = `${request.method} ${request.target}`;
  if (expected.request && ![expected.request].flat().includes(line)) problems.push(`the request is ${line}`);
  if (expected.url && ![expected.url].flat().includes(request.url))
    problems.push(`the URL is ${request.url}`);
  for (const [name, wanted] of Object.entries(expected.headers ?? {})) {
    const value = Object.entries(request.headers).find(
      ([key]) => key.toLowerCase() === name.toLowerCase(),
    )?.[1];
    if (!matchesHeader(value, wanted)) problems.push(`the header ${name} is ${value}`);
  }
  if (expected.body !== undefined && !Bun.deepEquals(tryParse(text), expected.body))
    problems.push(`the body is ${text}`);
  if (expected.bodyText && ![expected.bodyText].flat().includes(text)) problems.push(`the body is ${text}`);
  const base64 = Buffer.from(request.body).toString("base64");
  if (expected.bodyBase64 && base64 !== expected.bodyBase64 && text !== expected.bodyBase64)
    problems.push(`the body is ${base64}`);
  for (const part of expected.parts ?? [])
    if (!request.parts?.some((sent) => matchesPart(sent, part)))
      problems.push(`no part ${JSON.stringify(part)} in ${text}`);
  return problems;
}

function tryParse(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

function matchesHeader(value: string | undefined, wanted: HeaderExpectation): boolean {
  if (wanted === null || typeof wanted === "string") return (value ?? null) === wanted;
  if ("has" in wanted || "lacks" in wanted) {
    const { has, lacks } = wanted;
    const lower = value?.toLowerCase();
    return (
      (has === undefined || lower?.includes(has.toLowerCase()) === true) &&
      (lacks === undefined || !lower?.includes(lacks.toLowerCase()))
    );
  }
  return Array.isArray(wanted) && wanted.some((choice) => matchesHeader(value, choice));
}

function matchesPart(
  sent: NonNullable<SentRequest["parts"]>[number],
  { name, filename, type, text, base64 }: PartExpectation,
): boolean {
  const content = Buffer.from(sent.content);
  return (
    sent.name === name &&
    (filename === undefined || sent.filename === filename) &&
    (type === undefined || sent.type === type) &&
    (text === undefined || content.toString("utf8") === text) &&
    (base64 === undefined || content.toString("base64") === base64)
  );
}

function show(request: SentRequest | undefined): string {
  if (!request) return "";
  return JSON.stringify({ ...request, body: new TextDecoder().decode(request.body) });
}

function checkTools(expected: Expectation, { tools, err }: Outcome): string[] {
  const problems: string[] = [];
  const known = tools.map(({ name }) => name);
  for (const name of expected.tools ?? [])
    if (!known.includes(name)) problems.push(`no tool ${name} among ${known.join(", ")}: ${err}`);
  for (const name of expected.noTools ?? [])
    if (known.includes(name)) problems.push(`there is a tool ${name}`);
  for (const [operation, word] of Object.entries(expected.names ?? {})) {
    const tool = tools.find(({ method, path }) => `${method} ${path}` === operation);
    if (!tool?.name.includes(word)) problems.push(`the tool of ${operation} is called ${tool?.name}`);
  }
  for (const [place, texts] of Object.entries(expected.tells ?? {})) {
    const definition = readDefinition(place, tools);
    for (const text of texts)
      if (![text].flat().some((choice) => definition.includes(choice)))
        problems.push(`${place} does not tell ${text}: ${definition}`);
  }
  for (const [place, texts] of Object.entries(expected.hides ?? {}))
    for (const text of texts)
      if (readDefinition(place, tools).includes(text)) problems.push(`${place} tells ${text}`);
  return problems;
}

/** Returns the texts of a tool or of one argument with its definitions. */
function readDefinition(place: string, tools: readonly ListedTool[]): string {
  const [name = "", ...rest] = place.split(".");
  const tool = tools.find((candidate) => candidate.name === name);
  if (!tool) return "";
  const { description, inputSchema } = tool;
  if (rest.length === 0) return `${description}\n${readTexts(inputSchema)}`;
  const property = inputSchema.properties?.[rest.join(".")];
  return property === undefined ? "" : readTexts([property, inputSchema.$defs ?? {}]);
}

/** Returns the keys and values of a schema at every depth, and its JSON. */
function readTexts(value: unknown): string {
  const texts: string[] = [JSON.stringify(value)];
  const visit = (inner: unknown): void => {
    if (typeof inner === "object" && inner !== null)
      for (const [key, entry] of Object.entries(inner)) {
        texts.push(key);
        visit(entry);
      }
    else texts.push(String(inner));
  };
  visit(value);
  return texts.join("\n");
}
