/** Selects the credentials of a call and applies them to its request. */
import type { SecurityRequirement, SecurityScheme } from "../../openapi/types.ts";
import type { ToolRequest } from "../http/types.ts";
import { getOwn } from "../schema/schema.ts";
import type { Api, Tool } from "../types.ts";
import { type DigestCredential, isDigest } from "./digest.ts";
import type { CallerCredentials, CredentialValue, Secrets, StaticCredential } from "./types.ts";

/** A request with credentials, and the parts of it that are secret. */
export interface AuthenticatedRequest {
  readonly request: ToolRequest;
  readonly secrets: Secrets;
  /** The credential for the API's challenge. It is not part of the request. */
  readonly digest?: DigestCredential | undefined;
}

/** A security scheme and the credential that satisfies it. */
export interface SelectedCredential {
  readonly name: string;
  readonly scheme: SecurityScheme;
  readonly credential: StaticCredential;
  readonly scopes: readonly string[];
}

/**
 * Selects the credentials of the first security requirement that can be satisfied. A caller's credentials take
 * precedence over those of the settings. Returns an empty list when none are required, or when no requirement can be
 * satisfied: the API then refuses the request itself.
 */
export function selectCredentials(
  tool: Tool,
  caller: CallerCredentials | undefined,
): readonly SelectedCredential[] {
  const requirements = tool.operation.security;
  const satisfied = requirements
    .map((requirement) => findCredentials(requirement, tool.api, caller))
    .filter((credentials) => credentials !== undefined);
  // An empty requirement makes authentication optional. Credentials are still used when there are any.
  return satisfied.find((credentials) => credentials.length > 0) ?? [];
}

/** Returns the schemes that the settings lack for an operation; undefined when it can be called. */
export function findUnmetSecurity(tool: Tool): string | undefined {
  const { security } = tool.operation;
  const { api } = tool;
  const hasCertificate = (requirement: SecurityRequirement) =>
    api.tls?.cert !== undefined ||
    Object.keys(requirement).every((name) => getOwn(api.securitySchemes, name)?.type !== "mutualTLS");
  if (security.length === 0) return undefined;
  if (
    security.some(
      (requirement) => findCredentials(requirement, api, undefined) && hasCertificate(requirement),
    )
  )
    return undefined;
  if (Object.keys(tool.api.headers).length > 0) return undefined;
  const describeScheme = (name: string) =>
    getOwn(api.securitySchemes, name)?.type === "mutualTLS" ? `${name} (--api-client-cert)` : name;
  return security
    .map((requirement) => Object.keys(requirement).map(describeScheme).join(" and "))
    .join(", or ");
}

function findCredentials(
  requirement: SecurityRequirement,
  api: Api,
  caller: CallerCredentials | undefined,
): readonly SelectedCredential[] | undefined {
  const selected: SelectedCredential[] = [];
  for (const [name, scopes] of Object.entries(requirement)) {
    const scheme = getOwn(api.securitySchemes, name);
    if (scheme?.type === "mutualTLS") continue;
    const credential = getOwn(caller?.schemes ?? {}, name) ?? getOwn(api.credentials ?? {}, name);
    if (!scheme || !credential || !isCompatible(scheme, credential)) return undefined;
    selected.push({ name, scheme, credential, scopes });
  }
  return selected;
}

function isCompatible(scheme: SecurityScheme, credential: StaticCredential): boolean {
  if (isDigest(scheme)) return credential.type === "basic";
  if (scheme.type === "apiKey") return credential.type === "apiKey" || credential.type === "bearer";
  if (credential.type === "client") return scheme.type === "oauth2" || scheme.type === "openIdConnect";
  return scheme.type !== "unknown" && scheme.type !== "mutualTLS";
}

/** A credential whose token, if it needs one, has been fetched. */
export type ResolvedCredential = Omit<SelectedCredential, "credential"> & {
  readonly credential: CredentialValue;
};

/**
 * Adds the API's fixed headers, the caller's forwarded headers and the credentials to a request. They replace
 * arguments of the same name.
 */
