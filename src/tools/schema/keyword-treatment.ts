/** What becomes of a schema's keywords before a model sees them. */
export type Treatment =
  | "drop"
  | "reference"
  | "text"
  | "properties"
  | "required"
  | "schema"
  | "schemas"
  | "schemaMap"
  | "examples"
  | "example"
  | "dependents"
  | "data";

/** What is not named here stays as it is. Dropped: what is of no use to a model, or against the rules of those who check. */
const KEYWORDS: Readonly<Record<Treatment, string>> = {
  drop: "xml externalDocs discriminator readOnly writeOnly nullable title deprecated $id $schema $comment $anchor $dynamicAnchor $vocabulary $defs definitions",
  reference: "$ref",
  text: "description",
  properties: "properties",
  required: "required",
  schema:
    "items additionalProperties not if then else contains propertyNames unevaluatedItems unevaluatedProperties contentSchema",
  schemas: "oneOf anyOf allOf prefixItems",
  schemaMap: "patternProperties dependentSchemas",
  examples: "examples",
  example: "example",
  dependents: "dependentRequired",
  data: "default enum const",
};

export const TREATMENT: ReadonlyMap<string, Treatment> = new Map(
  (Object.keys(KEYWORDS) as Treatment[]).flatMap((treatment) =>
    KEYWORDS[treatment].split(" ").map((keyword) => [keyword, treatment] as const),
  ),
);
