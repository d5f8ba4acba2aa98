/** Creates the input schema of a tool from an operation's parameters and body. */
import type { JsonSchema } from "../../chat/types.ts";
import type { Operation, Parameter } from "../../openapi/types.ts";
import { fixParameter } from "../request/fixed-query.ts";
import type { Tool } from "../types.ts";
import { listBodyForms } from "./body-forms.ts";
import { type Argument, type BodyContext, createBodyArguments } from "./body-schema.ts";
import { inlineDefinitions } from "./inline-definitions.ts";
import { mergeForms } from "./merge-forms.ts";
import { ModelSchemaWriter } from "./model-schema.ts";
import { createParameterSchema, isTransportHeader } from "./parameter-schema.ts";
import { buildWithKeys, type PropertyKeys } from "./property-keys.ts";
import { explainAlias } from "./schema-texts.ts";

type InputSchema = Pick<Tool, "inputSchema" | "argumentTargets" | "originalKeys" | "forms">;

export interface InputSchemaOptions {
  /** The maximum length of a property's description in characters. */
  readonly descriptionLimit: number;
  /** Excludes parameters that the settings supply, such as credentials. */
  readonly isExcluded?: (parameter: Parameter) => boolean;
}

/**
 * Creates one self-contained schema of an operation's parameters and body. The fields of a plain object body become
 * top-level properties when no name occurs twice. Any other body becomes the property `body`. A body that can be sent
 * in several forms has the arguments of all of them.
 */
export function createInputSchema(operation: Operation, options: InputSchemaOptions): InputSchema {
  return buildWithKeys((keys) => buildInputSchema(operation, options, keys));
}

function buildInputSchema(
  operation: Operation,
  options: InputSchemaOptions,
  keys: PropertyKeys,
): InputSchema {
  const schemas = new ModelSchemaWriter(operation.definitions, keys, options.descriptionLimit);
  const parameters = createParameterArguments(operation, options, keys, schemas);
  const taken = new Set(parameters.map(({ key }) => key));
  let bodyKey: string | undefined;
  const context: BodyContext = {
    operation,
    schemas,
    keys,
    isTaken: (key) => taken.has(key),
    getBodyKey: () => {
      bodyKey ??= taken.has("body") ? keys.reserve("request_body") : keys.toLegalKey("body");
      return bodyKey;
    },
  };
  const bodyForms = listBodyForms(operation.body?.content ?? [], operation.definitions).map((form) => ({
    form,
    arguments: createBodyArguments(form, context),
  }));
  const definitions = schemas.definitions;
  const merged = composeSchema([...parameters, ...mergeForms(bodyForms)], definitions);
  const forms = bodyForms.map(({ form, arguments: bodyArguments }) => ({
    body: form,
    ...(bodyForms.length === 1 ? merged : composeSchema([...parameters, ...bodyArguments], definitions)),
  }));
  const [first = merged, ...others] = forms;
  return { ...merged, originalKeys: keys.originalKeys, forms: [first, ...others] };
}

/** Creates the schema of arguments, and their targets by key. */
function composeSchema(
  list: readonly Argument[],
  definitions: Readonly<Record<string, JsonSchema>>,
): Pick<InputSchema, "inputSchema" | "argumentTargets"> {
  const required = list.filter((argument) => argument.required).map(({ key }) => key);
  return {
    inputSchema: inlineDefinitions({
      type: "object",
      properties: Object.fromEntries(list.map(({ key, schema }) => [key, schema])),
      ...(required.length > 0 && { required }),
      ...(Object.keys(definitions).length > 0 && { $defs: definitions }),
    }),
    argumentTargets: Object.fromEntries(list.map(({ key, target }) => [key, target])),
  };
}

function createParameterArguments(
  operation: Operation,
  options: InputSchemaOptions,
  keys: PropertyKeys,
  schemas: ModelSchemaWriter,
): readonly Argument[] {
  const taken = new Set<string>();
  return operation.parameters.flatMap((declared, index) => {
    const parameter = fixParameter(declared, operation.pathTemplate ?? operation.path);
    if (isTransportHeader(parameter) || options.isExcluded?.(parameter)) return [];
    const legalName = keys.toLegalKey(parameter.name);
    const key = taken.has(legalName) ? keys.reserve(`${legalName.slice(0, 50)}_${parameter.in}`) : legalName;
    taken.add(key);
    const written = createParameterSchema(parameter, schemas, options.descriptionLimit);
    const schema = explainAlias(written, key, parameter.name);
    const required = parameter.required || parameter.in === "path";
    return [{ key, schema, target: { in: "parameter", index }, required } as const];
  });
}
