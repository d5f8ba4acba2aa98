import type { Dialect, LoadedDocument } from "./document/library.ts";
import { OperationProblem } from "./document/operation-problem.ts";
import type { References } from "./document/reference.ts";
import { isObject, type JsonObject, objectOf, own, textOf, textsOf } from "./document/value.ts";
import type { SecurityRequirement, SecurityScheme } from "./types.ts";

/**
 * https://spec.openapis.org/oas/v3.1.1.html#security-requirement-object: the requirements of a `security` field.
 * Undefined when there is none, so that the document's apply; an empty list lifts them.
 */
export function securityRequirements(security: unknown): readonly SecurityRequirement[] | undefined {
  if (!Array.isArray(security)) return undefined;
  return security
    .filter(isObject)
    .map((requirement) =>
      Object.fromEntries(Object.entries(requirement).map(([name, scopes]) => [name, textsOf(scopes)])),
    );
}

/** The document's security schemes by name; in 2.0 `securityDefinitions`. */
export function securitySchemes(
  document: LoadedDocument,
  references: References,
): Readonly<Record<string, SecurityScheme>> {
  const root = objectOf(document.root);
  const { dialect } = document;
  const declared = dialect === "2.0" ? root.securityDefinitions : objectOf(root.components).securitySchemes;
  return Object.fromEntries(
    Object.entries(objectOf(declared)).map(([name, value]) => [name, read(value, document, references)]),
  );
}

function read(value: unknown, document: LoadedDocument, references: References): SecurityScheme {
  try {
    return securityScheme(objectOf(references.follow(value, document).value), document.dialect);
  } catch (error) {
    if (error instanceof OperationProblem) return { type: "unknown", name: error.message };
    throw error;
  }
}

/** https://spec.openapis.org/oas/v3.1.1.html#security-scheme-object */
export function securityScheme(scheme: JsonObject, dialect: Dialect): SecurityScheme {
  const type = textOf(scheme.type) ?? "";
  switch (type) {
    case "apiKey": {
      const name = textOf(scheme.name);
      const place = scheme.in;
      if (name === undefined || (place !== "query" && place !== "header" && place !== "cookie")) break;
      return { type, name, in: place };
    }
    case "basic":
      return { type: "http", scheme: "basic" };
    case "http":
      return { type, scheme: (textOf(scheme.scheme) ?? "bearer").toLowerCase() };
    case "oauth2":
      return oauth2(dialect === "2.0" ? scheme : bestFlow(objectOf(scheme.flows)));
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

/** The one that needs no person first: https://spec.openapis.org/oas/v3.1.1.html#oauth-flows-object */
function bestFlow(flows: JsonObject): JsonObject {
  for (const name of [
    "clientCredentials",
    "password",
    "authorizationCode",
    "deviceAuthorization",
    "implicit",
  ]) {
    const flow = own(flows, name);
    if (isObject(flow)) return flow;
  }
  return {};
}

function oauth2(flow: JsonObject): SecurityScheme {
  return { type: "oauth2", tokenUrl: textOf(flow.tokenUrl), scopes: Object.keys(objectOf(flow.scopes)) };
}
