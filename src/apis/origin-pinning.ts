/** What a changed document may not do: send what it is entrusted with somewhere else. */

import { StartError } from "../errors.ts";
import type { Api } from "../tools/types.ts";
import type { ApiDocuments } from "./load-apis.ts";

/**
 * A document that somebody changed must not lead the callers' credentials, or a client's secret, to another host.
 * @throws StartError
 */
export function assertSameOrigin(before: ApiDocuments, after: ApiDocuments): void {
  for (const [index, { api, description }] of after.describedApis.entries()) {
    assertSameTokenOrigin(before.describedApis[index]?.api, api, description.source);
    const [old, now] = [before.describedApis[index]?.api.baseUrl ?? "", api.baseUrl].map(
      (url) => new URL(url).origin,
    );
    if (old === now) continue;
    throw new StartError(
      `${description.source} now names the server ${now} instead of ${old}; it is not followed there. Restart to use it, or pass --base-url.`,
    );
  }
}

function assertSameTokenOrigin(before: Api | undefined, after: Api, source: string): void {
  for (const [name, credential] of Object.entries(after.credentials ?? {})) {
    if (credential.type !== "client") continue;
    const [old, now] = [before, after].map((api) => tokenOrigin(api, name));
    if (old === now) continue;
    throw new StartError(
      `${source} now fetches tokens for ${name} from ${now} instead of ${old}; the client's secret is not sent there. Restart to use it.`,
    );
  }
}

function tokenOrigin(api: Api | undefined, name: string): string | undefined {
  const scheme = api && Object.hasOwn(api.securitySchemes, name) ? api.securitySchemes[name] : undefined;
  const url =
    scheme?.type === "oauth2" ? scheme.tokenUrl : scheme?.type === "openIdConnect" ? scheme.url : undefined;
  return url === undefined ? undefined : URL.parse(url, `${api?.baseUrl}/`)?.origin;
}
