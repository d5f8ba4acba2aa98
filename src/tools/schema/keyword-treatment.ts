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

/** Keywords by treatment. Dropped keywords do not help a model, or are rejected by its provider. */
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

const TREATMENT: ReadonlyMap<string, Treatment> = new Map(
  (Object.keys(KEYWORDS) as Treatment[]).flatMap((treatment) =>
    KEYWORDS[treatment].split(" ").map((keyword) => [keyword, treatment] as const),
  ),
);

/**
 * Returns undefined for a keyword that is kept. An unknown keyword with a structure is dropped: it can hold references whose
 * targets are not written.
 */
export function treatmentOf(keyword: string, value: unknown): Treatment | undefined {
  const treatment = TREATMENT.get(keyword);
  if (treatment !== undefined || keyword === "type") return treatment;
  return keyword.startsWith("x-") || typeof value === "object" ? "drop" : undefined;
}
