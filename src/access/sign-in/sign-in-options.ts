/** What sign-in needs: cookies, limits, paths, and the provider when there is one. */
import type { OidcUser } from "./oidc-identity.ts";
import type { ProviderClient } from "./provider-client.ts";
import type { SessionLimits } from "./session.ts";
import type { SessionCookies } from "./session-cookies.ts";

export interface SignInProvider {
  readonly client: ProviderClient;
  /** Returns false while the provider does not answer, and asks it in the background. */
  readonly isAvailable: () => boolean;
  /** @throws SignInError `not_allowed`, AppError `unauthorized` when a claim is missing */
  readonly readUser: (claims: Readonly<Record<string, unknown>>) => OidcUser;
}

export interface BrowserSignInOptions {
  readonly cookies: SessionCookies;
  readonly limits: SessionLimits;
  /** The path of the page. */
  readonly pagePath: string;
  /** The path that the provider redirects to. */
  readonly callbackPath: string;
  /** Whether an API receives the access token of the user. Otherwise it is not kept. */
  readonly keepsAccessToken: boolean;
  readonly provider?: SignInProvider | undefined;
  /** Returns Unix milliseconds. */
  readonly now: () => number;
  readonly warn: (message: string, fields: Readonly<Record<string, string>>) => void;
}
