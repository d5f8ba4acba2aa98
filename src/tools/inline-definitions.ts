import type { JsonSchema } from "../chat/types.ts";
import { isRecord, localReference } from "./schema.ts";

/**
 * A self-contained schema with each definition that is referred to once put where it is referred to: shorter, and read
 * rightly by models that follow references badly. What is shared or recursive stays under `$defs`.
 */
export function inlineDefinitions(schema: JsonSchema): JsonSchema {
  const { $defs: definitions, ...rest } = schema;
  if (!isRecord(definitions)) return schema;
  const uses = new Map<string, number>();
  countUses(rest, definitions, uses);
  countUses(definitions, definitions, uses);
  const isSingle = (name: string) => uses.get(name) === 1;
  const kept = Object.entries(definitions)
    .filter(([name]) => !isSingle(name))
    .map(([name, definition]) => [name, inlined(definition, definitions, isSingle)]);
  const root = inlined(rest, definitions, isSingle);
  return { ...(isRecord(root) ? root : rest), ...(kept.length > 0 && { $defs: Object.fromEntries(kept) }) };
}

type Definitions = Readonly<Record<string, unknown>>;

function countUses(value: unknown, definitions: Definitions, uses: Map<string, number>): void {
  if (Array.isArray(value)) for (const item of value) countUses(item, definitions, uses);
  if (!isRecord(value)) return;
  const name = localReference(value, definitions);
  if (name !== undefined) uses.set(name, (uses.get(name) ?? 0) + 1);
  for (const inner of Object.values(value)) countUses(inner, definitions, uses);
}

function inlined(value: unknown, definitions: Definitions, isSingle: (name: string) => boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => inlined(item, definitions, isSingle));
  if (!isRecord(value)) return value;
  const name = localReference(value, definitions);
  const target = name !== undefined && isSingle(name) ? definitions[name] : undefined;
  const { $ref, ...siblings } = value;
  if (!isRecord(target)) return mapValues(value, (inner) => inlined(inner, definitions, isSingle));
  const beside = mapValues(siblings, (inner) => inlined(inner, definitions, isSingle));
  const there = inlined(target, definitions, isSingle);
  if (!isRecord(there)) return there;
  const onlyNotes = Object.keys(beside).every((keyword) => NOTES.has(keyword));
  return onlyNotes ? { ...there, ...beside } : { ...beside, allOf: [...listOf(beside.allOf), there] };
}

/** What may stand beside a reference without changing which values are valid. */
const NOTES = new Set(["description", "default", "example", "examples"]);

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function mapValues(
  record: Record<string, unknown>,
  change: (value: unknown) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
