import type { JsonSchema } from "../chat/types.ts";
import type { LoadedDocument } from "./document/library.ts";
import { type JsonObject, objectOf, textOf, textsOf } from "./document/value.ts";
import type { Reader } from "./parameter.ts";
import {
  applicable,
  type LocatedParameter,
  type ParameterList,
  type ParameterMemory,
  readParameters,
} from "./parameters.ts";
import { readRequestBody } from "./request-body.ts";
import { readResponses } from "./response.ts";
import type { Definitions } from "./schema/definitions.ts";
import { securityRequirements } from "./security.ts";
import { serverUrls, swaggerServers } from "./server.ts";
import { swaggerBody } from "./swagger-body.ts";
import type { Method, Operation, RequestBody, SecurityRequirement } from "./types.ts";

/** What the document and the path item give to their operations. */
export interface Surroundings extends Reader {
  readonly definitions: Definitions;
  readonly memory: ParameterMemory;
  readonly root: LoadedDocument;
  readonly servers: readonly string[];
  readonly security: readonly SecurityRequirement[];
}

export interface Place {
  readonly method: Method;
  readonly path: string;
  readonly pointer: string;
  /** The path item's parameters. */
  readonly common: ParameterList;
  readonly document: LoadedDocument;
}

/**
 * https://spec.openapis.org/oas/v3.1.1.html#operation-object
 * @throws OperationProblem when no request can be made from it.
 */
export function readOperation(operation: JsonObject, place: Place, around: Surroundings): Operation {
  const { document } = place;
  const located = applicable([place.common, { value: operation.parameters, document }], around);
  const outside = located.filter(isOutsideBody);
  const parameters = readParameters(outside, place.path, around, around.memory);
  const body =
    operation.requestBody !== undefined
      ? readRequestBody(operation.requestBody, document, around)
      : outside.length < located.length
        ? readSwaggerBody(operation, located, around)
        : undefined;
  const schemas: JsonSchema[] = [
    ...parameters.map((parameter) => parameter.schema),
    ...(body?.content ?? []).map((media) => media.schema),
  ];
  return {
    method: place.method,
    path: place.path,
    pointer: place.pointer,
    operationId: textOf(operation.operationId),
    summary: textOf(operation.summary),
    description: textOf(operation.description),
    tags: textsOf(operation.tags),
    deprecated: operation.deprecated === true,
    parameters,
    body,
    responses: readResponses(operation.responses, document, around.references),
    servers: serversOf(operation, around),
    security: securityRequirements(operation.security) ?? around.security,
    extensions: extensionsOf(operation),
    definitions: around.definitions.of(schemas),
  };
}

function isOutsideBody({ value }: LocatedParameter): boolean {
  return value.in !== "body" && value.in !== "formData";
}

function readSwaggerBody(
  operation: JsonObject,
  located: readonly LocatedParameter[],
  around: Surroundings,
): RequestBody | undefined {
  const consumes = operation.consumes ?? objectOf(around.root.root).consumes;
  const body = swaggerBody(located, consumes);
  return body === undefined ? undefined : readRequestBody(body.value, body.document, around);
}

function serversOf(operation: JsonObject, around: Surroundings): readonly string[] {
  const own =
    around.root.dialect === "2.0" && operation.schemes !== undefined
      ? swaggerServers(objectOf(around.root.root), operation.schemes)
      : serverUrls(operation.servers);
  return own ?? around.servers;
}

function extensionsOf(operation: JsonObject): Readonly<Record<string, unknown>> {
  const names = Object.keys(operation).filter((key) => key.startsWith("x-"));
  return names.length === 0
    ? NO_EXTENSIONS
    : Object.fromEntries(names.map((name) => [name, operation[name]]));
}

const NO_EXTENSIONS: Readonly<Record<string, unknown>> = Object.freeze({});
