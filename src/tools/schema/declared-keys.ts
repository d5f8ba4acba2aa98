/** Renames the keys of a value by their place: those that a schema declares, and no others. */
import type { JsonSchema } from "../../chat/types.ts";
import { renameKeys } from "./property-keys.ts";
import { getDefinitionName, isRecord } from "./schema.ts";

type Definitions = Readonly<Record<string, unknown>>;

/**
 * Returns a copy of the value in which `rename` was applied to the keys of declared properties, at every depth. Keys of
 * free maps stay, whatever they are spelled like. The value of an `enum` or `const` is renamed as a unit.
 */
export function renameDeclaredKeys(
  value: unknown,
  schema: unknown,
  definitions: Definitions,
  rename: (key: string) => string,
): unknown {
  const visit = (current: unknown, schemas: readonly unknown[]): unknown => {
    if (typeof current !== "object" || current === null) return current;
    const sources = collectSources(schemas, definitions);
    if (sources.some(listsObjects)) return renameKeys(current, rename);
    if (Array.isArray(current))
      return current.map((item, index) =>
        visit(
          item,
          sources.map((source) => itemSchema(source, index)),
        ),
      );
    return Object.fromEntries(
      Object.entries(current).map(([key, inner]) => {
        const declared = sources.flatMap(({ properties }) =>
          isRecord(properties) && Object.hasOwn(properties, key) ? [properties[key]] : [],
        );
        return declared.length > 0
          ? [rename(key), visit(inner, declared)]
          : [key, visit(inner, sources.flatMap(freeSchemas))];
      }),
    );
  };
  return visit(value, [schema]);
}

/** Returns the schemas that apply to the same value, through references, combinations and conditions. */
function collectSources(schemas: readonly unknown[], definitions: Definitions): readonly JsonSchema[] {
  const sources = new Set<JsonSchema>();
  const pending = [...schemas];
  for (let next = pending.pop(); pending.length > 0 || next !== undefined; next = pending.pop()) {
    if (!isRecord(next) || sources.has(next)) continue;
    sources.add(next);
    const name = getDefinitionName(next, definitions);
    if (name !== undefined) pending.push(definitions[name]);
    for (const keyword of COMBINATIONS) {
      const part = next[keyword];
      if (Array.isArray(part)) pending.push(...part);
      else if (isRecord(part))
        pending.push(...(keyword === "dependentSchemas" ? Object.values(part) : [part]));
    }
  }
  return [...sources];
}

const COMBINATIONS = ["allOf", "oneOf", "anyOf", "if", "then", "else", "dependentSchemas"] as const;

function itemSchema({ prefixItems, items }: JsonSchema, index: number): unknown {
  return (Array.isArray(prefixItems) ? prefixItems[index] : undefined) ?? items;
}

function freeSchemas({
  additionalProperties,
  patternProperties,
  unevaluatedProperties,
}: JsonSchema): unknown[] {
  const patterns = isRecord(patternProperties) ? Object.values(patternProperties) : [];
  return [additionalProperties, unevaluatedProperties, ...patterns];
}

function listsObjects(schema: JsonSchema): boolean {
  const choices = Array.isArray(schema.enum) ? schema.enum : [schema.const];
  return choices.some((choice) => typeof choice === "object" && choice !== null);
}
