/** Registers the schemas that references name. Each becomes one definition, shared by all operations that need it. */
import type { JsonSchema } from "../../chat/types.ts";
import type { LoadedDocument, Located } from "../document/library.ts";
import { MissingReferenceError, OperationError } from "../document/operation-error.ts";
import { decodePercent } from "../document/pointer.ts";
import { isReference, type References } from "../document/reference.ts";
import { isObject } from "../document/value.ts";
import { collectMappings } from "./mappings.ts";
import { measureSchema, type SchemaStats } from "./measure.ts";
import { discriminatorValues, Subtypes } from "./subtypes.ts";

/** A referenced schema, read on first use. */
export interface Component {
  /** Unique within the description; consists of letters, digits, `_`, `.` and `-`. */
  readonly name: string;
  /** `{ $ref: "#/$defs/<name>" }` */
  readonly reference: JsonSchema;
  readonly located: Located;
  /** Whether this is the variant of a parent without its subtypes. */
  readonly omitsSubtypes: boolean;
  state: "pending" | "reading" | "read" | "failed";
  schema: JsonSchema;
  /** Names of read-only properties, which `schema` leaves out. */
  readOnlyProperties: ReadonlySet<string>;
  /** The reason when `state` is `failed`. */
  failure: string;
  stats?: SchemaStats;
}

const MAX_CHAIN = 100;

export class Components {
  readonly #references: References;
  readonly #byKey = new Map<string, Component>();
  readonly #byName = new Map<string, Component>();
  readonly #subtypes: Subtypes;

  constructor(references: References) {
    this.#references = references;
    this.#subtypes = new Subtypes(references);
  }

  /**
   * Returns the component that a reference names. Follows components that are only another reference. With
   * `omitSubtypes`, a parent comes without the subtypes of its discriminator, as a subtype needs it in `allOf`.
   * @throws MissingReferenceError when the reference does not resolve or does not name a schema.
   * @throws OperationError when it is circular.
   */
  resolve(reference: string, from: LoadedDocument, omitSubtypes = false): Component {
    let located = this.#references.resolve(reference, from);
    for (let step = 0; isAlias(located); step += 1) {
      if (step === MAX_CHAIN) throw new OperationError(`$ref ${reference} is circular`);
      located = this.#references.resolve(located.value.$ref, located.document);
    }
    const omitsSubtypes = omitSubtypes && this.#hasSubtypes(located);
    // NUL cannot occur in a pointer.
    const key = omitsSubtypes ? `${located.key}\0` : located.key;
    let component = this.#byKey.get(key);
    if (component === undefined) {
      if (!isObject(located.value) && typeof located.value !== "boolean")
        throw new MissingReferenceError(`$ref ${reference} does not point to a schema`);
      component = this.#add(located, key, omitsSubtypes);
    }
    return component;
  }

  /** Returns the components that build on a parent whose discriminator lists none, with the values that stand for them. */
  findSubtypes(parent: Component, property: string): Map<Component, readonly string[]> {
    const subtypes = this.#subtypes.find(parent.located);
    return new Map(
      subtypes.map((subtype) => [
        this.resolve(subtype.reference, subtype.document),
        discriminatorValues(subtype, property),
      ]),
    );
  }

  /** Returns whether a schema is a parent with subtypes that are not its own `oneOf` or `anyOf`. */
  #hasSubtypes(located: Located): boolean {
    return collectMappings(located.value).length > 0 || this.#subtypes.find(located).length > 0;
  }

  /** Returns the component like {@link resolve}, or undefined when the reference leads nowhere. */
  tryResolve(reference: string, from: LoadedDocument): Component | undefined {
    try {
      return this.resolve(reference, from);
    } catch (error) {
      if (error instanceof MissingReferenceError) return undefined;
      throw error;
    }
  }

  /** Returns the component like {@link resolve}, or undefined with a warning. */
  resolveOrWarn(reference: string, from: LoadedDocument, omitSubtypes = false): Component | undefined {
    try {
      return this.resolve(reference, from, omitSubtypes);
    } catch (error) {
      if (!(error instanceof MissingReferenceError)) throw error;
      this.#references.warn(error, from, "any value is accepted in its place");
      return undefined;
    }
  }

  /** Returns the component with this definition name. */
  find(name: string): Component | undefined {
    return this.#byName.get(name);
  }

  #add(located: Located, key: string, omitsSubtypes: boolean): Component {
    const name = this.#uniqueName(
      omitsSubtypes ? `${deriveName(located.key)}_base` : deriveName(located.key),
    );
    const reference = { $ref: `#/$defs/${name}` };
    const component: Component = {
      name,
      reference,
      located,
      omitsSubtypes,
      state: "pending",
      schema: {},
      readOnlyProperties: new Set(),
      failure: "",
    };
    this.#byKey.set(key, component);
    this.#byName.set(name, component);
    return component;
  }

  #uniqueName(base: string): string {
    let name = base;
    for (let count = 2; this.#byName.has(name); count += 1) name = `${base}_${count}`;
    return name;
  }
}

/** Returns the statistics of a component that has been read; computed once. */
export function measureComponent(component: Component): SchemaStats {
  component.stats ??= measureSchema(component.schema);
  return component.stats;
}

/**
 * Returns whether a component is only another reference. In 3.0, fields next to `$ref` are ignored:
 * https://spec.openapis.org/oas/v3.0.4.html#reference-object
 */
function isAlias(located: Located): located is Located & { value: { readonly $ref: string } } {
  const { value, document } = located;
  return isReference(value) && (document.openApiVersion !== "3.1" || Object.keys(value).length === 1);
}

/** Returns a name made from the last segment of the pointer, or from the file name without a pointer. */
function deriveName(key: string): string {
  const hash = key.lastIndexOf("#");
  const path = key.slice(hash + 1) === "" ? key.slice(0, hash).replace(/\.\w+$/, "") : key.slice(hash + 1);
  const last = decodePercent(path).replaceAll("~1", "/").split("/").at(-1) ?? "";
  return last.replace(/[^\w.-]+/g, "_").slice(0, 60) || "schema";
}
