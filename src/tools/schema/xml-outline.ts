/** Describes XML by an outline of its elements: https://spec.openapis.org/oas/v3.1.1.html#xml-object */
import type { JsonSchema } from "../../chat/types.ts";
import { followReferences, isRecord } from "./schema.ts";

type Definitions = Readonly<Record<string, JsonSchema>>;

const MAX_DEPTH = 5;
const MAX_LENGTH = 3000;

/** Returns an outline such as `<purchase sku="string: What is ordered."><quantity>integer</quantity></purchase>`. */
export function outlineXml(schema: JsonSchema, definitions: Definitions): string {
  const outline = writeElement(rootName(schema, definitions), schema, definitions, 0);
  return outline.length > MAX_LENGTH ? `${outline.slice(0, MAX_LENGTH)}…` : outline;
}

function rootName(schema: JsonSchema, definitions: Definitions): string {
  const { name } = xmlOf(collectParts(schema, definitions));
  if (name !== undefined) return name;
  return typeof schema.title === "string" && /^[\w.-]+$/.test(schema.title) ? schema.title : "root";
}

interface XmlFields {
  readonly name: string | undefined;
  readonly attribute: boolean;
  readonly wrapped: boolean;
  readonly prefix: string | undefined;
  readonly namespace: string | undefined;
}

function xmlOf(parts: readonly JsonSchema[]): XmlFields {
  const fields = Object.assign({}, ...parts.map(({ xml }) => (isRecord(xml) ? xml : {})));
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  return {
    name: text(fields.name),
    attribute: fields.attribute === true || fields.nodeType === "attribute",
    wrapped: fields.wrapped === true || fields.nodeType === "element",
    prefix: text(fields.prefix),
    namespace: text(fields.namespace),
  };
}

/** Returns the schema with the parts that its references and `allOf` add; own keywords last. */
function collectParts(schema: JsonSchema, definitions: Definitions, depth = 0): readonly JsonSchema[] {
  const target = followReferences(schema, definitions);
  const parts = Array.isArray(target.allOf) && depth < MAX_DEPTH ? target.allOf.filter(isRecord) : [];
  const inherited = parts.flatMap((part) => collectParts(part, definitions, depth + 1));
  return target === schema ? [...inherited, schema] : [...inherited, target, schema];
}

function writeElement(fallback: string, schema: JsonSchema, definitions: Definitions, depth: number): string {
  const parts = collectParts(schema, definitions);
  const merged: JsonSchema = Object.assign({}, ...parts);
  const xml = xmlOf(parts);
  const name = `${xml.prefix ? `${xml.prefix}:` : ""}${xml.name ?? fallback}`;
  const namespace = xml.namespace ? ` xmlns${xml.prefix ? `:${xml.prefix}` : ""}="${xml.namespace}"` : "";
  if (depth > MAX_DEPTH) return `<${name}>…</${name}>`;
  if (merged.type === "array") {
    const items = isRecord(merged.items) ? merged.items : {};
    const item = `${writeElement(xml.wrapped ? fallback : name, items, definitions, depth + 1)}…`;
    return xml.wrapped || depth === 0 ? `<${name}${namespace}>${item}</${name}>` : item;
  }
  const properties = parts.flatMap((part) =>
    isRecord(part.properties)
      ? Object.entries(part.properties).filter(([, property]) => isRecord(property))
      : [],
  ) as [string, JsonSchema][];
  if (properties.length === 0) return `<${name}${namespace}>${describeText(merged)}</${name}>`;
  let attributes = "";
  let children = "";
  for (const [key, property] of new Map(properties)) {
    const inner = collectParts(property, definitions);
    const field = xmlOf(inner);
    if (field.attribute) attributes += ` ${field.name ?? key}="${describeText(Object.assign({}, ...inner))}"`;
    else children += writeElement(key, property, definitions, depth + 1);
  }
  return `<${name}${namespace}${attributes}>${children}</${name}>`;
}

function describeText({ type, description, enum: choices }: JsonSchema): string {
  const values = Array.isArray(choices) ? choices.map(String).join("|") : [type ?? "text"].flat().join("|");
  return typeof description === "string" && description !== "" ? `${values}: ${description.trim()}` : values;
}
