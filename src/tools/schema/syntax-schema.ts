/** Describes bodies whose structured values are written as XML, CSV or JSON lines. */
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
  const sample = writeSyntax(syntax, createSample(media.schema, definitions), media, definitions, []);
  const example = findTextExample(media);
  const texts = [
    description === undefined ? "" : shorten(description, MAX_DESCRIPTION),
    `Sent as ${name}: ${sample.length > MAX_SAMPLE ? `${sample.slice(0, MAX_SAMPLE).toWellFormed()}…` : sample.trim()}`,
    example === undefined ? "" : `Example: ${example}`,
    `A text of ${name}, or attachment:NAME for a file the user attached, is sent as it is.`,
  ];
  return {
    description: texts.filter((text) => text !== "").join(" "),
    anyOf: [written, { type: "string" }],
  };
}

const NAMES: Readonly<Record<TextSyntax, string>> = { xml: "XML", csv: "CSV", lines: "JSON lines" };

/** Returns the document's example when it is a text. */
function findTextExample({ schema, examples = [] }: MediaType): string | undefined {
  const all = [...examples, ...(Array.isArray(schema.examples) ? schema.examples : []), schema.example];
  return all.find((value) => typeof value === "string" && value.length <= MAX_EXAMPLE);
}
