/** Finds the schemas that build on a parent through `allOf`, which a discriminator without a mapping leaves unnamed. */
import { DocumentError } from "../../errors.ts";
import type { LoadedDocument, Located } from "../document/library.ts";
import { OperationError } from "../document/operation-error.ts";
import { decodePercent, escapePointerSegment } from "../document/pointer.ts";
import { isReference, type References } from "../document/reference.ts";
import { isObject, type JsonObject, listOf, objectOf } from "../document/value.ts";

/** A schema that builds on a parent. */
export interface Subtype {
  readonly reference: string;
  /** The document that `reference` is relative to. */
  readonly document: LoadedDocument;
  readonly value: JsonObject;
  readonly key: string;
  readonly name: string;
}

/** The subtypes of all parents of one library, indexed when a parent first needs them. */
export class Subtypes {
  readonly #references: References;
  #byParent: ReadonlyMap<string, readonly Subtype[]> | undefined;
  readonly #found = new Map<string, readonly Subtype[]>();

  constructor(references: References) {
    this.#references = references;
  }

  /** Returns the direct and indirect subtypes of a parent whose discriminator names none. */
  find(parent: Located): readonly Subtype[] {
    if (!lacksMapping(parent.value)) return NONE;
    const known = this.#found.get(parent.key);
    if (known !== undefined) return known;
    this.#byParent ??= indexSubtypes(this.#references);
    const found = new Map<string, Subtype>();
    const pending = [parent.key];
    for (let key = pending.pop(); key !== undefined; key = pending.pop())
      for (const subtype of this.#byParent.get(key) ?? NONE) {
        if (found.has(subtype.key) || subtype.key === parent.key) continue;
        found.set(subtype.key, subtype);
        pending.push(subtype.key);
      }
    const subtypes = [...found.values()];
    this.#found.set(parent.key, subtypes);
    return subtypes;
  }
}

const NONE: readonly Subtype[] = [];

/** Returns the name of the discriminator property, in the form of 2.0 too. */
export function discriminatorProperty(discriminator: unknown): string | undefined {
  if (typeof discriminator === "string") return discriminator;
  const { propertyName } = objectOf(discriminator);
  return typeof propertyName === "string" ? propertyName : undefined;
}

/** Returns whether a schema, or an inline part of its `allOf`, has a discriminator that lists no subtypes. */
function lacksMapping(value: unknown, depth = 0): boolean {
  if (!isObject(value) || depth > MAX_DEPTH) return false;
  const { discriminator, oneOf, anyOf, allOf } = value;
  if (listOf(oneOf).length > 0 || listOf(anyOf).length > 0) return false;
  if (discriminatorProperty(discriminator) !== undefined)
    return Object.keys(objectOf(objectOf(discriminator).mapping)).length === 0;
  return listOf(allOf).some((part) => lacksMapping(part, depth + 1));
}

const MAX_DEPTH = 10;

function indexSubtypes(references: References): ReadonlyMap<string, readonly Subtype[]> {
  const byParent = new Map<string, Subtype[]>();
  for (const document of references.documents())
    for (const { name, pointer, value } of listComponents(document)) {
      const reference = `#${pointer}`;
      const subtype = { reference, document, value, key: `${document.location}${reference}`, name };
      for (const part of listOf(value.allOf)) {
        const parent = isReference(part) ? resolveKey(part.$ref, document, references) : undefined;
        if (parent !== undefined) byParent.set(parent, [...(byParent.get(parent) ?? []), subtype]);
      }
    }
  return byParent;
}

function listComponents({ root, location }: LoadedDocument) {
  const { components, definitions, $defs } = objectOf(root);
  const maps = [
    ["/components/schemas", objectOf(components).schemas],
    ["/definitions", definitions],
    ["/$defs", $defs],
  ] as const;
  const listed = maps.flatMap(([base, map]) =>
    Object.entries(objectOf(map)).flatMap(([name, value]) =>
      isObject(value) ? [{ name, pointer: `${base}/${escapePointerSegment(name)}`, value }] : [],
    ),
  );
  const fileName = decodePercent(location.split("/").at(-1) ?? "").replace(/\.\w+$/, "");
  return isObject(root) && Array.isArray(root.allOf)
    ? [...listed, { name: fileName, pointer: "", value: root }]
    : listed;
}

function resolveKey(reference: string, from: LoadedDocument, references: References): string | undefined {
  try {
    return references.follow({ $ref: reference }, from).key;
  } catch (error) {
    if (error instanceof OperationError || error instanceof DocumentError) return undefined;
    throw error;
  }
}

/** The values of the discriminator property that generators note beside a subtype. */
const VALUE_EXTENSIONS = ["x-discriminator-value", "x-ms-discriminator-value"];

/** Returns the value of the discriminator property for a subtype: noted, fixed by its own schema, or its name. */
export function discriminatorValues(
  { value, name }: Pick<Subtype, "value" | "name">,
  property: string,
): readonly string[] {
  const parts = [value, ...listOf(value.allOf).filter((part) => isObject(part) && !isReference(part))];
  for (const part of parts.map(objectOf)) {
    const noted = VALUE_EXTENSIONS.map((extension) => part[extension]).find(
      (candidate) => typeof candidate === "string",
    );
    if (typeof noted === "string") return [noted];
  }
  for (const part of parts.map(objectOf)) {
    const properties = objectOf(part.properties);
    const schema = objectOf(Object.hasOwn(properties, property) ? properties[property] : undefined);
    const fixed = "const" in schema ? [schema.const] : listOf(schema.enum);
    const texts = fixed.filter((candidate) => typeof candidate === "string");
    if (texts.length > 0) return texts;
  }
  return [name];
}
