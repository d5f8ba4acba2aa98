import type { JsonSchema } from "../../chat/types.ts";
import { isObject } from "../document/value.ts";
import { IN_PLACE, KEYWORDS } from "./schema-keywords.ts";

/** What a normalised schema holds, counted as if nothing in it were shared. */
export interface Measure {
  /** Schemas, and values of enums and the like. */
  readonly size: number;
  /** Names of the definitions it refers to. */
  readonly references: ReadonlySet<string>;
  /** Those of them that judge the same value as the schema itself. */
  readonly inPlace: ReadonlySet<string>;
}

const PREFIX = "#/$defs/";

export function definitionName(reference: unknown): string | undefined {
  return typeof reference === "string" && reference.startsWith(PREFIX)
    ? reference.slice(PREFIX.length)
    : undefined;
}

export function measure(schema: JsonSchema): Measure {
  const references = new Set<string>();
  const inPlace = new Set<string>();
  let size = 0;

  function visit(value: unknown, here: boolean): void {
    size += 1;
    if (!isObject(value)) return;
    const name = definitionName(value.$ref);
    if (name !== undefined) {
      references.add(name);
      if (here) inPlace.add(name);
    }
    for (const keyword in value) {
      const entry = value[keyword];
      if (typeof entry !== "object" || entry === null) continue;
      const stays = here && IN_PLACE.has(keyword);
      switch (keyword === "allOf" ? "schemas" : KEYWORDS.get(keyword)) {
        case "schema":
        case "items":
          visit(entry, stays);
          break;
        case "schemas":
        case "branches":
        case "schemaMap":
        case "properties":
          for (const inner of Object.values(entry)) visit(inner, stays);
          break;
        default:
          size += Object.keys(entry).length;
      }
    }
  }

  visit(schema, true);
  return { size, references, inPlace };
}