export function applyCredentials(
  request: ToolRequest,
  api: Api,
  credentials: readonly ResolvedCredential[],
  caller: CallerCredentials | undefined,
): AuthenticatedRequest {
  const headers = new HeaderList(request.headers);
  const query: [string, string][] = [];
  const cookies: [string, string][] = [];
  const secretHeaders = new Set<string>();
  const setHeader = (name: string, value: string) => {
    headers.set(name, value);
    secretHeaders.add(name.toLowerCase());
  };
  for (const [name, value] of Object.entries(api.headers)) setHeader(name, value);
  for (const [name, value] of Object.entries(caller?.headers ?? {})) {
    if (name.toLowerCase() === "cookie") cookies.push(...parseCookies(value));
    else setHeader(name, value);
  }
  let digest: DigestCredential | undefined;
  for (const { scheme, credential } of credentials) {
    if (isDigest(scheme)) digest = credential.type === "basic" ? credential : digest;
    else if (scheme.type !== "apiKey") setHeader("Authorization", formatAuthorization(scheme, credential));
    else if (scheme.in === "header") setHeader(scheme.name, formatSecret(credential));
    else (scheme.in === "query" ? query : cookies).push([scheme.name, formatSecret(credential)]);
  }
  if (cookies.length > 0) {
    const replaced = new Set(cookies.map(([name]) => name));
    const remaining = parseCookies(headers.get("cookie") ?? "").filter(([name]) => !replaced.has(name));
    headers.set("Cookie", [...remaining, ...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
  }
  return {
    ...(digest && { digest }),
    request: { ...request, url: setQueryParameters(request.url, query), headers: headers.toRecord() },
    secrets: {
      headers: [...secretHeaders],
      query: query.map(([name]) => name),
      cookies: cookies.map(([name]) => name),
    },
  };
}

function formatAuthorization(scheme: SecurityScheme, credential: CredentialValue): string {
  if (credential.type === "basic") {
    const pair = new TextEncoder().encode(`${credential.username}:${credential.password}`);
    return `Basic ${pair.toBase64()}`;
  }
  const prefix =
    scheme.type === "http" && scheme.scheme.toLowerCase() !== "bearer" ? scheme.scheme : "Bearer";
  const token = formatSecret(credential);
  if (/^\S+ \S/.test(token)) return token;
  if (prefix.toLowerCase() !== "basic") return `${prefix} ${token}`;
  return `Basic ${token.includes(":") ? new TextEncoder().encode(token).toBase64() : token}`;
}

function formatSecret(credential: CredentialValue): string {
  if (credential.type === "apiKey") return credential.value;
  return credential.type === "bearer" ? credential.token : `${credential.username}:${credential.password}`;
}

function setQueryParameters(url: string, pairs: readonly (readonly [string, string])[]): string {
  if (pairs.length === 0) return url;
  const [path = "", query = ""] = splitOnce(url, "?");
  const replaced = new Set(pairs.map(([name]) => encodeURIComponent(name)));
  const remaining = query
    .split("&")
    .filter((pair) => pair !== "" && !replaced.has(splitOnce(pair, "=")[0] ?? ""));
  const added = pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return `${path}?${[...remaining, ...added].join("&")}`;
}

function parseCookies(header: string): [string, string][] {
  return header
    .split(";")
    .map((pair) => splitOnce(pair.trim(), "="))
    .flatMap(([name, value]) => (name ? [[name, value ?? ""] as [string, string]] : []));
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** Headers by case-insensitive name. A name keeps its first spelling; a later value replaces an earlier one. */
class HeaderList {
  readonly #values = new Map<string, readonly [name: string, value: string]>();

  constructor(headers: Readonly<Record<string, string>>) {
    for (const [name, value] of Object.entries(headers)) this.set(name, value);
  }
  get(name: string): string | undefined {
    return this.#values.get(name.toLowerCase())?.[1];
  }
  set(name: string, value: string): void {
    const originalName = this.#values.get(name.toLowerCase())?.[0] ?? name;
    this.#values.set(name.toLowerCase(), [originalName, value]);
  }
  toRecord(): Record<string, string> {
    return Object.fromEntries(this.#values.values());
  }
}
