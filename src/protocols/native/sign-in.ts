/** The security schemes with which a user can sign in to an API. */
import { getCredentialKind } from "../../tools/auth/caller-credential.ts";
import type { CallerCredentials, SignInOption } from "../../tools/auth/types.ts";
import { getOwn } from "../../tools/schema/schema.ts";
import type { Api, Tool } from "../../tools/types.ts";

/** A longer description, in UTF-16 code units, is cut. */
const MAX_DESCRIPTION = 1000;

type SecurityScheme = Api["securitySchemes"][string];
type SecurityRequirement = Tool["operation"]["security"][number];

/**
 * Lists the security schemes that tools require, that a user can provide, and that neither settings nor forwarded headers satisfy.
 * Returns them in the order in which the operations name them.
 * @param titles display names by API name.
 * @param credentials the session's credentials by API name.
 */
export function listSignInOptions(
  tools: readonly Tool[],
  titles: Readonly<Record<string, string>>,
  credentials: Readonly<Record<string, CallerCredentials>>,
): readonly SignInOption[] {
  const options = new Map<string, SignInOption>();
  for (const { api, operation } of tools) {
    const caller = getOwn(credentials, api.name);
    if (operation.security.some((requirement) => isSatisfied(requirement, api, caller))) continue;
    for (const name of operation.security.flatMap((requirement) =>
      findMissingSchemes(requirement, api, caller),
    )) {
      const key = JSON.stringify([api.name, name]);
      const scheme = getOwn(api.securitySchemes, name);
      const kind = scheme && getCredentialKind(scheme);
      if (!kind || options.has(key)) continue;
      const description = describeScheme(scheme);
      options.set(key, {
        api: api.name,
        title: getOwn(titles, api.name) ?? api.name,
        scheme: name,
        kind,
        ...(description !== undefined && { description }),
        ...(getOwn(caller?.schemes ?? {}, name) && { configured: true }),
        ...(caller?.rejected?.includes(name) && { rejected: true }),
      });
    }
  }
  return [...options.values()];
}

/** Returns whether settings and forwarded headers satisfy a requirement. An empty one is optional, so that a user may still sign in. */
function isSatisfied(
  requirement: SecurityRequirement,
  api: Api,
  caller: CallerCredentials | undefined,
): boolean {
  const names = Object.keys(requirement);
  return names.length > 0 && names.every((name) => isAvailable(name, api, caller));
}

/** Returns the missing schemes of a requirement, or none when a user cannot provide them all. */
function findMissingSchemes(
  requirement: SecurityRequirement,
  api: Api,
  caller: CallerCredentials | undefined,
): readonly string[] {
  const missing = Object.keys(requirement).filter((name) => !isAvailable(name, api, caller));
  const canProvide = (name: string) => {
    const scheme = getOwn(api.securitySchemes, name);
    return scheme !== undefined && getCredentialKind(scheme) !== undefined;
  };
  return missing.every(canProvide) ? missing : [];
}

function isAvailable(name: string, api: Api, caller: CallerCredentials | undefined): boolean {
  const scheme = getOwn(api.securitySchemes, name);
  if (!scheme) return false;
  if (scheme.type === "mutualTLS" || getOwn(api.credentials ?? {}, name)) return true;
  const header = getCredentialHeader(scheme);
  return (
    header !== undefined &&
    [api.headers, caller?.headers ?? {}].some((headers) =>
      Object.keys(headers).some((name) => name.toLowerCase() === header),
    )
  );
}

/** Returns the header that carries the credential, in lower case. */
function getCredentialHeader(scheme: SecurityScheme): string | undefined {
  if (scheme.type !== "apiKey") return "authorization";
  return scheme.in === "header" ? scheme.name.toLowerCase() : undefined;
}

/** Returns the description of the document, or how the credential is sent. */
function describeScheme(scheme: SecurityScheme): string | undefined {
  if (scheme.description !== undefined) return scheme.description.slice(0, MAX_DESCRIPTION);
  if (scheme.type === "apiKey") {
    const labels = { header: "header", query: "query parameter", cookie: "cookie" };
    return `Sent as the ${labels[scheme.in]} ${scheme.name}.`;
  }
  if (scheme.type === "openIdConnect") return `An access token from ${scheme.url}`;
  return undefined;
}
