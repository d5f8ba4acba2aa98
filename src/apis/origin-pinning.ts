/** Rejects a reloaded document that would send credentials to another origin. */

import { StartError } from "../errors.ts";
import type { Api } from "../tools/types.ts";
import type { DescribedApi } from "./describe-api.ts";

/**
 * Compares the origins of an API's servers and token endpoints before and after a reload. A changed document must not
 * redirect callers' credentials or a client secret to another host.
 * @throws StartError when an origin differs.
 */
export function assertSameOrigin(before: DescribedApi, { api, description }: DescribedApi): void {
  assertSameTokenOrigin(before.api, api, description.source);
  const [oldOrigin, newOrigin] = [before.api.baseUrl, api.baseUrl].map((url) => new URL(url).origin);
  if (oldOrigin === newOrigin) return;
  throw new StartError(
    `${description.source} now names the server ${newOrigin} instead of ${oldOrigin}. Restart to use the new server, or set --base-url.`,
  );
}

function assertSameTokenOrigin(before: Api, after: Api, source: string): void {
  for (const [name, credential] of Object.entries(after.credentials ?? {})) {
    if (credential.type !== "client") continue;
    const [oldOrigin, newOrigin] = [before, after].map((api) => tokenOrigin(api, name));
    if (oldOrigin === newOrigin) continue;
    throw new StartError(
      `${source} now fetches tokens for ${name} from ${newOrigin} instead of ${oldOrigin}. The client secret is not sent there. Restart to use the new address.`,
    );
  }
}

function tokenOrigin(api: Api, name: string): string | undefined {
  const scheme = Object.hasOwn(api.securitySchemes, name) ? api.securitySchemes[name] : undefined;
  const url =
    scheme?.type === "oauth2" ? scheme.tokenUrl : scheme?.type === "openIdConnect" ? scheme.url : undefined;
  return url === undefined ? undefined : URL.parse(url, `${api.baseUrl}/`)?.origin;
}
