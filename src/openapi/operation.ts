import type { JsonSchema } from "../chat/types.ts";
import type { LoadedDocument } from "./document/library.ts";
import { OperationError } from "./document/operation-error.ts";
import { objectOf, textOf, textsOf } from "./document/value.ts";
import type { Fields } from "./fields.ts";
import { checkCallbacks } from "./link.ts";
import type { ReadContext } from "./parameter.ts";
import {
  type LocatedParameter,
  mergeParameters,
  type ParameterCache,
  type ParameterList,
  readParameters,
  readPathTemplate,
} from "./parameters.ts";
import { readRequestBody } from "./request-body.ts";
import { type ResponseCache, readResponses } from "./response.ts";
import type { Definitions } from "./schema/definitions.ts";
import type { SecuritySchemes } from "./security.ts";
import { readServerUrls, readSwaggerServers } from "./server.ts";
import { buildSwaggerBody } from "./swagger-body.ts";
import type { Operation, RequestBody, SecurityRequirement } from "./types.ts";

/** The parts of the document and path item that operations inherit, and the readers they share. */
export interface OperationContext extends ReadContext {
  readonly definitions: Definitions;
  readonly parameterCache: ParameterCache;
  readonly responseCache: ResponseCache;
  readonly root: LoadedDocument;
  readonly servers: readonly string[];
  readonly securitySchemes: SecuritySchemes;
  readonly security: readonly SecurityRequirement[];
}

/** The position of an operation in its document. */
export interface OperationLocation {
  readonly method: string;
  readonly path: string;
  /** The parameters of the path item. */
  readonly sharedParameters: ParameterList;
}

/**
 * Reads an Operation Object: https://spec.openapis.org/oas/v3.1.1.html#operation-object
 * @throws OperationError when no request can be built from it.
 */
export function readOperation(
  fields: Fields,
  location: OperationLocation,
  context: OperationContext,
): Operation {
  const get = (name: string) => fields.get(name)?.value;
  const parametersField = fields.get("parameters");
  const locatedParameters = mergeParameters(
    parametersField === undefined
      ? [location.sharedParameters]
      : [location.sharedParameters, parametersField],
    context,
  );
  const outsideBody = locatedParameters.filter(isOutsideBody);
  const template = readPathTemplate(location.path, outsideBody);
  const parameters = readParameters(outsideBody, template, context, context.parameterCache);
  const bodyField = fields.get("requestBody");
  const declaredBody =
    bodyField !== undefined
      ? readRequestBody(bodyField.value, bodyField.document, context)
      : outsideBody.length < locatedParameters.length
        ? readSwaggerBody(get("consumes"), locatedParameters, context)
        : undefined;
  const body = declaredBody && omitIgnoredBody(declaredBody, location.method, context);
  const responses = fields.get("responses");
  const callbacks = fields.get("callbacks");
  if (callbacks) checkCallbacks(callbacks.value, callbacks.document, context.references);
  const schemas: JsonSchema[] = [
    ...parameters.map((parameter) => parameter.schema),
    ...(body?.content ?? []).map((media) => media.schema),
  ];
  return {
    method: location.method,
    path: location.path,
    ...(template.text !== location.path && { pathTemplate: template.text }),
    operationId: textOf(get("operationId")),
    summary: textOf(get("summary")),
    description: textOf(get("description")),
    tags: textsOf(get("tags")),
    deprecated: get("deprecated") === true,
    parameters,
    body,
    responses: readResponses(
      responses?.value,
      responses?.document ?? context.root,
      context.references,
      context.responseCache,
      get("produces") ?? objectOf(context.root.root).produces,
    ),
    servers: resolveServers(fields, context),
    security: resolveSecurity(fields, context),
    extensions: readExtensions(fields),
    definitions: context.definitions.collect(schemas),
  };
}

function isOutsideBody({ value }: LocatedParameter): boolean {
  return value.in !== "body" && value.in !== "formData";
}

function readSwaggerBody(
  consumes: unknown,
  locatedParameters: readonly LocatedParameter[],
  context: OperationContext,
): RequestBody | undefined {
  const body = buildSwaggerBody(locatedParameters, consumes ?? objectOf(context.root.root).consumes);
  return body === undefined ? undefined : readRequestBody(body.value, body.document, context);
}

/**
 * Leaves out a body that a client must not send. In 3.0 that of GET and HEAD "SHALL be ignored"
 * (https://spec.openapis.org/oas/v3.0.4.html#fixed-fields-7); other versions allow it. A TRACE request never has one.
 * @throws OperationError when the body is required.
 */
function omitIgnoredBody(
  body: RequestBody,
  method: string,
  { root }: OperationContext,
): RequestBody | undefined {
  const isIgnored = root.openApiVersion === "3.0" && (method === "GET" || method === "HEAD");
  if (!isIgnored && method !== "TRACE") return body;
  if (body.required) throw new OperationError(`a ${method} request cannot be sent with the body it requires`);
  return undefined;
}

function resolveSecurity(
  fields: Fields,
  { security, securitySchemes, root }: OperationContext,
): readonly SecurityRequirement[] {
  const field = fields.get("security");
  return securitySchemes.readRequirements(field?.value, field?.document ?? root) ?? security;
}

function resolveServers(fields: Fields, context: OperationContext): readonly string[] {
  const schemes = fields.get("schemes")?.value;
  const declared =
    context.root.openApiVersion === "2.0" && schemes !== undefined
      ? readSwaggerServers(objectOf(context.root.root), schemes)
      : readServerUrls(fields.get("servers")?.value);
  return declared ?? context.servers;
}

function readExtensions(fields: Fields): Operation["extensions"] {
  const field = fields.get("x-specchat");
  return field === undefined ? NO_EXTENSIONS : { "x-specchat": field.value };
}

const NO_EXTENSIONS: Operation["extensions"] = Object.freeze({});
