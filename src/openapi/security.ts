import type { LoadedDocument, OpenApiVersion } from "./document/library.ts";
import { OperationError } from "./document/operation-error.ts";
import type { References } from "./document/reference.ts";
import { getOwn, isObject, type JsonObject, objectOf, textOf, textsOf } from "./document/value.ts";
import type { SecurityRequirement, SecurityScheme } from "./types.ts";

/**
 * Reads the Security Requirement Objects of a `security` field:
 * https://spec.openapis.org/oas/v3.1.1.html#security-requirement-object. Returns undefined when the field is missing,
 * so that the requirements of the document apply. An empty list removes them.
 */
export function readSecurityRequirements(security: unknown): readonly SecurityRequirement[] | undefined {
  if (!Array.isArray(security)) return undefined;
  return security
    .filter(isObject)
    .map((requirement) =>
      Object.fromEntries(Object.entries(requirement).map(([name, scopes]) => [name, textsOf(scopes)])),
    );
}

/** Returns the security schemes of a document by name. In 2.0 the field is `securityDefinitions`. */
export function readSecuritySchemes(
  document: LoadedDocument,
  references: References,
): Readonly<Record<string, SecurityScheme>> {
  const root = objectOf(document.root);
  const { openApiVersion } = document;
  const effect = "its security schemes are unknown";
  const components = references.followOrWarn(root.components, document, effect);
  const declared =
    openApiVersion === "2.0"
      ? references.followOrWarn(root.securityDefinitions, document, effect)
      : references.followOrWarn(objectOf(components.value).securitySchemes, components.document, effect);
  return Object.fromEntries(
    Object.entries(objectOf(declared.value)).map(([name, value]) => [
      name,
      resolveSecurityScheme(value, declared.document, references),
    ]),
  );
}

function resolveSecurityScheme(
  value: unknown,
  document: LoadedDocument,
  references: References,
): SecurityScheme {
  try {
    return parseSecurityScheme(objectOf(references.follow(value, document).value), document.openApiVersion);
  } catch (error) {
    if (error instanceof OperationError) return { type: "unknown", name: error.message };
    throw error;
  }
}

/** Parses a Security Scheme Object: https://spec.openapis.org/oas/v3.1.1.html#security-scheme-object */
export function parseSecurityScheme(scheme: JsonObject, openApiVersion: OpenApiVersion): SecurityScheme {
  const type = textOf(scheme.type) ?? "";
  switch (type) {
    case "apiKey": {
      const name = textOf(scheme.name);
      const location = scheme.in;
      if (name === undefined || (location !== "query" && location !== "header" && location !== "cookie"))
        break;
      return { type, name, in: location };
    }
    case "basic":
      return { type: "http", scheme: "basic" };
    case "http":
      return { type, scheme: (textOf(scheme.scheme) ?? "bearer").toLowerCase() };
    case "oauth2":
      return toOAuth2Scheme(openApiVersion === "2.0" ? scheme : selectFlow(objectOf(scheme.flows)));
    case "openIdConnect": {
      const url = textOf(scheme.openIdConnectUrl);
      if (url === undefined) break;
      return { type, url };
    }
    case "mutualTLS":
      return { type };
  }
  return { type: "unknown", name: type };
}

/**
 * Returns one OAuth flow, preferably one without user interaction:
 * https://spec.openapis.org/oas/v3.1.1.html#oauth-flows-object
 */
function selectFlow(flows: JsonObject): JsonObject {
  for (const name of [
    "clientCredentials",
    "password",
    "authorizationCode",
    "deviceAuthorization",
    "implicit",
  ]) {
    const flow = getOwn(flows, name);
    if (isObject(flow)) return flow;
  }
  return {};
}

function toOAuth2Scheme(flow: JsonObject): SecurityScheme {
  return { type: "oauth2", tokenUrl: textOf(flow.tokenUrl), scopes: Object.keys(objectOf(flow.scopes)) };
}
