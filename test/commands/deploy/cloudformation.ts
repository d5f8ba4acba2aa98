/** Checks a template with the specification of CloudFormation's resources. */
import { loadAwsServiceSpecSync } from "@aws-cdk/aws-service-spec";
import type { PropertyType, SpecDatabase, TypeDefinition } from "@aws-cdk/service-spec-types";

type Json = Readonly<Record<string, unknown>>;
type Properties = TypeDefinition["properties"];

const database: SpecDatabase = loadAwsServiceSpecSync();

/** Returns what is wrong in the resources: unknown types and properties, missing properties, values of a wrong type, unknown references. */
export function checkTemplate({
  Parameters,
  Resources,
}: {
  readonly Parameters: Json;
  readonly Resources: Readonly<Record<string, Json>>;
}): readonly string[] {
  const names = new Set([...Object.keys(Parameters), ...Object.keys(Resources)]);
  const problems = Object.entries(Resources).flatMap(([name, { Type, Properties: values = {} }]) => {
    const found = database.lookup("resource", "cloudFormationType", "equals", String(Type));
    if (found.length === 0) return [`${name}: unknown type ${Type}`];
    return checkProperties(name, found.only().properties, values as Json);
  });
  return [...problems, ...findReferences(Resources).filter((name) => !names.has(name) && !isPseudo(name))];
}

function isPseudo(name: string): boolean {
  return ["AWS::AccountId", "AWS::Partition", "AWS::Region"].includes(name);
}

function findReferences(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => {
    if (key === "Ref") return [String(entry)];
    if (key === "Fn::GetAtt") return [String((entry as string[])[0])];
    if (key === "Fn::Sub")
      return [...String(entry).matchAll(/\$\{([\w:]+)(\.\w+)?\}/g)].map(([, name = ""]) => name);
    return findReferences(entry);
  });
}

function checkProperties(path: string, properties: Properties, values: Json): readonly string[] {
  const unknown = Object.keys(values).filter((name) => properties[name] === undefined);
  const missing = Object.keys(properties).filter(
    (name) => properties[name]?.required === true && values[name] === undefined,
  );
  return [
    ...unknown.map((name) => `${path}.${name}: unknown`),
    ...missing.map((name) => `${path}.${name}: missing`),
    ...Object.entries(values).flatMap(([name, value]) => {
      const type = properties[name]?.type;
      return type === undefined ? [] : checkValue(`${path}.${name}`, type, value);
    }),
  ];
}

function checkValue(path: string, type: PropertyType, value: unknown): readonly string[] {
  const wrong = [`${path}: ${JSON.stringify(value)} is no ${type.type}`];
  if (type.type === "union") {
    const results = type.types.map((one) => checkValue(path, one, value));
    return results.find((problems) => problems.length === 0) ?? results[0] ?? [];
  }
  // The value of an intrinsic function is known when the stack is made.
  if (isIntrinsic(value) || type.type === "json") return [];
  switch (type.type) {
    case "string":
      if (typeof value !== "string") return wrong;
      return type.allowedValues && !type.allowedValues.includes(value) ? [`${path}: ${value}`] : [];
    case "integer":
      return Number.isInteger(value) ? [] : wrong;
    case "number":
      return typeof value === "number" ? [] : wrong;
    case "boolean":
      return typeof value === "boolean" ? [] : wrong;
    case "array":
      if (!Array.isArray(value)) return wrong;
      return value.flatMap((entry, index) => checkValue(`${path}[${index}]`, type.element, entry));
    case "map":
      if (typeof value !== "object" || value === null) return wrong;
      return Object.entries(value).flatMap(([key, entry]) =>
        checkValue(`${path}.${key}`, type.element, entry),
      );
    case "ref": {
      if (typeof value !== "object" || value === null) return wrong;
      const definition = database.get("typeDefinition", type.reference.$ref);
      return checkProperties(path, definition.properties, value as Json);
    }
    default:
      return [];
  }
}

function isIntrinsic(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && /^(Ref|Fn::\w+)$/.test(keys[0] ?? "");
}
