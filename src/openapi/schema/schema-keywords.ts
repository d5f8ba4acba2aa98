/**
 * The keywords of JSON Schema draft 2020-12 that matter for filling in a value, with the kind of value each has:
 * https://json-schema.org/draft/2020-12/json-schema-validation and json-schema-core. Other keywords are dropped: those
 * of OpenAPI (`externalDocs`), identifiers such as `$id`, extensions, and unknown ones.
 */
export type KeywordKind =
  | "schema"
  | "schemas"
  | "schemaMap"
  | "properties"
  | "branches"
  | "reference"
  | "type"
  | "items"
  | "text"
  | "number"
  | "positive"
  | "count"
  | "toggle"
  | "any"
  | "names"
  | "values"
  | "examples"
  | "nameLists";

export const KEYWORDS: ReadonlyMap<string, KeywordKind> = new Map<string, KeywordKind>([
  ["$ref", "reference"],
  ["$dynamicRef", "reference"],
  ["type", "type"],
  ["enum", "values"],
  ["const", "any"],
  ["title", "text"],
  ["description", "text"],
  ["xml", "any"],
  ["default", "any"],
  ["examples", "examples"],
  ["deprecated", "toggle"],
  ["format", "text"],
  ["properties", "properties"],
  ["required", "names"],
  ["additionalProperties", "schema"],
  ["patternProperties", "schemaMap"],
  ["propertyNames", "schema"],
  ["minProperties", "count"],
  ["maxProperties", "count"],
  ["dependentRequired", "nameLists"],
  ["dependentSchemas", "schemaMap"],
  ["unevaluatedProperties", "schema"],
  ["items", "items"],
  ["prefixItems", "schemas"],
  ["unevaluatedItems", "schema"],
  ["contains", "schema"],
  ["minContains", "count"],
  ["maxContains", "count"],
  ["minItems", "count"],
  ["maxItems", "count"],
  ["uniqueItems", "toggle"],
  ["minLength", "count"],
  ["maxLength", "count"],
  ["pattern", "text"],
  ["contentEncoding", "text"],
  ["contentMediaType", "text"],
  ["contentSchema", "schema"],
  ["minimum", "number"],
  ["maximum", "number"],
  ["exclusiveMinimum", "number"],
  ["exclusiveMaximum", "number"],
  ["multipleOf", "positive"],
  ["oneOf", "branches"],
  ["anyOf", "branches"],
  ["not", "schema"],
  ["if", "schema"],
  ["then", "schema"],
  ["else", "schema"],
]);

/** Keywords whose schemas apply to the same value as the schema that contains them. */
export const IN_PLACE_APPLICATORS: ReadonlySet<string> = new Set([
  "allOf",
  "oneOf",
  "anyOf",
  "not",
  "if",
  "then",
  "else",
  "dependentSchemas",
]);

/** Keywords that describe a value and do not constrain it. */
export const ANNOTATIONS: ReadonlySet<string> = new Set([
  "title",
  "description",
  "default",
  "examples",
  "deprecated",
  "x-value-names",
  "xml",
]);

export const SCHEMA_TYPES: ReadonlySet<string> = new Set([
  "string",
  "number",
  "integer",
  "boolean",
  "array",
  "object",
  "null",
]);

/** Type names that documents use although no version of the specification defines them. */
export const TYPE_ALIASES: ReadonlyMap<string, string> = new Map([
  ["int", "integer"],
  ["int32", "integer"],
  ["int64", "integer"],
  ["long", "integer"],
  ["float", "number"],
  ["double", "number"],
  ["decimal", "number"],
  ["bool", "boolean"],
  ["str", "string"],
  ["text", "string"],
  ["date", "string"],
  ["datetime", "string"],
  ["date-time", "string"],
  ["uuid", "string"],
  ["file", "string"],
  ["list", "array"],
  ["dict", "object"],
  ["map", "object"],
]);
