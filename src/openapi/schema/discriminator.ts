/** https://spec.openapis.org/oas/v3.1.1.html#discriminator-object */
import type { JsonSchema } from "../../chat/types.ts";
import { OperationError } from "../document/operation-error.ts";
import { isObject, type JsonObject } from "../document/value.ts";
import type { Component } from "./components.ts";
import { definitionName } from "./measure.ts";

export interface BranchResolver {
  /** @throws OperationError when the reference names no schema. */
  readonly resolve: ResolveReference;
  /** The component a definition's name stands for. */
  find(name: string): Component | undefined;
  /** Is the component being read, so that a branch would lead back to it? */
  isBeingRead(component: Component): boolean;
  /** The parent is wanted without its children. */
  readonly omitsSubtypes: boolean;
}

/** A choice among more is told by its values alone, among very many not at all: no model would read it. */
const MAX_CHILDREN = 32;
const MAX_VALUES = 100;

/**
 * Says in JSON Schema what a discriminator says: each branch of `oneOf` or `anyOf` names its own value. A parent that
 * only maps values to its children gets them as `oneOf`.
 */
export function applyDiscriminator(
  value: JsonObject,
  schema: JsonSchema,
  resolver: BranchResolver,
): JsonSchema {
  const { discriminator } = value;
  if (!isObject(discriminator) || typeof discriminator.propertyName !== "string") return schema;
  const property = discriminator.propertyName;
  const mapping = resolveMapping(discriminator.mapping, resolver.resolve);
  for (const keyword of ["oneOf", "anyOf"] as const) {
    const branches = schema[keyword];
    if (Array.isArray(branches))
      return {
        ...schema,
        [keyword]: branches.map((branch) => constrainBranch(branch, property, mapping, resolver)),
      };
  }
  const children = [...mapping.keys()].filter((component) => !resolver.isBeingRead(component));
  if (children.length === 0 || resolver.omitsSubtypes) return schema;
  if (children.length > MAX_CHILDREN) return addPropertyEnum(schema, property, [...mapping.values()].flat());
  const ownValues = [...mapping]
    .filter(([component]) => resolver.isBeingRead(component))
    .flatMap(([, values]) => values);
  return {
    ...schema,
    oneOf: [
      ...(ownValues.length > 0 ? [{ type: "object", ...constrainProperty(property, ownValues) }] : []),
      ...children.map((child) => constrainBranch(child.reference, property, mapping, resolver)),
    ],
  };
}

function addPropertyEnum(schema: JsonSchema, property: string, values: readonly string[]): JsonSchema {
  if (values.length > MAX_VALUES) return schema;
  const properties = isObject(schema.properties) ? schema.properties : {};
  const existing = Object.hasOwn(properties, property) ? properties[property] : undefined;
  const restricted = { type: "string", ...(isObject(existing) ? existing : {}), enum: values };
  return { ...schema, properties: { ...properties, [property]: restricted } };
}

function constrainProperty(property: string, values: readonly string[]): JsonSchema {
  const constraint = values.length === 1 ? { const: values[0] } : { enum: values };
  return { properties: { [property]: constraint }, required: [property] };
}

/** What a reference names, or an OperationError. */
type ResolveReference = (reference: string) => Component;

/** Component → its values. A mapping holds references or names of components. */
export function resolveMapping(mapping: unknown, resolve: ResolveReference): Map<Component, string[]> {
  const valuesByComponent = new Map<Component, string[]>();
  if (!isObject(mapping)) return valuesByComponent;
  for (const [value, target] of Object.entries(mapping)) {
    const component = typeof target === "string" ? resolveMappingTarget(target, resolve) : undefined;
    if (component !== undefined)
      valuesByComponent.set(component, [...(valuesByComponent.get(component) ?? []), value]);
  }
  return valuesByComponent;
}

/** A mapping that leads nowhere only loses its hint. */
function resolveMappingTarget(target: string, resolve: ResolveReference): Component | undefined {
  const candidates = /[#/]/.test(target) ? [target] : [`#/components/schemas/${target}`, target];
  for (const reference of candidates) {
    try {
      return resolve(reference);
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
    }
  }
  return undefined;
}

function constrainBranch(
  branch: unknown,
  property: string,
  mapping: ReadonlyMap<Component, readonly string[]>,
  resolver: BranchResolver,
): unknown {
  if (!isObject(branch) || Object.keys(branch).length > 1) return branch;
  const component = resolver.find(definitionName(branch.$ref) ?? "");
  if (component === undefined || declaresOwnValue(component, property)) return branch;
  const values = mapping.get(component) ?? [component.name];
  return { ...branch, ...constrainProperty(property, values) };
}

function declaresOwnValue(component: Component, property: string): boolean {
  const { value } = component.located;
  const properties = isObject(value) && isObject(value.properties) ? value.properties : {};
  const propertySchema = Object.hasOwn(properties, property) ? properties[property] : undefined;
  return (
    isObject(propertySchema) &&
    ("const" in propertySchema || (Array.isArray(propertySchema.enum) && propertySchema.enum.length === 1))
  );
}
