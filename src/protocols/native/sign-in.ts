/** What a person can sign in with, so that the API knows for whom it is called. */
import { credentialKind } from "../../tools/auth/caller-credential.ts";
import { own } from "../../tools/schema/schema.ts";
import type { Api, CallerCredentials, SignInOption, Tool } from "../../tools/types.ts";

type SecurityScheme = Api["securitySchemes"][string];
type SecurityRequirement = Tool["operation"]["security"][number];

/**
 * The security schemes that offered operations ask for, that a person can bring, and that neither settings nor headers
 * forwarded from the person's own request meet already. In the order in which the operations name them.
 *
 * @param titles API name → what the page calls it.
 * @param credentials API name → what the session has of the person already.
 */
export function signInOptions(
  tools: readonly Tool[],
  titles: Readonly<Record<string, string>>,
  credentials: Readonly<Record<string, CallerCredentials>>,
): readonly SignInOption[] {
  const options = new Map<string, SignInOption>();
  for (const { api, operation } of tools) {
    const caller = own(credentials, api.name);
    if (operation.security.some((requirement) => isMet(requirement, api, caller))) continue;
    for (const name of operation.security.flatMap((requirement) => toBring(requirement, api, caller))) {
      const key = JSON.stringify([api.name, name]);
      const scheme = own(api.securitySchemes, name);
      const kind = scheme && credentialKind(scheme);
      if (!kind || options.has(key)) continue;
      const description = hint(scheme);
      options.set(key, {
        api: api.name,
        title: own(titles, api.name) ?? api.name,
        scheme: name,
        kind,
        ...(description !== undefined && { description }),
        ...(own(caller?.schemes ?? {}, name) && { configured: true }),
      });
    }
  }
  return [...options.values()];
}

/** By settings and forwarded headers alone. An empty requirement makes proof optional: a person may still bring one. */
function isMet(requirement: SecurityRequirement, api: Api, caller: CallerCredentials | undefined): boolean {
  const names = Object.keys(requirement);
  return names.length > 0 && names.every((name) => isAtHand(name, api, caller));
}

/** What is missing for a requirement; nothing, if a person could not complete it. */
function toBring(
  requirement: SecurityRequirement,
  api: Api,
  caller: CallerCredentials | undefined,
): readonly string[] {
  const missing = Object.keys(requirement).filter((name) => !isAtHand(name, api, caller));
  const canBring = (name: string) => {
    const scheme = own(api.securitySchemes, name);
    return scheme !== undefined && credentialKind(scheme) !== undefined;
  };
  return missing.every(canBring) ? missing : [];
}

function isAtHand(name: string, api: Api, caller: CallerCredentials | undefined): boolean {
  const scheme = own(api.securitySchemes, name);
  if (!scheme) return false;
  if (scheme.type === "mutualTLS" || own(api.credentials ?? {}, name)) return true;
  const header = carrier(scheme);
  return (
    header !== undefined &&
    [api.headers, caller?.headers ?? {}].some((headers) =>
      Object.keys(headers).some((one) => one.toLowerCase() === header),
    )
  );
}

/** The header that holds it, in lower case. */
function carrier(scheme: SecurityScheme): string | undefined {
  if (scheme.type !== "apiKey") return "authorization";
  return scheme.in === "header" ? scheme.name.toLowerCase() : undefined;
}

function hint(scheme: SecurityScheme): string | undefined {
  if (scheme.type === "apiKey") {
    const places = { header: "header", query: "query parameter", cookie: "cookie" };
    return `Sent as the ${places[scheme.in]} ${scheme.name}.`;
  }
  if (scheme.type === "openIdConnect") return `An access token from ${scheme.url}`;
  return undefined;
}
