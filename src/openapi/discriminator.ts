/** https://spec.openapis.org/oas/v3.1.1.html#discriminator-object */
import type { JsonSchema } from "../chat/types.ts";
import type { Component } from "./components.ts";
import { OperationProblem } from "./document-error.ts";
import { definitionName } from "./measure.ts";
import { isObject, type JsonObject } from "./value.ts";

export interface BranchReader {
  /** @throws OperationProblem when the reference names no schema. */
  component(reference: string): Component;
  /** The component a definition's name stands for. */
  named(name: string): Component | undefined;
  /** Is the component being read, so that a branch would lead back to it? */
  isOpen(component: Component): boolean;
}

/**
 * Says in JSON Schema what a discriminator says: each branch of `oneOf` or `anyOf` names its own value. A parent that
 * only maps values to its children gets them as `oneOf`.
 */
export function discriminated(value: JsonObject, schema: JsonSchema, reader: BranchReader): JsonSchema {
  const { discriminator } = value;
  if (!isObject(discriminator) || typeof discriminator.propertyName !== "string") return schema;
  const property = discriminator.propertyName;
  const mapping = mappedComponents(discriminator.mapping, reader);
  for (const keyword of ["oneOf", "anyOf"] as const) {
    const branches = schema[keyword];
    if (Array.isArray(branches))
      return {
        ...schema,
        [keyword]: branches.map((branch) => namedBranch(branch, property, mapping, reader)),
      };
  }
  const children = [...mapping.keys()].filter((component) => !reader.isOpen(component));
  if (children.length === 0) return schema;
  return {
    ...schema,
    oneOf: children.map((child) => namedBranch(child.reference, property, mapping, reader)),
  };
}

/** Component → its values. A mapping holds references or names of components. */
function mappedComponents(mapping: unknown, reader: BranchReader): Map<Component, string[]> {
  const found = new Map<Component, string[]>();
  if (!isObject(mapping)) return found;
  for (const [value, target] of Object.entries(mapping)) {
    const component = typeof target === "string" ? mappedComponent(target, reader) : undefined;
    if (component !== undefined) found.set(component, [...(found.get(component) ?? []), value]);
  }
  return found;
}

/** A mapping that leads nowhere only loses its hint. */
function mappedComponent(target: string, reader: BranchReader): Component | undefined {
  try {
    return reader.component(/[#/.]/.test(target) ? target : `#/components/schemas/${target}`);
  } catch (error) {
    if (error instanceof OperationProblem) return undefined;
    throw error;
  }
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
  const named = values.length === 1 ? { const: values[0] } : { enum: values };
  return { ...branch, properties: { [property]: named }, required: [property] };
}

function saysItself(component: Component, property: string): boolean {
  const { value } = component.located;
  const properties = isObject(value) && isObject(value.properties) ? value.properties : {};
  const own = Object.hasOwn(properties, property) ? properties[property] : undefined;
  return isObject(own) && ("const" in own || (Array.isArray(own.enum) && own.enum.length === 1));
}
