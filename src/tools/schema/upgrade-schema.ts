/** Upgrades a JSON Schema of an older draft, or of a library with habits of its own, to draft 2020-12. */
import { isRecord } from "./schema.ts";

/** The maximum depth of a schema. Deeper parts accept anything. */
const MAX_DEPTH = 100;
/** Keywords whose value is a schema, a list of schemas, or a map of schemas. */
const SCHEMA_KEYWORDS = new Set([
  "additionalItems",
  "additionalProperties",
  "contains",
  "contentSchema",
  "else",
  "if",
  "items",
  "not",
  "propertyNames",
  "then",
  "unevaluatedItems",
  "unevaluatedProperties",
]);
const LIST_KEYWORDS = new Set(["allOf", "anyOf", "oneOf", "prefixItems"]);
const MAP_KEYWORDS = new Set(["$defs", "definitions", "dependentSchemas", "patternProperties", "properties"]);
const TYPES = new Set(["array", "boolean", "integer", "null", "number", "object", "string"]);

/**
 * Upgrades drafts 4 to 7 and OpenAPI 3.0. References to any place of the schema are moved to `$defs`. A reference that
 * does not resolve stays as it is.
 */
export function upgradeSchema(schema: unknown): Record<string, unknown> {
  if (!isRecord(schema)) return {};
  const upgrade = new SchemaUpgrade(schema);
  return upgrade.run();
}

class SchemaUpgrade {
  readonly #root: Readonly<Record<string, unknown>>;
  /** Pointer → name of its definition. */
  readonly #names = new Map<string, string>();
  readonly #definitions: Record<string, unknown> = {};

  constructor(root: Readonly<Record<string, unknown>>) {
    this.#root = root;
  }

  run(): Record<string, unknown> {
    const { $defs, definitions, ...rest } = this.#root;
    for (const place of ["$defs", "definitions"] as const) {
      const map = place === "$defs" ? $defs : definitions;
      for (const name of Object.keys(isRecord(map) ? map : {}))
        this.#define(`#/${place}/${escapeStep(name)}`);
    }
    const root = this.#upgrade(rest, 0);
    const result = isRecord(root) ? root : {};
    return Object.keys(this.#definitions).length > 0 ? { ...result, $defs: this.#definitions } : result;
  }

  #upgrade(schema: unknown, depth: number): unknown {
    if (typeof schema === "boolean") return schema;
    if (!isRecord(schema) || depth > MAX_DEPTH) return {};
    const result: Record<string, unknown> = {};
    for (const [keyword, value] of Object.entries(schema)) {
      if (keyword === "$ref") result.$ref = typeof value === "string" ? this.#define(value) : value;
      else if (SCHEMA_KEYWORDS.has(keyword) && !Array.isArray(value))
        result[keyword] = this.#upgrade(value, depth + 1);
      else if (LIST_KEYWORDS.has(keyword) || keyword === "items") {
        if (Array.isArray(value) && value.length > 0)
          result[keyword] = value.map((item) => this.#upgrade(item, depth + 1));
      } else if (MAP_KEYWORDS.has(keyword)) {
        if (isRecord(value)) result[keyword] = this.#upgradeMap(value, depth);
      } else if (keyword === "dependencies") Object.assign(result, this.#upgradeDependencies(value, depth));
      else if (!DROPPED.has(keyword)) result[keyword] = value;
    }
    return fixTuple(fixNullable(fixLimits(fixTypes(result))));
  }

  #upgradeMap(map: Readonly<Record<string, unknown>>, depth: number): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(map).map(([key, value]) => [key, this.#upgrade(value, depth + 1)]),
    );
  }

