/** Creates the authenticator of the configured methods. */
import { requiresAuthentication } from "../../config/authentication-rules.ts";
import { resolveApiSettings } from "../../config/per-api.ts";
import type { Config } from "../../config/settings.ts";
import type { Identity } from "../types.ts";
import type { KeyMethod } from "./api-keys/key-method.ts";
import type { KeyRingOptions } from "./api-keys/key-ring.ts";
import type { JwtPorts } from "./jwt/jwt-method.ts";
import { listPresentedTokens, type PresentedToken } from "./presented.ts";
import { createProxyMethod } from "./proxy-method.ts";
import { refuse } from "./refuse.ts";
import type { Authenticator, PresentedCredentials, SessionToken } from "./types.ts";

export interface AuthenticatorPorts extends JwtPorts {
  /** Called when a change of the file of API keys adds or revokes a key. `key` is its name and id. */
  readonly onKeyChange: (change: "added" | "revoked", key: string) => void;
  /** Returns the identity of a user who has signed in on the page, or the credential that the user entered there, by the cookie. */
  readonly identifySession?: (headers: Headers) => Promise<Identity | SessionToken | undefined>;
}

/** The configured methods. */
interface Methods {
  readonly keys?: KeyMethod;
  readonly jwt?: ((token: string) => Promise<Identity>) | undefined;
  readonly alb?: { readonly header: string; readonly verify: (token: string) => Promise<Identity> };
  readonly proxy?: ((presented: PresentedCredentials) => Identity | undefined) | undefined;
  readonly session?: AuthenticatorPorts["identifySession"];
}

const NO_METHOD: Authenticator = {
  isRequired: false,
  acceptsTokens: false,
  authenticate: async () => undefined,
  isCurrent: () => true,
  ownsCredential: () => false,
};

/** @throws StartError when a key, or the file of API keys, cannot be used. */
export async function createAuthenticator(config: Config, ports: AuthenticatorPorts): Promise<Authenticator> {
  const methods = await createMethods(config, ports);
  if (Object.values(methods).every((method) => method === undefined)) return NO_METHOD;
  const forwarded = forwardedHeaders(config);
  const authenticate = async (presented: PresentedCredentials): Promise<Identity | undefined> => {
    const identity =
      (await identifyByToken(methods, presented, forwarded)) ??
      (await identifyByAlb(methods, presented)) ??
      methods.proxy?.(presented) ??
      (await identifyBySession(methods, presented));
    if (identity && identity.method !== "api-key" && identity.user.startsWith("key:"))
      throw refuse("invalid_token", "The names of users do not begin with key:, which stands for API keys.");
    return identity;
  };
  return {
    isRequired: true,
    acceptsTokens: methods.keys !== undefined || methods.jwt !== undefined,
    authenticate,
    isCurrent: ({ expiresAt, keyId }) =>
      (expiresAt === undefined || ports.now() < expiresAt) &&
      (keyId === undefined || methods.keys?.has(keyId) === true),
    ownsCredential(value) {
      const credential = value.replace(/^Bearer +/i, "").trim();
      return credential === config.metricsToken || methods.keys?.contains(credential) === true;
    },
  };
}

async function createMethods(config: Config, ports: AuthenticatorPorts): Promise<Methods> {
  const { apiKeys, apiKeysFile, jwtJwks, jwtKey, jwtSecret, albSigner } = config;
  const session = ports.identifySession;
  // The secret alone guards the dashboard protocol and nothing else.
  if (!requiresAuthentication(config) && !session) return {};
  const hasKeys = apiKeys.length > 0 || apiKeysFile !== undefined;
  const hasJwt = [jwtJwks, jwtKey, jwtSecret].some((key) => key !== undefined);
  const options: KeyRingOptions = {
    entries: apiKeys,
    file: apiKeysFile,
    warn: ports.warn,
    onChange: (change, { name, id }) => ports.onKeyChange(change, `${name} (${id})`),
  };
  return {
    ...(hasKeys && { keys: (await import("./api-keys/key-method.ts")).createKeyMethod(options, ports.now) }),
    ...(hasJwt && { jwt: (await import("./jwt/jwt-method.ts")).createJwtMethod(config, ports) }),
    ...(albSigner.length > 0 && { alb: await createAlb(config, ports) }),
    proxy: createProxyMethod(config),
    session,
  };
}

async function createAlb(config: Config, ports: AuthenticatorPorts): Promise<NonNullable<Methods["alb"]>> {
  const { ALB_HEADER, createAlbMethod } = await import("./jwt/alb-method.ts");
  return { header: ALB_HEADER, verify: createAlbMethod(config, ports) };
}

/**
 * Returns the identity of the first token that is valid. A header that an API receives may hold a credential of that API, so it
 * may be none of ours; any other wrong token is refused, even if another credential is valid.
 */
async function identifyByToken(
  methods: Methods,
  presented: PresentedCredentials,
  forwarded: ReadonlySet<string>,
): Promise<Identity | undefined> {
  if (!methods.keys && !methods.jwt) return undefined;
  let failure: unknown;
  for (const entry of listPresentedTokens(presented)) {
    try {
      return await identifyToken(methods, entry);
    } catch (error) {
      if (entry.header === undefined || !forwarded.has(entry.header)) throw error;
      failure ??= error;
    }
  }
  if (failure !== undefined && !methods.alb && !methods.proxy && !methods.session) throw failure;
  return undefined;
}

async function identifyToken({ keys, jwt }: Methods, { token }: PresentedToken): Promise<Identity> {
  const identity = keys?.identify(token);
  if (identity) return identity;
  if (jwt && token.split(".", 4).length === 3) return await jwt(token);
  throw keys
    ? refuse("unknown_key", "The API key is not known.")
    : refuse("invalid_token", "The token is not a JWT.");
}

/** A credential of the session is verified like one that the request presents. @throws AppError `unauthorized` */
async function identifyBySession(
  methods: Methods,
  { headers }: PresentedCredentials,
): Promise<Identity | undefined> {
  const session = await methods.session?.(headers);
  if (!session || !("token" in session)) return session;
  const identity = await identifyToken(methods, { token: session.token });
  return { ...identity, expiresAt: Math.min(identity.expiresAt ?? session.expiresAt, session.expiresAt) };
}

async function identifyByAlb(
  { alb }: Methods,
  { headers }: PresentedCredentials,
): Promise<Identity | undefined> {
  const token = alb && headers.get(alb.header);
  return alb && token ? await alb.verify(token) : undefined;
}

function forwardedHeaders(config: Config): ReadonlySet<string> {
  const names = resolveApiSettings(config).flatMap(({ forwardHeaders }) => forwardHeaders);
  return new Set(names.map((name) => name.toLowerCase()));
}
