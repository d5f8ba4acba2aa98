/** What a person can sign in with, so that the API knows for whom it is called. */
import { getCredentialKind } from "../../tools/auth/caller-credential.ts";
import type { CallerCredentials, SignInOption } from "../../tools/auth/types.ts";
import { getOwn } from "../../tools/schema/schema.ts";
import type { Api, Tool } from "../../tools/types.ts";

type SecurityScheme = Api["securitySchemes"][string];
type SecurityRequirement = Tool["operation"]["security"][number];

/**
 * The security schemes that offered operations ask for, that a person can bring, and that neither settings nor headers
 * forwarded from the person's own request meet already. In the order in which the operations name them.
 *
 * @param titles API name → what the page calls it.
 * @param credentials API name → what the session has of the person already.
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
      });
    }
  }
  return [...options.values()];
}

/** By settings and forwarded headers alone. An empty requirement makes proof optional: a person may still bring one. */
function isSatisfied(
  requirement: SecurityRequirement,
  api: Api,
  caller: CallerCredentials | undefined,
): boolean {
  const names = Object.keys(requirement);
  return names.length > 0 && names.every((name) => isAvailable(name, api, caller));
}

/** What is missing for a requirement; nothing, if a person could not complete it. */
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
      Object.keys(headers).some((one) => one.toLowerCase() === header),
    )
  );
}

/** The header that holds it, in lower case. */
function getCredentialHeader(scheme: SecurityScheme): string | undefined {
  if (scheme.type !== "apiKey") return "authorization";
  return scheme.in === "header" ? scheme.name.toLowerCase() : undefined;
}

function describeScheme(scheme: SecurityScheme): string | undefined {
  if (scheme.type === "apiKey") {
    const labels = { header: "header", query: "query parameter", cookie: "cookie" };
    return `Sent as the ${labels[scheme.in]} ${scheme.name}.`;
  }
  if (scheme.type === "openIdConnect") return `An access token from ${scheme.url}`;
  return undefined;
}
