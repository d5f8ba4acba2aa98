/** The client of the OpenID provider: the authorization code flow with PKCE, renewal and sign-out. */
import type { Configuration, TokenEndpointResponse, TokenEndpointResponseHelpers } from "openid-client";
import { toSignInError } from "./problems.ts";

type Claims = Readonly<Record<string, unknown>>;

export interface ProviderClientOptions {
  /** Returns the metadata of the provider. Rejects while it cannot be reached. */
  readonly connect: () => Promise<Configuration>;
  /** The same, after the provider has shown that it can be reached. */
  readonly reach: () => Promise<Configuration>;
  readonly scopes: readonly string[];
  /** Further parameters of the request to sign in, as `NAME=VALUE`. */
  readonly parameters: readonly string[];
  /** Returns whether claims name everything that is needed. Otherwise the provider is asked for more. */
  readonly areComplete: (claims: Claims) => boolean;
}

/** The secrets of one sign-in. */
export interface FlowSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** What the provider has issued. */
export interface ProviderTokens {
  /** Undefined when a renewal has no new ID token. */
  readonly claims: Claims | undefined;
  readonly idToken: string | undefined;
  readonly refreshToken: string | undefined;
  readonly accessToken: string;
  /** Milliseconds that the access token is valid. */
  readonly accessLifetimeMs: number;
  /** Milliseconds from now on, measured by the clock of the provider alone. */
  readonly lifetimeMs: number;
}

/** The lifetime of a token that names none. */
const DEFAULT_LIFETIME_S = 3600;

/** Each method throws a SignInError. */
export class ProviderClient {
  readonly #options: ProviderClientOptions;

  constructor(options: ProviderClientOptions) {
    this.#options = options;
  }

  /** Returns secrets for one sign-in, and the URL where the user signs in. */
  async begin(
    redirectUri: string,
    isSilent: boolean,
  ): Promise<{ readonly secrets: FlowSecrets; readonly url: string }> {
    const { parameters, reach, scopes } = this.#options;
    return await run(reach, async (configuration) => {
      const client = await import("openid-client");
      const secrets = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
      };
      const url = client.buildAuthorizationUrl(configuration, {
        ...Object.fromEntries(parameters.map(splitParameter)),
        ...(isSilent && { prompt: "none" }),
        redirect_uri: redirectUri,
        scope: scopes.join(" "),
        state: secrets.state,
        nonce: secrets.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(secrets.verifier),
        code_challenge_method: "S256",
      });
      return { secrets, url: url.href };
    });
  }

  /** Exchanges the code for tokens. @param query what the provider has sent. */
  async exchange(redirectUri: string, query: string, secrets: FlowSecrets): Promise<ProviderTokens> {
    return await run(this.#options.connect, async (configuration) => {
      const { authorizationCodeGrant } = await import("openid-client");
      const checks = {
        expectedState: secrets.state,
        expectedNonce: secrets.nonce,
        pkceCodeVerifier: secrets.verifier,
        idTokenExpected: true,
      };
      const response = await authorizationCodeGrant(
        configuration,
        new URL(`${redirectUri}?${query}`),
        checks,
      );
      return await this.#readTokens(configuration, response);
    });
  }

  async refresh(refreshToken: string): Promise<ProviderTokens> {
    return await run(this.#options.connect, async (configuration) => {
      const { refreshTokenGrant } = await import("openid-client");
      const tokens = await this.#readTokens(
        configuration,
        await refreshTokenGrant(configuration, refreshToken),
      );
      // Without rotation the old one stays valid: RFC 6749, section 6.
      return { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken };
    });
  }

  /** Returns the URL that ends the session at the provider, or undefined when it has none. */
  async signOutUrl(idToken: string | undefined, returnUrl: string): Promise<string | undefined> {
    return await run(this.#options.connect, async (configuration) => {
      const { buildEndSessionUrl } = await import("openid-client");
      const { end_session_endpoint, issuer } = configuration.serverMetadata();
      if (end_session_endpoint === undefined) return undefined;
      // Amazon Cognito reads a name of its own.
      const isCognito = new URL(issuer).hostname.startsWith("cognito-idp.");
      return buildEndSessionUrl(configuration, {
        ...(idToken !== undefined && { id_token_hint: idToken }),
        [isCognito ? "logout_uri" : "post_logout_redirect_uri"]: returnUrl,
      }).href;
    });
  }

  async #readTokens(
    configuration: Configuration,
    response: TokenEndpointResponse & TokenEndpointResponseHelpers,
  ): Promise<ProviderTokens> {
    const claims = response.claims();
    const { access_token, expires_in = DEFAULT_LIFETIME_S, id_token, refresh_token } = response;
    const lifetimeS = claims ? claims.exp - claims.iat : expires_in;
    return {
      claims: claims && (await this.#completeClaims(configuration, claims, access_token)),
      idToken: id_token,
      refreshToken: refresh_token,
      accessToken: access_token,
      accessLifetimeMs: expires_in * 1000,
      lifetimeMs: lifetimeS * 1000,
    };
  }

  /** Adds the claims of the UserInfo endpoint where the ID token has too few. Those of the ID token win. */
  async #completeClaims(
    configuration: Configuration,
    claims: Claims & { readonly sub: string },
    accessToken: string,
  ): Promise<Claims> {
    const { userinfo_endpoint } = configuration.serverMetadata();
    if (userinfo_endpoint === undefined || this.#options.areComplete(claims)) return claims;
    const { fetchUserInfo } = await import("openid-client");
    return { ...(await fetchUserInfo(configuration, accessToken, claims.sub)), ...claims };
  }
}

async function run<Result>(
  connect: () => Promise<Configuration>,
  work: (configuration: Configuration) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(await connect());
  } catch (error) {
    throw toSignInError(error);
  }
}

function splitParameter(parameter: string): readonly [string, string] {
  const equals = parameter.indexOf("=");
  return [parameter.slice(0, equals), parameter.slice(equals + 1)];
}
