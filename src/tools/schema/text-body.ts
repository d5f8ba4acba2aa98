/** Describes bodies that are texts: what the document says about them, whatever their media type is. */
import type { JsonSchema } from "../../chat/types.ts";
import { stringifyJson } from "../../json.ts";
import type { MediaType } from "../../openapi/types.ts";
import { shorten } from "./description.ts";

const MAX_DESCRIPTION = 2000;
const MAX_EXAMPLE = 1000;

/** Creates the schema of a text body. `description` is that of the body. */
export function createTextSchema(content: readonly MediaType[], description: string | undefined): JsonSchema {
  const types = content.map(({ mediaType }) => mediaType).join(" or ");
  const isEmpty =
    description === undefined && content.every(({ schema }) => schema.description === undefined);
  const texts = [
    description,
    ...content.map(({ schema }) => schema.description),
    isEmpty ? `The body as ${types}, or attachment:NAME for a file the user attached.` : undefined,
    ...content.map(describeStructure),
  ].filter((text) => typeof text === "string" && text.trim() !== "");
  const examples = content
    .flatMap(({ schema, examples: listed = [] }) => [
      ...(Array.isArray(schema.examples) ? schema.examples : []),
      ...listed,
    ])
    .map((example) => (typeof example === "string" ? example : stringifyJson(example)))
    .filter((example) => typeof example === "string" && example.length <= MAX_EXAMPLE);
  return {
    type: "string",
    description: [...new Set(texts)].map((text) => shorten(String(text), MAX_DESCRIPTION)).join(" "),
    ...(examples.length > 0 && { examples: examples.slice(0, 1) }),
  };
}

/** Names the fields of a text in a language of its own. */
function describeStructure({ schema }: MediaType): string | undefined {
  if (schema.type !== "object" && schema.type !== "array" && schema.allOf === undefined) return undefined;
  const { items } = schema;
  const { properties = {} } = Object(schema.type === "array" ? items : schema) as JsonSchema;
  const names = Object.keys(Object(properties));
  return names.length > 0 ? `Fields: ${names.join(", ")}.` : undefined;
}
