/** Reads the metadata of the OpenID provider, and again after a failure: OpenID Connect Discovery 1.0. */
import type { ClientAuth, Configuration, ServerMetadata } from "openid-client";
import { isLoopback } from "../origin.ts";
import { createLimitedFetch, type SendRequest } from "./limited-fetch.ts";
import { SignInError, toSignInError } from "./problems.ts";

export interface ProviderSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly clientAuth: "basic" | "post" | undefined;
  /** Hosts beside the issuer's own that endpoints may be on. */
  readonly allowedHosts: readonly string[];
}

export interface ProviderPorts {
  readonly fetch: SendRequest;
  /** Returns milliseconds. */
  readonly now: () => number;
  /** Called after the first failure, and after a failure that follows a success. */
  readonly onFailure: (error: SignInError) => void;
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
    const { fetch, now, onFailure } = this.#ports;
    try {
      const configuration = await discover(this.#settings, fetch);
      this.#known = { configuration, readAt: now() };
      this.#failedAt = undefined;
      return configuration;
    } catch (error) {
      if (this.#failedAt === undefined) onFailure(toSignInError(error));
      this.#failedAt = now();
      throw error;
    }
  }
}

async function discover(
  { issuer, clientId, clientSecret, clientAuth, allowedHosts }: ProviderSettings,
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
  checkEndpoints(configuration.serverMetadata(), allowedHosts);
  // Otherwise the signature of an ID token that comes from the token endpoint is not checked.
  client.enableNonRepudiationChecks(configuration);
  return configuration;
}

/** The endpoints that secrets, codes and tokens are sent to, that users enter their passwords at, and that keys come from. */
const ENDPOINTS = [
  "authorization_endpoint",
  "token_endpoint",
  "userinfo_endpoint",
  "end_session_endpoint",
  "jwks_uri",
] as const;

/**
 * Checks that all endpoints are at the origin of the issuer or at an allowed host, encrypted except on loopback. Otherwise anyone who
 * changes the metadata would receive the secret and tokens.
 * @throws SignInError that names the hosts and the setting
 */
function checkEndpoints(metadata: ServerMetadata, allowedHosts: readonly string[]): void {
  const { origin } = new URL(metadata.issuer);
  const urls = ENDPOINTS.flatMap((name) => {
    const url = URL.parse(metadata[name] ?? "");
    return url && url.origin !== origin ? [{ name, url }] : [];
  });
  const plain = urls.find(({ url }) => url.protocol !== "https:" && !isLoopback(url.hostname));
  if (plain)
    throw new SignInError(
      "failed",
      `the metadata of the provider name ${plain.url.origin}, which is not encrypted`,
    );
  const refused = urls.filter(({ url }) => !allowedHosts.includes(url.host));
  if (refused.length === 0) return;
  const endpoints = refused.map(({ name, url }) => `${name} on ${url.host}`).join(", ");
  const hosts = [...new Set(refused.map(({ url }) => url.host))].join(",");
  throw new SignInError(
    "failed",
    `the metadata of the provider name endpoints on other hosts than the issuer's: ${endpoints}. Nothing is sent there. If they belong to the provider, set --oidc-allowed-hosts ${hosts}`,
  );
}

/** A provider that lists no methods accepts `client_secret_basic`: OpenID Connect Discovery, section 3. */
function preferredAuth({ token_endpoint_auth_methods_supported: methods }: ServerMetadata): "basic" | "post" {
  return methods === undefined || methods.includes("client_secret_basic") ? "basic" : "post";
}
