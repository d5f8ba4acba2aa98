/** Measures normalised schemas: their size and the definitions they refer to. */
import type { JsonSchema } from "../../chat/types.ts";
import { isObject } from "../document/value.ts";
import { IN_PLACE_APPLICATORS, KEYWORDS } from "./schema-keywords.ts";

/** Size and references of a schema. Shared subtrees count each time. */
export interface SchemaStats {
  /** Number of schemas plus number of values in `enum`, `examples` and the like. */
  readonly size: number;
  /** Names of all definitions that it refers to. */
  readonly references: ReadonlySet<string>;
  /** Names of the definitions that apply to the same value as the schema itself. */
  readonly inPlace: ReadonlySet<string>;
}

const DEFINITION_PREFIX = "#/$defs/";

/** Returns the name in `#/$defs/<name>`, or undefined for anything else. */
export function definitionName(reference: unknown): string | undefined {
  return typeof reference === "string" && reference.startsWith(DEFINITION_PREFIX)
    ? reference.slice(DEFINITION_PREFIX.length)
    : undefined;
}

export function measureSchema(schema: JsonSchema): SchemaStats {
  const references = new Set<string>();
  const inPlace = new Set<string>();
  let size = 0;

  function visit(value: unknown, isInPlace: boolean): void {
    size += 1;
    if (!isObject(value)) return;
    const name = definitionName(value.$ref);
    if (name !== undefined) {
      references.add(name);
      if (isInPlace) inPlace.add(name);
    }
    for (const keyword in value) {
      const entry = value[keyword];
      if (typeof entry !== "object" || entry === null) continue;
      const staysInPlace = isInPlace && IN_PLACE_APPLICATORS.has(keyword);
      switch (keyword === "allOf" ? "schemas" : KEYWORDS.get(keyword)) {
        case "schema":
        case "items":
          visit(entry, staysInPlace);
          break;
        case "schemas":
        case "branches":
        case "schemaMap":
        case "properties":
          for (const inner of Object.values(entry)) visit(inner, staysInPlace);
          break;
        default:
          size += Object.keys(entry).length;
      }
    }
  }

  visit(schema, true);
  return { size, references, inPlace };
}
