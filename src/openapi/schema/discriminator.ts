/** Expresses a Discriminator Object in JSON Schema: https://spec.openapis.org/oas/v3.1.1.html#discriminator-object */
import type { JsonSchema } from "../../chat/types.ts";
import { OperationError } from "../document/operation-error.ts";
import { getOwn, isObject, type JsonObject, listOf, objectOf, writeText } from "../document/value.ts";
import type { Component } from "./component.ts";
import type { Components } from "./components.ts";
import { definitionName } from "./measure.ts";
import type { SchemaContext } from "./schema-context.ts";
import { refersToAny } from "./schema-shape.ts";
import { discriminatorProperty } from "./subtypes.ts";

/** Looks up the components that branches and mappings refer to. */
export interface BranchResolver {
  readonly resolve: ResolveReference;
  /** Returns the component with this definition name. */
  find(name: string): Component | undefined;
  /** Returns whether the component is being read, so that a branch would refer back to it. */
  isBeingRead(component: Component): boolean;
  /** Returns the components that build on the schema through `allOf`, with their values of the property. */
  findSubtypes(property: string): ReadonlyMap<Component, readonly string[]>;
  /** Whether the parent is read without its subtypes. */
  readonly omitsSubtypes: boolean;
}

export function createBranchResolver(
  components: Components,
  value: JsonObject,
  context: SchemaContext,
): BranchResolver {
  return {
    resolve: (reference) => components.resolve(reference, context.document, { scope: context.scope }),
    find: (name) => components.find(name),
    isBeingRead: (component) => context.ancestors.includes(component),
    findSubtypes: (property) => {
      const parent = context.ancestors.at(-1);
      const isParent = parent !== undefined && isPartOf(parent.located.value, value);
      return isParent ? components.findSubtypes(parent, property) : new Map();
    },
    omitsSubtypes: context.omitsSubtypes === true,
  };
}

/** Returns whether a value is a schema itself or an inline part of its `allOf`. */
function isPartOf(schema: unknown, value: JsonObject): boolean {
  return schema === value || listOf(objectOf(schema).allOf).includes(value);
}

const NO_SUBTYPES: ReadonlyMap<Component, readonly string[]> = new Map();
/** With more subtypes, only the values of the property are listed. */
const MAX_SUBTYPES = 32;
/** With more values, nothing is listed: it would be too much for a model. */
const MAX_VALUES = 100;

/**
 * Constrains the discriminator property in each branch of `oneOf` or `anyOf` to the value of that branch. A parent that
 * only maps values to subtypes gets the subtypes as `oneOf`. The branch of `defaultMapping` (3.2) has no constraint: it
 * is for all other values, and for values without the property.
 */
export function applyDiscriminator(
  value: JsonObject,
  schema: JsonSchema,
  resolver: BranchResolver,
): JsonSchema {
  const { discriminator } = value;
  const property = discriminatorProperty(discriminator);
  if (property === undefined) return schema;
  const { mapping: declaredMapping, defaultMapping } = objectOf(discriminator);
  const mapping = resolveMapping(declaredMapping, resolver.resolve);
  const fallback =
    typeof defaultMapping === "string" ? resolveMappingTarget(defaultMapping, resolver.resolve) : undefined;
  const constrain = (branch: unknown) =>
    fallback !== undefined && refersToAny(branch, [fallback])
      ? branch
      : constrainBranch(branch, property, mapping, resolver);
  for (const keyword of ["oneOf", "anyOf"] as const) {
    const branches = schema[keyword];
    if (Array.isArray(branches))
      return {
        ...schema,
        [keyword]: addFallback(branches.map(constrain), fallback),
      };
  }
  const unlisted = resolver.omitsSubtypes || mapping.size > 0 ? NO_SUBTYPES : resolver.findSubtypes(property);
  if (unlisted.size > 0) return addSubtypes(schema, property, unlisted);
  const isSubtype = (component: Component) => !resolver.isBeingRead(component);
  const subtypes = [...mapping.keys()].filter(isSubtype);
  if (subtypes.length === 0 || resolver.omitsSubtypes) return schema;
  if (subtypes.length > MAX_SUBTYPES)
    return fallback === undefined ? addPropertyEnum(schema, property, [...mapping.values()].flat()) : schema;
  const parentValues = [...mapping]
    .filter(([component]) => !isSubtype(component))
    .flatMap(([, values]) => values);
  const branches = [
    ...(parentValues.length > 0 ? [{ type: "object", ...constrainProperty(property, parentValues) }] : []),
    ...subtypes.map((subtype) => constrain(subtype.reference)),
  ];
  if (fallback !== undefined && !isSubtype(fallback))
    return { ...schema, oneOf: [...branches, { type: "object" }] };
  return { ...schema, oneOf: addFallback(branches, fallback) };
}

/** Adds the branch of `defaultMapping` unless it is there. */
function addFallback(branches: readonly unknown[], fallback: Component | undefined): readonly unknown[] {
  if (fallback === undefined || branches.some((branch) => refersToAny(branch, [fallback]))) return branches;
  return [...branches, fallback.reference];
}

/**
 * Adds the subtypes that a discriminator without a mapping leaves unnamed, and a branch for all other values: a
 * discriminator changes nothing in what is valid.
 */
function addSubtypes(
  schema: JsonSchema,
  property: string,
  subtypes: ReadonlyMap<Component, readonly string[]>,
): JsonSchema {
  if (subtypes.size === 0 || subtypes.size > MAX_SUBTYPES) return schema;
  const { enum: allowed } = objectOf(getOwn(objectOf(schema.properties), property));
  const normalize = (text: unknown) =>
    writeText(text)
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, "");
  const entries = [...subtypes].map(([component, values]) => ({
    component,
    values: Array.isArray(allowed)
      ? allowed.filter((choice) => values.some((value) => normalize(value) === normalize(choice)))
      : values,
  }));
  const named = entries.flatMap(({ values }) => values);
  const isComplete = Array.isArray(allowed) && allowed.every((choice) => named.includes(choice));
  const others = { type: "object", properties: { [property]: { not: { enum: named } } } };
  return {
    ...schema,
    oneOf: [
      ...entries.map(({ component, values }) => ({
        ...component.reference,
        ...(values.length > 0 && constrainProperty(property, values)),
      })),
      ...(isComplete ? [] : [named.length > 0 ? others : { type: "object" }]),
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

function constrainProperty(property: string, values: readonly unknown[]): JsonSchema {
  const constraint = values.length === 1 ? { const: values[0] } : { enum: values };
  return { properties: { [property]: constraint }, required: [property] };
}

/**
 * Returns the component that a reference names.
 * @throws OperationError when it does not resolve to a schema.
 */
type ResolveReference = (reference: string) => Component;

/** Returns the property values of each component. The targets of a mapping are references or component names. */
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

/** Returns undefined when the target does not resolve: the mapping is only a hint. */
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
  if (component === undefined || fixesProperty(component, property)) return branch;
  const values = mapping.get(component) ?? [component.name];
  return { ...branch, ...constrainProperty(property, values) };
}

/** Returns whether the component itself allows only one value of the property. */
function fixesProperty(component: Component, property: string): boolean {
  const { value } = component.located;
  const properties = isObject(value) && isObject(value.properties) ? value.properties : {};
  const propertySchema = Object.hasOwn(properties, property) ? properties[property] : undefined;
  return (
    isObject(propertySchema) &&
    ("const" in propertySchema || (Array.isArray(propertySchema.enum) && propertySchema.enum.length === 1))
  );
}
