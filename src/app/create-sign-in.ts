/** Creates the sign-in of the page from the settings. */
import { createBrowserSignIn } from "../access/sign-in/browser-sign-in.ts";
import { areClaimsComplete, readOidcUser } from "../access/sign-in/oidc-identity.ts";
import { ProviderClient } from "../access/sign-in/provider-client.ts";
import { ProviderMetadata } from "../access/sign-in/provider-metadata.ts";
import { SessionCookies } from "../access/sign-in/session-cookies.ts";
import type { SignInProvider } from "../access/sign-in/sign-in-options.ts";
import type { BrowserSignIn } from "../access/sign-in/types.ts";
import { requiresAuthentication } from "../config/authentication-rules.ts";
import { accountPath, isPageServed, signInCallbackPath, uiPath } from "../config/paths.ts";
import { resolveApiSettings } from "../config/per-api.ts";
import type { Config } from "../config/settings.ts";
import type { Ports } from "../context.ts";

/** Returns undefined when there is no page, or nobody needs to sign in. The provider need not be reachable yet. */
export function createSignIn(
  config: Config,
  ports: Pick<Ports, "fetch" | "log" | "now">,
  cookieKey: string,
): BrowserSignIn | undefined {
  if (!isPageServed(config) || !requiresAuthentication(config)) return undefined;
  const signIn = createBrowserSignIn({
    cookies: new SessionCookies(cookieKey, accountPath(config)),
    limits: { idleMs: config.sessionIdle * 60_000, lifetimeMs: config.sessionLifetime * 3_600_000 },
    pagePath: uiPath(config),
    callbackPath: signInCallbackPath(config),
    keepsAccessToken: resolveApiSettings(config).some(({ forwardHeaders }) =>
      forwardHeaders.some((name) => name.toLowerCase() === "authorization"),
    ),
    provider: createProvider(config, ports),
    now: () => ports.now().getTime(),
    warn: (message, fields) => ports.log.warning(message, fields),
  });
  // Asks the provider now, so that the first user need not wait.
  signIn.isProviderAvailable();
  return signIn;
}

function createProvider(
  config: Config,
  { fetch, log, now }: Pick<Ports, "fetch" | "log" | "now">,
): SignInProvider | undefined {
  const { oidcIssuer: issuer, oidcClientId: clientId } = config;
  if (issuer === undefined || clientId === undefined) return undefined;
  const allowed = { domains: config.oidcAllowedDomains, organizations: config.oidcAllowedOrganizations };
  const metadata = new ProviderMetadata(
    {
      issuer,
      clientId,
      clientSecret: config.oidcClientSecret,
      clientAuth: config.oidcClientAuth,
      allowedHosts: config.oidcAllowedHosts,
    },
    {
      fetch,
      now: () => now().getTime(),
      onFailure: ({ problem, message: detail }) =>
        log.warning(
          problem === "unavailable"
            ? "the OpenID provider does not answer; users cannot sign in until it does"
            : "the metadata of the OpenID provider cannot be used; users cannot sign in",
          { issuer, detail },
        ),
    },
  );
  return {
    client: new ProviderClient({
      connect: metadata.connect,
      reach: metadata.reach,
      scopes: config.oidcScopes,
      parameters: config.oidcParameters,
      areComplete: (claims) => areClaimsComplete(claims, config, allowed),
    }),
    isAvailable: () => metadata.isAvailable,
    readUser: (claims) => readOidcUser(claims, config, allowed),
  };
}
