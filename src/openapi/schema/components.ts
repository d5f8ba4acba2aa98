/** Schemas that references name: each becomes one definition, shared by every operation that needs it. */
import type { JsonSchema } from "../../chat/types.ts";
import type { LoadedDocument } from "../document/library.ts";
import { OperationError } from "../document/operation-error.ts";
import { decodePercent } from "../document/pointer.ts";
import { isReference, type Located, type References } from "../document/reference.ts";
import { isObject } from "../document/value.ts";
import { collectMappings } from "./mappings.ts";
import { measureSchema, type SchemaStats } from "./measure.ts";

export interface Component {
  /** Unique in the description; letters, digits, `_`, `.` and `-`. */
  readonly name: string;
  /** `{ $ref: "#/$defs/<name>" }` */
  readonly reference: JsonSchema;
  readonly located: Located;
  /** A parent without the choice of its children. */
  readonly omitsSubtypes: boolean;
  state: "pending" | "reading" | "read" | "failed";
  schema: JsonSchema;
  /** Names of its properties that a request leaves out because they are read-only. */
  readOnlyProperties: ReadonlySet<string>;
  failure: string;
  stats?: SchemaStats;
}

const MAX_CHAIN = 100;

export class Components {
  readonly #references: References;
  readonly #byKey = new Map<string, Component>();
  readonly #byName = new Map<string, Component>();

  constructor(references: References) {
    this.#references = references;
  }

  /**
   * What a schema's reference names; a component that is nothing but another reference is passed through. `alone`: a
   * parent without the choice of children that its discriminator means, as a child takes it through `allOf`.
   * @throws OperationError when it names nothing, no schema, or itself.
   */
  resolve(reference: string, from: LoadedDocument, omitSubtypes = false): Component {
    let located = this.#references.resolve(reference, from);
    for (let step = 0; isAlias(located); step += 1) {
      if (step === MAX_CHAIN) throw new OperationError(`$ref ${reference} leads round in a circle`);
      located = this.#references.resolve(located.value.$ref, located.document);
    }
    const omitsSubtypes = omitSubtypes && collectMappings(located.value).length > 0;
    // No pointer holds a NUL.
    const key = omitsSubtypes ? `${located.key}\0` : located.key;
    let component = this.#byKey.get(key);
    if (component === undefined) {
      if (!isObject(located.value) && typeof located.value !== "boolean")
        throw new OperationError(`$ref ${reference} leads to something that is no schema`);
      component = this.#add(located, key, omitsSubtypes);
    }
    return component;
  }

  /** The component that a definition's name stands for. */
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

/** Sizes and references of what has been read; each component is walked once. */
export function measureComponent(component: Component): SchemaStats {
  component.stats ??= measureSchema(component.schema);
  return component.stats;
}

/** In 3.0 whatever stands beside `$ref` is ignored: https://spec.openapis.org/oas/v3.0.4.html#reference-object */
function isAlias(located: Located): located is Located & { value: { readonly $ref: string } } {
  const { value, document } = located;
  return isReference(value) && (document.openApiVersion !== "3.1" || Object.keys(value).length === 1);
}

/** The pointer's last segment, or the file's name when there is none. */
function deriveName(key: string): string {
  const hash = key.lastIndexOf("#");
  const path = key.slice(hash + 1) === "" ? key.slice(0, hash).replace(/\.\w+$/, "") : key.slice(hash + 1);
  const last = decodePercent(path).replaceAll("~1", "/").split("/").at(-1) ?? "";
  return last.replace(/[^\w.-]+/g, "_").slice(0, 60) || "schema";
}
