/** Lists how each JSON Schema keyword is rewritten for the model. */

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

/** Keywords by treatment. Others are kept. Dropped keywords do not help a model, or are rejected by its provider. */
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
