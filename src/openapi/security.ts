import {
  type LoadedDocument,
  type Located,
  type OpenApiVersion,
  splitReference,
} from "./document/library.ts";
import { OperationError } from "./document/operation-error.ts";
import { splitPointer } from "./document/pointer.ts";
import type { References } from "./document/reference.ts";
import { getOwn, isObject, type JsonObject, objectOf, textOf, textsOf } from "./document/value.ts";
import type { SecurityRequirement, SecurityScheme } from "./types.ts";

/**
 * The security schemes of a description, by the names that requirements have. A scheme that a requirement names by a URI
 * (https://spec.openapis.org/oas/v3.2.0.html#security-requirement-object) is added when it is met.
 */
export class SecuritySchemes {
  readonly #references: References;
  readonly #schemes = new Map<string, SecurityScheme>();
  /** The names of Security Scheme Objects. */
  readonly #names = new Map<unknown, string>();

  /** Reads the declared schemes of the root document. In 2.0 the field is `securityDefinitions`. */
  constructor(root: LoadedDocument, references: References) {
    this.#references = references;
    const { value, document } = findDeclaredSchemes(root, references);
    for (const [name, scheme] of Object.entries(objectOf(value))) this.#add(name, scheme, document);
  }

  get byName(): Readonly<Record<string, SecurityScheme>> {
    return Object.fromEntries(this.#schemes);
  }

  /**
   * Reads the Security Requirement Objects of a `security` field:
   * https://spec.openapis.org/oas/v3.1.1.html#security-requirement-object. Returns undefined when the field is missing,
   * so that the requirements of the document apply. An empty list removes them.
   */
  readRequirements(security: unknown, from: LoadedDocument): readonly SecurityRequirement[] | undefined {
    if (!Array.isArray(security)) return undefined;
    return security
      .filter(isObject)
      .map((requirement) =>
        Object.fromEntries(
          Object.entries(requirement).map(([name, scopes]) => [
            this.#resolveName(name, from),
            textsOf(scopes),
          ]),
        ),
      );
  }

  /** Returns the name of a scheme. One that is declared elsewhere is called by the last part of its URI. */
  #resolveName(name: string, from: LoadedDocument): string {
    if (this.#schemes.has(name) || !/[#/]|\.(json|ya?ml)$/i.test(name)) return name;
    try {
      const reference = { $ref: name };
      const { value, document } = this.#references.follow(reference, from);
      const known = this.#names.get(value);
      if (known !== undefined) return known;
      const { address, fragment } = splitReference(name);
      const last = splitPointer(fragment).at(-1) ?? address.replace(/^.*\//, "").replace(/\.\w+$/, "");
      const free = this.#schemes.has(last) ? name : last;
      this.#add(free, value, document);
      return free;
    } catch (error) {
      this.#references.warn(error, from, `the security scheme ${name} is unknown`);
      return name;
    }
  }

  #add(name: string, value: unknown, document: LoadedDocument): void {
    this.#schemes.set(name, resolveSecurityScheme(value, document, this.#references));
    const located = this.#references.followSharedOrWarn(
      value,
      document,
      `the security scheme ${name} is unknown`,
    );
    if (located.value !== undefined && !this.#names.has(located.value)) this.#names.set(located.value, name);
  }
}

function findDeclaredSchemes(document: LoadedDocument, references: References): Located {
  const root = objectOf(document.root);
  const effect = "its security schemes are unknown";
  if (document.openApiVersion === "2.0")
    return references.followSharedOrWarn(root.securityDefinitions, document, effect);
  const components = references.followSharedOrWarn(root.components, document, effect);
  return references.followSharedOrWarn(
    objectOf(components.value).securitySchemes,
    components.document,
    effect,
  );
}

function resolveSecurityScheme(
  value: unknown,
  document: LoadedDocument,
  references: References,
): SecurityScheme {
  try {
    const object = objectOf(references.follow(value, document).value);
    const scheme = parseSecurityScheme(object, document.openApiVersion);
    const description = textOf(object.description)?.trim();
    return description ? { ...scheme, description } : scheme;
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
