/** Generates plausible values of a schema, as a model would write them, with enums, examples and formats. */
import fc from "fast-check";
import { followReferences, isRecord } from "../../src/tools/schema/schema.ts";

type Definitions = Readonly<Record<string, unknown>>;

export function generateSample(input: unknown, definitions: Definitions, depth = 0): unknown {
  if (!isRecord(input)) return "x";
  const { $ref, ...siblings } = input;
  // Sibling keywords of a reference narrow its target.
  if ($ref !== undefined && Object.keys(siblings).length > 0) {
    const target = followReferences({ $ref }, definitions);
    const properties = { ...asRecord(target.properties), ...asRecord(siblings.properties) };
    const required = [...asList(target.required), ...asList(siblings.required)];
    return generateSample({ ...target, ...siblings, properties, required }, definitions, depth);
  }
  const schema = followReferences(input, definitions);
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const [example] = Array.isArray(schema.examples) ? schema.examples : [];
  if (example !== undefined && matches(example, schema)) return example;
  if (schema.default !== undefined && schema.default !== null) return schema.default;
  if (Array.isArray(schema.allOf)) {
    // The schema's own keywords come last, as they narrow the parts.
    const parts = [...schema.allOf, schema].map((part) => ({
      ...followReferences(part, definitions),
      allOf: undefined,
    }));
    return Object.assign(
      {},
      ...parts.map((part) => generateSample({ type: "object", ...part }, definitions, depth + 1)),
    );
  }
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (Array.isArray(alternatives)) {
    const [first] = alternatives.filter(isRecord);
    const { oneOf: _oneOf, anyOf: _anyOf, ...ownKeywords } = schema;
    const value = generateSample(first, definitions, depth + 1);
    if (isRecord(value) && isRecord(schema.properties))
      return { ...sampleObject(ownKeywords, definitions, depth), ...value };
    // Alternatives that only narrow the sibling keywords, such as a format.
    return first?.type === undefined && first?.$ref === undefined && ownKeywords.type !== undefined
      ? generateSample({ ...ownKeywords, ...first }, definitions, depth + 1)
      : value;
  }
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "integer" || type === "number") return sampleNumber(schema);
  if (type === "boolean") return true;
  if (type === "null") return null;
  if (type === "array") return sampleArray(schema, definitions, depth);
  if (type === "object" || isRecord(schema.properties)) return sampleObject(schema, definitions, depth);
  return sampleString(schema);
}

function asRecord(value: unknown): Record<string, unknown> {
  return isRecord(value) ? { ...value } : {};
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function sampleNumber(schema: Record<string, unknown>): number {
  const minimum =
    Number(schema.minimum ?? schema.exclusiveMinimum ?? 0) + (schema.exclusiveMinimum === undefined ? 0 : 1);
  const value = Math.min(Math.max(1, minimum), Number(schema.maximum ?? Number.POSITIVE_INFINITY));
  const step = Number(schema.multipleOf ?? 0);
  return step > 0 && value % step !== 0 ? Math.ceil(value / step) * step : value;
}

function sampleArray(schema: Record<string, unknown>, definitions: Definitions, depth: number): unknown[] {
  const minItems = Number(schema.minItems ?? (depth < 4 ? 1 : 0));
  return Array.from({ length: minItems }, () => generateSample(schema.items, definitions, depth + 1));
}

function sampleObject(
  schema: Record<string, unknown>,
  definitions: Definitions,
  depth: number,
): Record<string, unknown> {
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const properties = isRecord(schema.properties) ? schema.properties : {};
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([key]) => required.has(key) || depth < 3)
      .map(([key, property]) => [key, generateSample(property, definitions, depth + 1)]),
  );
}

const FORMATS: Readonly<Record<string, string>> = {
  "date-time": "2026-01-31T09:30:00Z",
  date: "2026-01-31",
  time: "09:30:00Z",
  duration: "PT1H",
  uri: "https://example.com/x",
  url: "https://example.com/x",
  email: "ann@example.com",
  uuid: "123e4567-e89b-12d3-a456-426614174000",
  ipv4: "10.0.0.1",
  hostname: "example.com",
};

function sampleString(schema: Record<string, unknown>): string {
  const byFormat = FORMATS[String(schema.format)];
  if (byFormat !== undefined) return byFormat;
  const [minLength, maxLength] = [Number(schema.minLength ?? 0), Number(schema.maxLength ?? 1000)];
  if (typeof schema.pattern !== "string") return "x".padEnd(minLength, "x").slice(0, maxLength);
  return generateMatching(schema.pattern, minLength, maxLength) ?? "x".padEnd(minLength, "x");
}

/** Generates a text that matches the pattern, the same on every run. Returns undefined when none of 100 has the length. */
function generateMatching(pattern: string, minLength: number, maxLength: number): string | undefined {
  const texts = fc.sample(fc.stringMatching(new RegExp(pattern)), { numRuns: 100, seed: 1 });
  return texts.find(
    (text) =>
      text.length >= minLength &&
      text.length <= maxLength &&
      /^[\x20-\x7e]*$/.test(text) &&
      text.trim() !== "",
  );
}

function matches(value: unknown, { pattern, type }: Record<string, unknown>): boolean {
  // An optional property that is null and cannot be is left out of the request.
  if (value === null) return type === undefined || [type].flat().includes("null");
  return typeof value !== "string" || typeof pattern !== "string" || new RegExp(pattern).test(value);
}
