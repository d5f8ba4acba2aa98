/** A plausible value of a schema, as a model would write it: enums, examples and formats honoured. */
import { followReferences, isRecord } from "../../src/tools/schema.ts";

type Definitions = Readonly<Record<string, unknown>>;

export function sample(given: unknown, definitions: Definitions, depth = 0): unknown {
  if (!isRecord(given)) return "x";
  const schema = followReferences(given, definitions);
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const [example] = Array.isArray(schema.examples) ? schema.examples : [];
  if (example !== undefined && matches(example, schema)) return example;
  if (schema.default !== undefined && schema.default !== null) return schema.default;
  if (Array.isArray(schema.allOf)) {
    const parts = [schema, ...schema.allOf].map((part) => ({
      ...followReferences(part, definitions),
      allOf: undefined,
    }));
    return Object.assign(
      {},
      ...parts.map((part) => sample({ type: "object", ...part }, definitions, depth + 1)),
    );
  }
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (Array.isArray(alternatives)) {
    const [first] = alternatives.filter(isRecord);
    const own = { ...schema, oneOf: undefined, anyOf: undefined };
    const value = sample({ ...first, ...(first?.type === undefined && own) }, definitions, depth + 1);
    return isRecord(value) && isRecord(schema.properties)
      ? { ...objectOf(own, definitions, depth), ...value }
      : value;
  }
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "integer" || type === "number") return numberOf(schema);
  if (type === "boolean") return true;
  if (type === "null") return null;
  if (type === "array") return arrayOf(schema, definitions, depth);
  if (type === "object" || isRecord(schema.properties)) return objectOf(schema, definitions, depth);
  return textOf(schema);
}

function numberOf(schema: Record<string, unknown>): number {
  const least =
    Number(schema.minimum ?? schema.exclusiveMinimum ?? 0) + (schema.exclusiveMinimum === undefined ? 0 : 1);
  return Math.min(Math.max(1, least), Number(schema.maximum ?? Number.POSITIVE_INFINITY));
}

function arrayOf(schema: Record<string, unknown>, definitions: Definitions, depth: number): unknown[] {
  const least = Number(schema.minItems ?? (depth < 4 ? 1 : 0));
  return Array.from({ length: least }, () => sample(schema.items, definitions, depth + 1));
}

function objectOf(
  schema: Record<string, unknown>,
  definitions: Definitions,
  depth: number,
): Record<string, unknown> {
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const properties = isRecord(schema.properties) ? schema.properties : {};
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([key]) => required.has(key) || depth < 3)
      .map(([key, property]) => [key, sample(property, definitions, depth + 1)]),
  );
}

const FORMATS: Readonly<Record<string, string>> = {
  "date-time": "2026-01-31T09:30:00Z",
  date: "2026-01-31",
  time: "09:30:00Z",
  uri: "https://example.com/x",
  url: "https://example.com/x",
  email: "ann@example.com",
  uuid: "123e4567-e89b-12d3-a456-426614174000",
  ipv4: "10.0.0.1",
  hostname: "example.com",
};

function textOf(schema: Record<string, unknown>): string {
  const byFormat = FORMATS[String(schema.format)];
  if (byFormat !== undefined) return byFormat;
  const candidates = [
    "x",
    "1.2.3",
    `sha256:${"a".repeat(64)}`,
    "ssh-rsa AAAA",
    "a1",
    "1",
    "abcdef0123456789abcdef0123456789abcdef01",
    "2026-01-31T09:30:00Z",
    "#1",
    "A",
    "octocat/x",
  ];
  const pattern = typeof schema.pattern === "string" ? new RegExp(schema.pattern) : undefined;
  const fits = candidates.find((text) => !pattern || pattern.test(text)) ?? "x";
  return fits.padEnd(Number(schema.minLength ?? 0), "x").slice(0, Number(schema.maxLength ?? 1000));
}

function matches(value: unknown, { pattern }: Record<string, unknown>): boolean {
  return typeof value !== "string" || typeof pattern !== "string" || new RegExp(pattern).test(value);
}