  #upgradeDependencies(value: unknown, depth: number): Record<string, unknown> {
    const entries = Object.entries(isRecord(value) ? value : {});
    const lists = entries.filter(([, dependent]) => Array.isArray(dependent));
    const schemas = entries.filter(([, dependent]) => !Array.isArray(dependent));
    return {
      ...(lists.length > 0 && { dependentRequired: Object.fromEntries(lists) }),
      ...(schemas.length > 0 && { dependentSchemas: this.#upgradeMap(Object.fromEntries(schemas), depth) }),
    };
  }

  /** Moves the target of a reference to `$defs` and returns the new reference. */
  #define(reference: string): string {
    if (reference === "#" || !reference.startsWith("#/")) return reference;
    const known = this.#names.get(reference);
    if (known !== undefined) return `#/$defs/${known}`;
    const target = resolve(this.#root, reference);
    if (target === undefined) return reference;
    const name = this.#uniqueName(reference);
    this.#names.set(reference, name);
    this.#definitions[name] = {};
    this.#definitions[name] = this.#upgrade(target, 0);
    return `#/$defs/${name}`;
  }

  #uniqueName(reference: string): string {
    const last = reference.split("/").at(-1) ?? "";
    const base = last.replace(/[^a-zA-Z0-9_.-]+/g, "_") || "schema";
    let name = base;
    for (let suffix = 2; Object.hasOwn(this.#definitions, name); suffix++) name = `${base}_${suffix}`;
    return name;
  }
}

/** Keywords that identify a schema, which its copy in a tool must not do. */
const DROPPED = new Set(["$schema", "$id", "id", "$anchor", "$dynamicAnchor", "$comment", "$vocabulary"]);

function resolve(root: unknown, reference: string): unknown {
  let place = root;
  for (const step of reference.slice(2).split("/")) {
    const key = decode(step).replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof place !== "object" || place === null || !Object.hasOwn(place, key)) return undefined;
    place = (place as Readonly<Record<string, unknown>>)[key];
  }
  return place;
}

function decode(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

function escapeStep(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** Removes unknown types, `required` that is no list, and empty enums. */
function fixTypes({ type, ...schema }: Record<string, unknown>): Record<string, unknown> {
  const types = (Array.isArray(type) ? type : [type]).filter((one) => TYPES.has(one));
  const { required, enum: values, ...rest } = schema;
  const names = Array.isArray(required)
    ? [...new Set(required.filter((name) => typeof name === "string"))]
    : [];
  return {
    ...(types.length > 0 && {
      type: Array.isArray(type) && types.length > 1 ? [...new Set(types)] : types[0],
    }),
    ...rest,
    ...(Array.isArray(values) && values.length > 0 && { enum: [...new Set(values)] }),
    ...(names.length > 0 && { required: names }),
  };
}

/** Converts the boolean `exclusiveMinimum` and `exclusiveMaximum` of draft 4. */
function fixLimits(schema: Record<string, unknown>): Record<string, unknown> {
  const result = { ...schema };
  for (const [exclusive, inclusive] of [
    ["exclusiveMinimum", "minimum"],
    ["exclusiveMaximum", "maximum"],
  ] as const) {
    if (typeof result[exclusive] !== "boolean") continue;
    if (result[exclusive] && typeof result[inclusive] === "number") {
      result[exclusive] = result[inclusive];
      delete result[inclusive];
    } else delete result[exclusive];
  }
  return result;
}

function fixNullable({ nullable, ...schema }: Record<string, unknown>): Record<string, unknown> {
  if (nullable !== true) return schema;
  const { type, enum: values } = schema;
  if (type === undefined)
    return Object.hasOwn(schema, "$ref") ? { anyOf: [schema, { type: "null" }] } : schema;
  return {
    ...schema,
    type: [...new Set([type, "null"].flat())],
    ...(Array.isArray(values) && { enum: [...new Set([...values, null])] }),
  };
}

/** Converts the list form of `items`, which is `prefixItems` now. */
function fixTuple({ items, additionalItems, ...schema }: Record<string, unknown>): Record<string, unknown> {
  if (!Array.isArray(items)) return items === undefined ? schema : { ...schema, items };
  return { ...schema, prefixItems: items, ...(additionalItems !== undefined && { items: additionalItems }) };
}
