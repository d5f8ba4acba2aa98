import type { JsonSchema } from "../chat/types.ts";
import type { LoadedDocument } from "./document/library.ts";
import { OperationError } from "./document/operation-error.ts";
import { type JsonObject, objectOf, textOf, textsOf } from "./document/value.ts";
import type { ReadContext } from "./parameter.ts";
import {
  type LocatedParameter,
  mergeParameters,
  type ParameterCache,
  type ParameterList,
  readParameters,
} from "./parameters.ts";
import { readRequestBody } from "./request-body.ts";
import { readResponses } from "./response.ts";
import type { Definitions } from "./schema/definitions.ts";
import { readSecurityRequirements } from "./security.ts";
import { readServerUrls, readSwaggerServers } from "./server.ts";
import { buildSwaggerBody } from "./swagger-body.ts";
import type { Operation, OperationMethod, RequestBody, SecurityRequirement } from "./types.ts";

/** The parts of the document and path item that operations inherit, and the readers they share. */
export interface OperationContext extends ReadContext {
  readonly definitions: Definitions;
  readonly parameterCache: ParameterCache;
  readonly root: LoadedDocument;
  readonly servers: readonly string[];
  readonly security: readonly SecurityRequirement[];
}

/** The position of an operation in its document. */
export interface OperationLocation {
  readonly method: OperationMethod;
  readonly path: string;
  readonly pointer: string;
  /** The parameters of the path item. */
  readonly sharedParameters: ParameterList;
  readonly document: LoadedDocument;
}

/**
 * Reads an Operation Object: https://spec.openapis.org/oas/v3.1.1.html#operation-object
 * @throws OperationError when no request can be built from it.
 */
export function readOperation(
  operation: JsonObject,
  location: OperationLocation,
  context: OperationContext,
): Operation {
  const { document } = location;
  const locatedParameters = mergeParameters(
    [location.sharedParameters, { value: operation.parameters, document }],
    context,
  );
  const outsideBody = locatedParameters.filter(isOutsideBody);
  const parameters = readParameters(outsideBody, location.path, context, context.parameterCache);
  const declaredBody =
    operation.requestBody !== undefined
      ? readRequestBody(operation.requestBody, document, context)
      : outsideBody.length < locatedParameters.length
        ? readSwaggerBody(operation, locatedParameters, context)
        : undefined;
  const body = declaredBody && omitIgnoredBody(declaredBody, location.method, context);
  const schemas: JsonSchema[] = [
    ...parameters.map((parameter) => parameter.schema),
    ...(body?.content ?? []).map((media) => media.schema),
  ];
  return {
    method: location.method,
    path: location.path,
    pointer: location.pointer,
    operationId: textOf(operation.operationId),
    summary: textOf(operation.summary),
    description: textOf(operation.description),
    tags: textsOf(operation.tags),
    deprecated: operation.deprecated === true,
    parameters,
    body,
    responses: readResponses(operation.responses, document, context.references),
    servers: resolveServers(operation, context),
    security: readSecurityRequirements(operation.security) ?? context.security,
    extensions: collectExtensions(operation),
    definitions: context.definitions.collect(schemas),
  };
}

function isOutsideBody({ value }: LocatedParameter): boolean {
  return value.in !== "body" && value.in !== "formData";
}

function readSwaggerBody(
  operation: JsonObject,
  locatedParameters: readonly LocatedParameter[],
  context: OperationContext,
): RequestBody | undefined {
  const consumes = operation.consumes ?? objectOf(context.root.root).consumes;
  const body = buildSwaggerBody(locatedParameters, consumes);
  return body === undefined ? undefined : readRequestBody(body.value, body.document, context);
}

/**
 * Leaves out a body that a client must not send. In 3.0 that of GET and HEAD "SHALL be ignored"
 * (https://spec.openapis.org/oas/v3.0.4.html#fixed-fields-7); other versions allow it. A TRACE request never has one.
 * @throws OperationError when the body is required.
 */
function omitIgnoredBody(
  body: RequestBody,
  method: OperationMethod,
  { root }: OperationContext,
): RequestBody | undefined {
  const isIgnored = root.openApiVersion === "3.0" && (method === "GET" || method === "HEAD");
  if (!isIgnored && method !== "TRACE") return body;
  if (body.required) throw new OperationError(`a ${method} request cannot be sent with the body it requires`);
  return undefined;
}

function resolveServers(operation: JsonObject, context: OperationContext): readonly string[] {
  const declared =
    context.root.openApiVersion === "2.0" && operation.schemes !== undefined
      ? readSwaggerServers(objectOf(context.root.root), operation.schemes)
      : readServerUrls(operation.servers);
  return declared ?? context.servers;
}

function collectExtensions(operation: JsonObject): Readonly<Record<string, unknown>> {
  const names = Object.keys(operation).filter((key) => key.startsWith("x-"));
  return names.length === 0
    ? NO_EXTENSIONS
    : Object.fromEntries(names.map((name) => [name, operation[name]]));
}

const NO_EXTENSIONS: Readonly<Record<string, unknown>> = Object.freeze({});
