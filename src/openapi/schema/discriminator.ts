/** https://spec.openapis.org/oas/v3.1.1.html#discriminator-object */
import type { JsonSchema } from "../../chat/types.ts";
import { OperationProblem } from "../document/operation-problem.ts";
import { isObject, type JsonObject } from "../document/value.ts";
import type { Component } from "./components.ts";
import { definitionName } from "./measure.ts";

export interface BranchReader {
  /** @throws OperationProblem when the reference names no schema. */
  readonly component: Resolve;
  /** The component a definition's name stands for. */
  named(name: string): Component | undefined;
  /** Is the component being read, so that a branch would lead back to it? */
  isOpen(component: Component): boolean;
  /** The parent is wanted without its children. */
  readonly isAlone: boolean;
}

/** A choice among more is told by its values alone, among very many not at all: no model would read it. */
const MAX_CHILDREN = 32;
const MAX_VALUES = 100;

/**
 * Says in JSON Schema what a discriminator says: each branch of `oneOf` or `anyOf` names its own value. A parent that
 * only maps values to its children gets them as `oneOf`.
 */
export function discriminated(value: JsonObject, schema: JsonSchema, reader: BranchReader): JsonSchema {
  const { discriminator } = value;
  if (!isObject(discriminator) || typeof discriminator.propertyName !== "string") return schema;
  const property = discriminator.propertyName;
  const mapping = mappedComponents(discriminator.mapping, reader.component);
  for (const keyword of ["oneOf", "anyOf"] as const) {
    const branches = schema[keyword];
    if (Array.isArray(branches))
      return {
        ...schema,
        [keyword]: branches.map((branch) => namedBranch(branch, property, mapping, reader)),
      };
  }
  const children = [...mapping.keys()].filter((component) => !reader.isOpen(component));
  if (children.length === 0 || reader.isAlone) return schema;
  if (children.length > MAX_CHILDREN) return withValues(schema, property, [...mapping.values()].flat());
  const itself = [...mapping]
    .filter(([component]) => reader.isOpen(component))
    .flatMap(([, values]) => values);
  return {
    ...schema,
    oneOf: [
      ...(itself.length > 0 ? [{ type: "object", ...naming(property, itself) }] : []),
      ...children.map((child) => namedBranch(child.reference, property, mapping, reader)),
    ],
  };
}

function withValues(schema: JsonSchema, property: string, values: readonly string[]): JsonSchema {
  if (values.length > MAX_VALUES) return schema;
  const properties = isObject(schema.properties) ? schema.properties : {};
  const own = Object.hasOwn(properties, property) ? properties[property] : undefined;
  const named = { type: "string", ...(isObject(own) ? own : {}), enum: values };
  return { ...schema, properties: { ...properties, [property]: named } };
}

function naming(property: string, values: readonly string[]): JsonSchema {
  const named = values.length === 1 ? { const: values[0] } : { enum: values };
  return { properties: { [property]: named }, required: [property] };
}

/** What a reference names, or an OperationProblem. */
type Resolve = (reference: string) => Component;

/** Component → its values. A mapping holds references or names of components. */
export function mappedComponents(mapping: unknown, resolve: Resolve): Map<Component, string[]> {
  const found = new Map<Component, string[]>();
  if (!isObject(mapping)) return found;
  for (const [value, target] of Object.entries(mapping)) {
    const component = typeof target === "string" ? mappedComponent(target, resolve) : undefined;
    if (component !== undefined) found.set(component, [...(found.get(component) ?? []), value]);
  }
  return found;
}

/** A mapping that leads nowhere only loses its hint. */
function mappedComponent(target: string, resolve: Resolve): Component | undefined {
  const wanted = /[#/]/.test(target) ? [target] : [`#/components/schemas/${target}`, target];
  for (const reference of wanted) {
    try {
      return resolve(reference);
    } catch (error) {
      if (!(error instanceof OperationProblem)) throw error;
    }
  }
  return undefined;
}

function namedBranch(
  branch: unknown,
  property: string,
  mapping: ReadonlyMap<Component, readonly string[]>,
  reader: BranchReader,
): unknown {
  if (!isObject(branch) || Object.keys(branch).length > 1) return branch;
  const component = reader.named(definitionName(branch.$ref) ?? "");
  if (component === undefined || saysItself(component, property)) return branch;
  const values = mapping.get(component) ?? [component.name];
  return { ...branch, ...naming(property, values) };
}

function saysItself(component: Component, property: string): boolean {
  const { value } = component.located;
  const properties = isObject(value) && isObject(value.properties) ? value.properties : {};
  const own = Object.hasOwn(properties, property) ? properties[property] : undefined;
  return isObject(own) && ("const" in own || (Array.isArray(own.enum) && own.enum.length === 1));
}
