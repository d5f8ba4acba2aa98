/** Reads the metadata of the OpenID provider, and again after a failure: OpenID Connect Discovery 1.0. */
import type { ClientAuth, Configuration, ServerMetadata } from "openid-client";
import { createLimitedFetch, type SendRequest } from "./limited-fetch.ts";
import { SignInError, toSignInError } from "./problems.ts";

export interface ProviderSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly clientAuth: "basic" | "post" | undefined;
}

export interface ProviderPorts {
  readonly fetch: SendRequest;
  /** Returns milliseconds. */
  readonly now: () => number;
  /** Called after the first failure, and after a failure that follows a success. */
  readonly onUnreachable: (reason: string) => void;
}

/** Milliseconds until another attempt after a failure. */
const RETRY_MS = 5000;
/** Metadata are read again after a day. */
const MAX_AGE_MS = 86_400_000;
/** Milliseconds for which an answer shows that the provider can be reached. */
const REACHED_MS = 10_000;
/** Seconds by which the clock of the provider may differ. */
const CLOCK_TOLERANCE_S = 60;

export class ProviderMetadata {
  readonly #settings: ProviderSettings;
  readonly #ports: ProviderPorts;
  #known: { readonly configuration: Configuration; readonly readAt: number } | undefined;
  #pending: Promise<Configuration> | undefined;
  #failedAt: number | undefined;

  constructor(settings: ProviderSettings, ports: ProviderPorts) {
    this.#settings = settings;
    this.#ports = ports;
  }

  /** Returns false after a failure, until the provider answers. Asks it in the background. */
  get isAvailable(): boolean {
    const isWaiting = this.#failedAt !== undefined && this.#ports.now() - this.#failedAt < RETRY_MS;
    const isSettled = this.#known !== undefined && this.#failedAt === undefined;
    if (!isWaiting && !isSettled) this.#readUnlessNewer(0).catch(() => {});
    return this.#failedAt === undefined;
  }

  /** Returns the metadata. Old ones are used while the provider does not answer. */
  connect = async (): Promise<Configuration> => {
    const known = this.#known;
    return await this.#readUnlessNewer(MAX_AGE_MS).catch((error) => {
      if (known) return known.configuration;
      throw error;
    });
  };

  /** Returns the metadata if the provider answers now, or has a moment ago: a browser that is sent there must not find it down. */
  reach = async (): Promise<Configuration> => await this.#readUnlessNewer(REACHED_MS);

  async #readUnlessNewer(ageMs: number): Promise<Configuration> {
    const known = this.#known;
    if (known && this.#ports.now() - known.readAt < ageMs) return known.configuration;
    this.#pending ??= this.#read().finally(() => {
      this.#pending = undefined;
    });
    return await this.#pending;
  }

  async #read(): Promise<Configuration> {
    const { fetch, now, onUnreachable } = this.#ports;
    try {
      const configuration = await discover(this.#settings, fetch);
      this.#known = { configuration, readAt: now() };
      this.#failedAt = undefined;
      return configuration;
    } catch (error) {
      if (this.#failedAt === undefined) onUnreachable(toSignInError(error).message);
      this.#failedAt = now();
      throw error;
    }
  }
}

async function discover(
  { issuer, clientId, clientSecret, clientAuth }: ProviderSettings,
  send: SendRequest,
): Promise<Configuration> {
  const client = await import("openid-client");
  const isPlain = issuer.startsWith("http:");
  const options = {
    [client.customFetch]: createLimitedFetch(send),
    execute: isPlain ? [client.allowInsecureRequests] : [],
  };
  const authenticate: ClientAuth = (server, ...rest) => {
    if (clientSecret === undefined) return client.None()(server, ...rest);
    const isBasic = (clientAuth ?? preferredAuth(server)) === "basic";
    return (isBasic ? client.ClientSecretBasic : client.ClientSecretPost)(clientSecret)(server, ...rest);
  };
  const metadata = { [client.clockTolerance]: CLOCK_TOLERANCE_S };
  const configuration = await client.discovery(new URL(issuer), clientId, metadata, authenticate, options);
  if (isPlain) checkEndpoints(configuration.serverMetadata());
  // Otherwise the signature of an ID token that comes from the token endpoint is not checked.
  client.enableNonRepudiationChecks(configuration);
  return configuration;
}

/**
 * A provider on loopback may be plain, but it must not send the secret and tokens in plain text elsewhere. An encrypted one may name
 * endpoints of other hosts, which must be encrypted too: those of Google and Amazon Cognito are not at their issuer.
 * @throws SignInError
 */
function checkEndpoints({ issuer, token_endpoint, userinfo_endpoint, jwks_uri }: ServerMetadata): void {
  const { origin } = new URL(issuer);
  for (const endpoint of [token_endpoint, userinfo_endpoint, jwks_uri]) {
    const url = endpoint === undefined ? null : URL.parse(endpoint);
    if (url && url.protocol !== "https:" && url.origin !== origin)
      throw new SignInError(
        "failed",
        `the metadata of the provider name ${url.origin}, which is not encrypted`,
      );
  }
}

/** A provider that lists no methods accepts `client_secret_basic`: OpenID Connect Discovery, section 3. */
function preferredAuth({ token_endpoint_auth_methods_supported: methods }: ServerMetadata): "basic" | "post" {
  return methods === undefined || methods.includes("client_secret_basic") ? "basic" : "post";
}
