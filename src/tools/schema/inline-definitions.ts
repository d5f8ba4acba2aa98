/** Inlines the definitions of a schema that are used once. */
import type { JsonSchema } from "../../chat/types.ts";
import { getDefinitionName, isRecord } from "./schema.ts";

/**
 * Inlines each definition that is used once. The schema gets shorter, and easier for models that follow references
 * badly. Shared and recursive definitions stay under `$defs` for every model family: Bedrock accepts references, and an
 * unrolled recursive schema grows exponentially and rejects deeper values. A model that ignores a reference still sees
 * the definition, and the result of an invalid call says what was expected.
 */
export function inlineDefinitions(schema: JsonSchema): JsonSchema {
  const { $defs: definitions, ...rest } = schema;
  if (!isRecord(definitions)) return schema;
  const uses = new Map<string, number>();
  countUses(rest, definitions, uses);
  countUses(definitions, definitions, uses);
  const isSingle = (name: string) => uses.get(name) === 1;
  const shared = Object.keys(definitions).filter((name) => !isSingle(name));
  const { inlined, kept } = selectInlined(rest, shared, definitions, isSingle);
  const isInlined = (name: string) => inlined.has(name);
  const remaining = kept.map((name) => [name, inlineReferences(definitions[name], definitions, isInlined)]);
  const root = inlineReferences(rest, definitions, isInlined);
  return {
    ...(isRecord(root) ? root : rest),
    ...(remaining.length > 0 && { $defs: Object.fromEntries(remaining) }),
  };
}

/** Levels up to which a schema grows by inlining. Definitions that each use the next one would make it as deep as they are many. */
const MAX_DEPTH = 100;

/**
 * Decides which definitions that are used once are inlined: those at no more than {@link MAX_DEPTH} levels. The others are kept, with
 * the shared ones.
 */
function selectInlined(
  root: unknown,
  shared: readonly string[],
  definitions: Definitions,
  isSingle: (name: string) => boolean,
): { readonly inlined: ReadonlySet<string>; readonly kept: readonly string[] } {
  const inlined = new Set<string>();
  const kept = [...shared];
  const visit = (value: unknown, depth: number): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, depth + 1);
    if (!isRecord(value)) return;
    const name = getDefinitionName(value, definitions);
    if (name !== undefined && isSingle(name)) {
      if (depth < MAX_DEPTH) {
        inlined.add(name);
        visit(definitions[name], depth + 1);
      } else kept.push(name);
    }
    for (const inner of Object.values(value)) visit(inner, depth + 1);
  };
  visit(root, 0);
  // Visiting adds to the list.
  for (const name of kept) visit(definitions[name], 0);
  return { inlined, kept };
}

type Definitions = Readonly<Record<string, unknown>>;

function countUses(value: unknown, definitions: Definitions, uses: Map<string, number>): void {
  if (Array.isArray(value)) for (const item of value) countUses(item, definitions, uses);
  if (!isRecord(value)) return;
  const name = getDefinitionName(value, definitions);
  if (name !== undefined) uses.set(name, (uses.get(name) ?? 0) + 1);
  for (const inner of Object.values(value)) countUses(inner, definitions, uses);
}

function inlineReferences(
  value: unknown,
  definitions: Definitions,
  isInlined: (name: string) => boolean,
): unknown {
  if (Array.isArray(value)) return value.map((item) => inlineReferences(item, definitions, isInlined));
  if (!isRecord(value)) return value;
  const name = getDefinitionName(value, definitions);
  const target = name !== undefined && isInlined(name) ? definitions[name] : undefined;
  const { $ref, ...siblings } = value;
  if (!isRecord(target)) return mapValues(value, (inner) => inlineReferences(inner, definitions, isInlined));
  const siblingKeywords = mapValues(siblings, (inner) => inlineReferences(inner, definitions, isInlined));
  const definition = inlineReferences(target, definitions, isInlined);
  if (!isRecord(definition)) return definition;
  return (
    mergeSiblings(definition, siblingKeywords) ?? {
      ...siblingKeywords,
      allOf: [...toList(siblingKeywords.allOf), definition],
    }
  );
}

/**
 * Merges a definition with the sibling keywords of a reference to it. Siblings that only fix property values come
 * from a discriminator: they replace the definition's own constraints of those properties. Returns undefined when the
 * siblings contain anything else.
 */
function mergeSiblings(
  definition: Record<string, unknown>,
  siblings: Record<string, unknown>,
): Record<string, unknown> | undefined {
  const { properties, required, ...annotations } = siblings;
  if (!Object.keys(annotations).every((keyword) => ANNOTATIONS.has(keyword))) return undefined;
  if (properties === undefined && required === undefined) return { ...definition, ...annotations };
  const knownProperties = isRecord(definition.properties) ? definition.properties : {};
  const constrained: [string, unknown][] = [];
  for (const [name, value] of Object.entries(isRecord(properties) ? properties : {})) {
    const existing = Object.hasOwn(knownProperties, name) ? knownProperties[name] : {};
    if (!isRecord(value) || !isRecord(existing) || !onlyFixesValue(value)) return undefined;
    const { description } = existing;
    constrained.push([name, { ...(description !== undefined && { description }), ...value }]);
  }
  return {
    ...definition,
    ...annotations,
    properties: { ...knownProperties, ...Object.fromEntries(constrained) },
    required: [...new Set([...toList(definition.required), ...toList(required)])],
  };
}

function onlyFixesValue(schema: Record<string, unknown>): boolean {
  return Object.keys(schema).every((keyword) => keyword === "const" || keyword === "enum");
}

/** Keywords that do not affect validity. */
const ANNOTATIONS = new Set(["description", "default", "example", "examples"]);

function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function mapValues(
  record: Record<string, unknown>,
  change: (value: unknown) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
