/** Writes values as XML, as the XML Objects of their schemas describe: https://spec.openapis.org/oas/v3.2.0.html#xml-object */
import type { JsonSchema } from "../../chat/types.ts";
import { listApplicableParts } from "../schema/alternatives.ts";
import { listItemSchemas, listPropertySchemas } from "../schema/file-schema.ts";
import { getDefinitionName, isRecord } from "../schema/schema.ts";
import { formatScalar } from "./parameter-style.ts";
import {
  escapeXmlAttribute,
  escapeXmlText,
  hasForbiddenCharacters,
  isXmlName,
  writeCdata,
} from "./xml-text.ts";

type Definitions = Readonly<Record<string, JsonSchema>>;

/**
 * Writes a value as one element. `schemaName` is the name of the component that describes it. Adds to `problems` what XML
 * cannot contain.
 */
export function writeXml(
  value: unknown,
  schema: JsonSchema,
  definitions: Definitions,
  problems: string[],
  schemaName?: string,
): string {
  const writer = new XmlWriter(definitions, problems);
  const node = writer.readNode([schema], value);
  const own = isRecord(schema.xml) ? textOf(schema.xml.name) : undefined;
  const title = typeof schema.title === "string" && isXmlName(schema.title) ? schema.title : undefined;
  const componentName = schemaName !== undefined && isXmlName(schemaName) ? schemaName : undefined;
  const name = own ?? componentName ?? node.name ?? title;
  // An object without a name that holds one object stands for the document, whose root is the member.
  const isDocument = name === undefined && isRecord(value) && Object.keys(value).length === 1;
  const member = isDocument ? writer.writeOnlyMember(value, schema) : undefined;
  return member ?? writer.writeRoot({ ...node, name: name ?? "root" }, value, schema);
}

/** How a value is written: the fields of XML Objects, of all versions. */
interface XmlNode {
  readonly type: "element" | "attribute" | "text" | "cdata" | "none" | undefined;
  readonly name: string | undefined;
  readonly prefix: string | undefined;
  readonly namespace: string | undefined;
}

/** The nodes of a value within its parent. */
interface Nodes {
  readonly attributes: string;
  readonly content: string;
}

class XmlWriter {
  readonly #definitions: Definitions;
  readonly #problems: string[];

  constructor(definitions: Definitions, problems: string[]) {
    this.#definitions = definitions;
    this.#problems = problems;
  }

  readNode(schemas: readonly JsonSchema[], value: unknown): XmlNode {
    const parts = this.#listParts(schemas, value);
    const xml: JsonSchema = Object.assign({}, ...parts.map((part) => (isRecord(part.xml) ? part.xml : {})));
    const declared = NODE_TYPES.find((type) => type === xml.nodeType);
    return {
      type: declared ?? (xml.attribute === true ? "attribute" : xml.wrapped === true ? "element" : undefined),
      name: textOf(xml.name),
      prefix: textOf(xml.prefix),
      namespace: textOf(xml.namespace),
    };
  }

