/** Collects the words of a tool that a search looks at. */
import type { JsonSchema } from "../../chat/types.ts";
import type { AnyTool } from "../types.ts";
import type { SearchFields, VerbClass } from "./types.ts";
import { classifyMethod, classifyVerb } from "./verbs.ts";
import { splitWords } from "./words.ts";

/** The number of words of a description that are indexed. The first sentences say what an operation does. */
const MAX_TEXT_WORDS = 40;
const MAX_INPUTS = 60;
/** How deep the variants of a body are read: references, and `oneOf` within `allOf`. */
const MAX_DEPTH = 4;
const MAX_VARIANTS = 20;

export function collectFields(tool: AnyTool): SearchFields {
  if (!("operation" in tool)) {
    const name = splitWords(tool.name);
    const text = splitWords(tool.description);
    return {
      name: name,
      path: [],
      resource: [],
      summary: text.slice(0, 12),
      tags: [],
      examples: [],
      actions: [],
      inputs: listSchemaWords(tool.inputSchema),
      text: text.slice(0, MAX_TEXT_WORDS),
      verb: findVerb(name, text) ?? (tool.readOnly ? "read" : undefined),
    };
  }
  const { operation, curation } = tool;
  const segments = operation.path.split("/").filter((segment) => segment !== "" && !segment.startsWith("{"));
  const name = splitWords(`${operation.operationId ?? tool.name}`);
  const summary = splitWords(
    operation.summary ?? firstSentence(curation.description ?? operation.description ?? ""),
  );
  const text = splitWords((curation.description ?? operation.description ?? "").slice(0, 600));
  return {
    name: name,
    path: segments.flatMap(splitWords),
    resource: splitWords(segments.at(-1) ?? ""),
    summary: summary,
    tags: [...operation.tags, tool.api.name].flatMap(splitWords),
    examples: (curation.examples ?? []).flatMap((example) =>
      typeof example === "string" ? splitWords(example) : [],
    ),
    actions: listActions(operation.body?.content[0]?.schema, operation.definitions),
    inputs: listInputWords(tool),
    text: text.slice(0, MAX_TEXT_WORDS),
    verb: findVerb(name, summary) ?? classifyMethod(operation.method),
  };
}

function firstSentence(text: string): string {
  return /^[^.\n]{0,120}/.exec(text)?.[0] ?? "";
}

/** Returns the class of the first word that is a verb: of the summary, which is prose, or of the name. */
function findVerb(name: readonly string[], summary: readonly string[]): VerbClass | undefined {
  const first = summary[0];
  const ofSummary = first === undefined ? undefined : classifyVerb(first);
  if (ofSummary !== undefined) return ofSummary;
  for (const word of name) {
    const verbClass = classifyVerb(word);
    if (verbClass !== undefined) return verbClass;
  }
  return undefined;
}

function listInputWords({ operation }: Extract<AnyTool, { operation: unknown }>): string[] {
  const parameters = operation.parameters.flatMap(({ name, schema }) => [name, ...listEnum(schema)]);
  const properties = (operation.body?.content ?? [])
    .slice(0, 1)
    .flatMap(({ schema }) => listProperties(schema, operation.definitions));
  return [...parameters, ...properties].slice(0, MAX_INPUTS).flatMap(splitWords);
}

/** Properties whose values say what one operation does: `POST /actions` with the type `reboot`. */
const ACTION_PROPERTY = /^(?:type|action|command|method|op|operation)$/i;

function listActions(schema: unknown, definitions: Readonly<Record<string, JsonSchema>>): string[] {
  const values = readProperties(schema, definitions).flatMap(([name, property]) =>
    ACTION_PROPERTY.test(name) ? listEnum(property) : [],
  );
  return [...new Set(values)].flatMap(splitWords);
}

function listProperties(schema: unknown, definitions: Readonly<Record<string, JsonSchema>>): string[] {
  const texts = readProperties(schema, definitions).flatMap(([name, property]) => [
    name,
    ...listEnum(property),
  ]);
  return [...new Set(texts)];
}

/** Returns the properties of an object, in all its variants. */
function readProperties(
  schema: unknown,
  definitions: Readonly<Record<string, JsonSchema>>,
  depth = 0,
): (readonly [string, unknown])[] {
  const { $ref, properties, allOf, oneOf, anyOf } = Object(schema) as JsonSchema;
  if (depth > MAX_DEPTH) return [];
  const name = typeof $ref === "string" ? /^#\/\$defs\/(.+)$/.exec($ref)?.[1] : undefined;
  if (name !== undefined) return readProperties(definitions[name], definitions, depth + 1);
  const variants = [allOf, oneOf, anyOf].filter(Array.isArray).flat().slice(0, MAX_VARIANTS);
  return [
    ...Object.entries(Object(properties)),
    ...variants.flatMap((variant) => readProperties(variant, definitions, depth + 1)),
  ];
}

function listSchemaWords(schema: JsonSchema): string[] {
  return listProperties(schema, {}).slice(0, MAX_INPUTS).flatMap(splitWords);
}

function listEnum(schema: unknown): string[] {
  const values: unknown = Object(schema).enum;
  return Array.isArray(values) ? values.filter((value) => typeof value === "string").slice(0, 10) : [];
}
