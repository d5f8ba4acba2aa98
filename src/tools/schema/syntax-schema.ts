/** Describes bodies whose structured values are written as XML, CSV, JSON lines or YAML. */
import type { JsonSchema } from "../../chat/types.ts";
import type { MediaType } from "../../openapi/types.ts";
import { writeSyntax } from "../request/text-syntax.ts";
import { createSample } from "./create-sample.ts";
import { shorten } from "./description.ts";
import type { TextSyntax } from "./media-type.ts";

const MAX_DESCRIPTION = 2000;
/** Shorter than most structures: the schema has all of it. */
const MAX_SAMPLE = 500;
const MAX_EXAMPLE = 1000;

/** Creates the schema of a body: the structured value in the document's words, or a text that is sent as it is. */
export function createSyntaxSchema(
  syntax: TextSyntax,
  media: MediaType,
  written: JsonSchema,
  description: string | undefined,
  definitions: Readonly<Record<string, JsonSchema>>,
): JsonSchema {
  const name = NAMES[syntax];
  const examples = listExamples(media);
  const shown = examples.find(isStructure);
  const sample = writeSyntax(
    syntax,
    shown ?? createSample(media.schema, definitions),
    media,
    definitions,
    [],
  );
  const limit = shown === undefined ? MAX_SAMPLE : MAX_EXAMPLE;
  const text = examples.find((value) => typeof value === "string" && value.length <= MAX_EXAMPLE);
  const texts = [
    description === undefined ? "" : shorten(description, MAX_DESCRIPTION),
    `Sent as ${name}: ${sample.length > limit ? `${sample.slice(0, limit).toWellFormed()}…` : sample.trim()}`,
    text === undefined ? "" : `Example: ${text}`,
    `A text of ${name}, or attachment:NAME for a file the user attached, is sent as it is.`,
  ];
  return {
    description: texts.filter((text) => text !== "").join(" "),
    anyOf: [written, { type: "string" }],
  };
}

const NAMES: Readonly<Record<TextSyntax, string>> = {
  xml: "XML",
  csv: "CSV",
  lines: "JSON lines",
  yaml: "YAML",
};

/** Returns the document's examples: texts and structured values. */
function listExamples({ schema, examples = [] }: MediaType): readonly unknown[] {
  return [...examples, ...(Array.isArray(schema.examples) ? schema.examples : []), schema.example];
}

function isStructure(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
