/** The JSON Schema of the chart's values. Helm checks values with it before it installs. */

type JsonSchema = Readonly<Record<string, unknown>>;

/** Maps whose keys are open, and the schema of their values. */
const OPEN_MAPS: Readonly<Record<string, JsonSchema>> = {
  // A variable is always a text.
  settings: { type: "string" },
  annotations: { type: "string" },
  resources: { type: "object" },
};

/** Returns a schema that accepts values of the same types as the defaults, and no unknown ones. */
export function valuesSchema(values: object): JsonSchema {
  return { $schema: "http://json-schema.org/draft-07/schema#", ...describeValue("", values) };
}

function describeValue(name: string, value: unknown): JsonSchema {
  // The templates read each entry of a list.
  if (Array.isArray(value))
    return {
      type: "array",
      items: describeValue("", value[0]),
      minItems: value.length,
      maxItems: value.length,
    };
  if (typeof value === "number") return { type: "integer", minimum: 1 };
  if (typeof value === "string") return { type: "string", minLength: 1 };
  if (typeof value !== "object" || value === null) return { type: typeof value };
  const openMap = OPEN_MAPS[name];
  if (openMap) return { type: "object", additionalProperties: openMap };
  const entries = Object.entries(value);
  return {
    type: "object",
    additionalProperties: false,
    required: entries.map(([key]) => key),
    properties: Object.fromEntries(entries.map(([key, entry]) => [key, describeValue(key, entry)])),
  };
}
