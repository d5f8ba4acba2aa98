/** Fetches OAuth2 tokens with client credentials. */
import type { SecurityScheme } from "../../openapi/types.ts";
import { isAllowedHost } from "../http/allowed-hosts.ts";
import { describeNetworkError } from "../http/network-error.ts";
import { isRecord } from "../schema/schema.ts";

export interface TokenFetchOptions {
  readonly fetch: (url: string, init: BunFetchRequestInit) => Promise<Response>;
  /** The limit of one request. */
  readonly timeoutMs: number;
  /** Hosts beside the issuer's own that a token endpoint may be on. */
  readonly allowedHosts?: readonly string[] | undefined;
}

/** Thrown when a token cannot be fetched. The message is for the model and the user, and never contains a secret. */
export class TokenError extends Error {
  override readonly name = "TokenError";
}

export interface Token {
  readonly token: string;
  readonly lifetimeMs: number;
}

interface Client {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The lifetime of a token whose response does not state one. */
const DEFAULT_LIFETIME_S = 300;
const MAX_RESPONSE_BYTES = 1_000_000;

/**
 * Resolves the token endpoint: the setting, else the document's `tokenUrl` (relative to the API's base URL), else the
 * endpoint of the OpenID Connect discovery document.
 * @throws TokenError when it cannot be resolved.
 */
export async function resolveTokenEndpoint(
  scheme: SecurityScheme,
  setting: string | undefined,
  baseUrl: string,
  options: TokenFetchOptions,
): Promise<string> {
  if (setting !== undefined) return resolveWebUrl(setting, baseUrl);
  if (scheme.type === "oauth2" && scheme.tokenUrl !== undefined)
    return resolveWebUrl(scheme.tokenUrl, baseUrl);
  if (scheme.type !== "openIdConnect") throw new TokenError("the document has no token URL.");
  const address = resolveWebUrl(scheme.url, baseUrl);
  const { body } = await requestJson(address, { headers: { Accept: "application/json" } }, options);
  if (typeof body.token_endpoint !== "string")
    throw new TokenError(`the discovery document of ${new URL(address).host} has no token endpoint.`);
  const endpoint = resolveWebUrl(body.token_endpoint, address);
  checkEndpoint(new URL(endpoint), new URL(address), options.allowedHosts ?? []);
  return endpoint;
}

/**
 * Checks that a token endpoint is at the origin of the discovery document, or at an allowed host and no less encrypted. Otherwise anyone who
 * changes the document would receive the client secret.
 * @throws TokenError that names the host
 */
function checkEndpoint(endpoint: URL, discovery: URL, allowedHosts: readonly string[]): void {
  if (endpoint.origin === discovery.origin) return;
  if (endpoint.protocol === "http:" && discovery.protocol === "https:")
    throw new TokenError(
      `the discovery document of ${discovery.host} names a token endpoint on ${endpoint.origin}, which is not encrypted. The client secret is not sent there.`,
    );
  if (!isAllowedHost(endpoint, allowedHosts))
    throw new TokenError(
      `the discovery document of ${discovery.host} names a token endpoint on ${endpoint.host}. The client secret is not sent there unless the operator of this server allows that host.`,
    );
}

/**
 * Requests a token (RFC 6749, section 4.4.2). The client authenticates with HTTP Basic, or in the body if refused.
 * @throws TokenError when the endpoint returns no token.
 */
export async function fetchToken(
  endpoint: string,
  client: Client,
  scopes: readonly string[],
  options: TokenFetchOptions,
): Promise<Token> {
  const form = new URLSearchParams({ grant_type: "client_credentials" });
  if (scopes.length > 0) form.set("scope", scopes.join(" "));
  const encoded = [client.clientId, client.clientSecret].map(encodeURIComponent).join(":");
  const basic = `Basic ${new TextEncoder().encode(encoded).toBase64()}`;
  let response = await postForm(endpoint, form, { Authorization: basic }, options);
  if (response.status === 400 || response.status === 401) {
    form.set("client_id", client.clientId);
    form.set("client_secret", client.clientSecret);
    response = await postForm(endpoint, form, {}, options);
  }
  const { status, body } = response;
  const { access_token: token, expires_in: seconds, error } = body;
  if (status !== 200 || typeof token !== "string" || token === "") {
    const reason = typeof error === "string" && /^[\w.-]{1,60}$/.test(error) ? ` (${error})` : "";
    throw new TokenError(`${new URL(endpoint).host} responded with HTTP ${status}${reason}.`);
  }
  const lifetime = Number(seconds ?? DEFAULT_LIFETIME_S);
  return { token, lifetimeMs: (lifetime > 0 ? lifetime : DEFAULT_LIFETIME_S) * 1000 };
}

interface JsonResponse {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

function postForm(
  endpoint: string,
  form: URLSearchParams,
  headers: Record<string, string>,
  options: TokenFetchOptions,
): Promise<JsonResponse> {
  const defaultHeaders = { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" };
  return requestJson(
    endpoint,
    { method: "POST", headers: { ...defaultHeaders, ...headers }, body: form.toString() },
    options,
  );
}

/** Requests a JSON object. Redirects are not followed, so that the secret is sent to the given URL only. */
async function requestJson(
  url: string,
  init: BunFetchRequestInit,
  options: TokenFetchOptions,
): Promise<JsonResponse> {
  try {
    const signal = AbortSignal.timeout(options.timeoutMs);
    const response = await options.fetch(url, { ...init, redirect: "manual", signal });
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > MAX_RESPONSE_BYTES)
        throw new TokenError(`the response of ${new URL(url).host} is too large.`);
      chunks.push(chunk);
    }
    return { status: response.status, body: parseJsonObject(Buffer.concat(chunks).toString("utf8")) };
  } catch (error) {
    if (error instanceof TokenError) throw error;
    throw new TokenError(describeNetworkError(error, new URL(url).host));
  }
}

function parseJsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function resolveWebUrl(text: string, base: string): string {
  const url = URL.parse(text, `${base}/`);
  if (!url || !/^https?:$/.test(url.protocol)) throw new TokenError("the token URL is not an HTTP URL.");
  return url.href;
}