  /** Writes a document, which has one element. A list needs one around its items. */
  writeRoot(node: XmlNode, value: unknown, schema: JsonSchema): string {
    if (!Array.isArray(value)) return this.#writeElement(node, node.name ?? "root", value, [schema]);
    const name = node.name ?? "root";
    return wrap(this.#writeTag(node, name), "", this.#writeItems(value, [schema], nameOnly(name), true));
  }

  /** Writes the only member of an object as the document. Returns undefined when it is no object. */
  writeOnlyMember(value: Readonly<Record<string, unknown>>, schema: JsonSchema): string | undefined {
    const [[key, member] = ["", undefined]] = Object.entries(value);
    const schemas = this.#listPropertySchemas([schema], key, value);
    const { type } = this.readNode(schemas, member);
    const isElement = isRecord(member) && (type === "element" || type === undefined);
    return isElement ? this.#writeProperty(key, member, schemas).content : undefined;
  }

  #writeProperty(key: string, value: unknown, schemas: readonly JsonSchema[]): Nodes {
    if (value === undefined) return NOTHING;
    const node = this.readNode(schemas, value);
    const name = node.name ?? key;
    if (node.type === "attribute")
      return { attributes: this.#writeAttribute(node, name, value), content: "" };
    if (node.type === "text") return { attributes: "", content: escapeXmlText(this.#format(name, value)) };
    if (node.type === "cdata") return { attributes: "", content: writeCdata(this.#format(name, value)) };
    if (Array.isArray(value)) {
      const isWrapped = node.type === "element";
      const items = this.#writeItems(value, schemas, isWrapped ? nameOnly(name) : { ...node, name }, false);
      return { attributes: "", content: isWrapped ? wrap(this.#writeTag(node, name), "", items) : items };
    }
    if (node.type === "none" && isRecord(value)) return this.#writeMembers(value, schemas);
    return { attributes: "", content: this.#writeElement(node, name, value, schemas) };
  }

  /** Writes the items of a list. Without a name of their own, they have that of the list. */
  #writeItems(
    values: readonly unknown[],
    schemas: readonly JsonSchema[],
    list: XmlNode,
    isRoot: boolean,
  ): string {
    const items = listItemSchemas(schemas, this.#definitions);
    const [componentName] = isRoot
      ? items.flatMap((item) => getDefinitionName(item, this.#definitions) ?? [])
      : [];
    const name = componentName ?? list.name ?? "item";
    return values
      .map((value) => {
        const item = this.readNode(items, value);
        if (Array.isArray(value) && item.type !== "element")
          return this.#writeItems(value, items, { ...item, name: item.name ?? name }, false);
        if (item.type === "text") return escapeXmlText(this.#format(name, value));
        if (item.type === "cdata") return writeCdata(this.#format(name, value));
        const { prefix, namespace } = (item.prefix ?? item.namespace) ? item : list;
        return this.#writeElement({ ...item, prefix, namespace }, item.name ?? name, value, items);
      })
      .join("");
  }

  #writeElement(node: XmlNode, name: string, value: unknown, schemas: readonly JsonSchema[]): string {
    const tag = this.#writeTag(node, name);
    if (value === null) return wrap(tag, ` xmlns:xsi="${SCHEMA_INSTANCE}" xsi:nil="true"`, "");
    if (Array.isArray(value)) return wrap(tag, "", this.#writeItems(value, schemas, nameOnly(name), false));
    if (!isRecord(value)) return wrap(tag, "", escapeXmlText(this.#format(name, value)));
    const { attributes, content } = this.#writeMembers(value, schemas);
    return wrap(tag, attributes, content);
  }

  /** Writes the members of an object in the order of the document, then undeclared ones. */
  #writeMembers(value: Readonly<Record<string, unknown>>, schemas: readonly JsonSchema[]): Nodes {
    const declared = this.#listParts(schemas, value).flatMap(({ properties }) =>
      isRecord(properties) ? Object.keys(properties) : [],
    );
    const present = new Set([...declared.filter((key) => Object.hasOwn(value, key)), ...Object.keys(value)]);
    const nodes = [...present].map((key) =>
      this.#writeProperty(key, value[key], this.#listPropertySchemas(schemas, key, value)),
    );
    return {
      attributes: nodes.map(({ attributes }) => attributes).join(""),
      content: nodes.map(({ content }) => content).join(""),
    };
  }

  #writeAttribute({ prefix, namespace }: XmlNode, name: string, value: unknown): string {
    if (value === null) return "";
    const values = Array.isArray(value)
      ? value.map((item) => this.#format(name, item))
      : [this.#format(name, value)];
    const declaration =
      prefix !== undefined && namespace !== undefined ? declareNamespace(prefix, namespace) : "";
    return `${declaration} ${this.#qualify(prefix, name)}="${escapeXmlAttribute(values.join(" "))}"`;
  }

  /** Returns the name of an element with the declaration of its namespace. */
  #writeTag({ prefix, namespace }: XmlNode, name: string): Tag {
    const declaration = namespace === undefined ? "" : declareNamespace(prefix, namespace);
    return { name: this.#qualify(prefix, name), declaration };
  }

  #qualify(prefix: string | undefined, name: string): string {
    const qualified = prefix === undefined || prefix === "" ? name : `${prefix}:${name}`;
    if (!isXmlName(qualified)) this.#problems.push(`${name}: cannot be the name of an XML element`);
    return qualified;
  }

  #format(name: string, value: unknown): string {
    const text = formatScalar(value);
    if (hasForbiddenCharacters(text)) this.#problems.push(`${name}: has characters that XML cannot contain`);
    return text;
  }

  #listParts(schemas: readonly JsonSchema[], value: unknown): readonly JsonSchema[] {
    return schemas.flatMap((schema) => listApplicableParts(schema, value, this.#definitions));
  }

  /** Returns the schemas of a property in the alternative that fits, otherwise in any. */
  #listPropertySchemas(schemas: readonly JsonSchema[], key: string, parent: unknown): readonly JsonSchema[] {
    const declared = this.#listParts(schemas, parent).flatMap(({ properties }) =>
      isRecord(properties) && Object.hasOwn(properties, key) ? [properties[key]] : [],
    );
    return declared.length > 0
      ? declared.filter(isRecord)
      : listPropertySchemas(schemas, key, this.#definitions);
  }
}

interface Tag {
  readonly name: string;
  readonly declaration: string;
}

const NODE_TYPES = ["element", "attribute", "text", "cdata", "none"] as const;
const SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance";
const NOTHING: Nodes = { attributes: "", content: "" };

/** Returns the node of the items of a wrapped list: they have its name, but not its namespace. */
function nameOnly(name: string): XmlNode {
  return { type: undefined, name, prefix: undefined, namespace: undefined };
}

function wrap({ name, declaration }: Tag, attributes: string, content: string): string {
  const start = `<${name}${declaration}${attributes}`;
  return content === "" ? `${start}/>` : `${start}>${content}</${name}>`;
}

function declareNamespace(prefix: string | undefined, namespace: string): string {
  return ` xmlns${prefix === undefined || prefix === "" ? "" : `:${prefix}`}="${escapeXmlAttribute(namespace)}"`;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
