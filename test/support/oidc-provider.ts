/** A real OpenID provider on loopback, in the process of the tests: the npm package oidc-provider. Any name signs in. */
import { createServer } from "node:http";
import type { Configuration, Provider } from "oidc-provider";

export interface OidcProvider {
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined for a public client. */
  readonly clientSecret: string | undefined;
  /** Requests, as `METHOD path`, oldest first. */
  readonly requests: readonly string[];
  /** Signs the user out of the provider and revokes every token: what an administrator does. */
  revokeAll(): void;
  /** Refuses connections until {@link start}. */
  stop(): Promise<void>;
  /** Listens again on the same port, with the sessions and tokens of before. */
  start(): Promise<void>;
}

export interface OidcProviderOptions {
  /** The redirect URIs of the client. */
  readonly redirectUris: readonly string[];
  readonly signedOutUris?: readonly string[];
  /** False for a client that gets no refresh token. */
  readonly hasRefreshTokens?: boolean;
  /** A public client has no secret. */
  readonly isPublic?: boolean;
  /** True for ID tokens that hold the subject alone. */
  readonly hasThinIdTokens?: boolean;
  /** Seconds. Default: an hour. */
  readonly idTokenLifetime?: number;
  /** The claims of a user. Default: a name, an address and the roles of `reader`. */
  readonly claimsOf?: (user: string) => Readonly<Record<string, unknown>>;
}

const CLIENT_ID = "specchat";
const CLIENT_SECRET = "a-secret-of-the-client-0123456789";

/** Starts a provider on a free port. */
export async function startOidcProvider(options: OidcProviderOptions): Promise<OidcProvider> {
  const requests: string[] = [];
  const storage = new Map<string, Record<string, unknown>>();
  let provider: Provider | undefined;
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url?.split("?")[0]}`);
    provider?.callback()(request, response);
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, "127.0.0.1", () => resolve()));
  await listen(0);
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const issuer = `http://127.0.0.1:${port}`;
  provider = await createProvider(issuer, options, storage);
  return {
    issuer,
    clientId: CLIENT_ID,
    clientSecret: options.isPublic ? undefined : CLIENT_SECRET,
    requests,
    revokeAll: () => storage.clear(),
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
    start: () => listen(port),
  };
}

async function createProvider(
  issuer: string,
  options: OidcProviderOptions,
  storage: Map<string, Record<string, unknown>>,
): Promise<Provider> {
  const module = await withoutWarnings(() => import("oidc-provider"));
  return await withoutWarnings(async () => {
    const provider = new module.Provider(issuer, await configure(options, storage));
    // Its forms load a font from another host.
    provider.use(async (context, next) => {
      await next();
      if (typeof context.body === "string") context.body = context.body.replace(/@import url[^;]*;/, "");
    });
    provider.on("server_error", (_context, error) => process.stderr.write(`oidc-provider: ${error.stack}\n`));
    return provider;
  });
}

async function configure(
  {
    redirectUris,
    signedOutUris = [],
    hasRefreshTokens = true,
    hasThinIdTokens = false,
    isPublic,
    idTokenLifetime = 3600,
    claimsOf = defaultClaims,
  }: OidcProviderOptions,
  storage: Map<string, Record<string, unknown>>,
): Promise<Configuration> {
  const { privateKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
  ]);
  // The provider verifies its own tokens with this key too, which `key_ops` of an exported key would forbid.
  const { key_ops: _, ext: __, ...key } = await crypto.subtle.exportKey("jwk", privateKey);
  return {
    adapter: (model: string) => createAdapter(model, storage),
    jwks: { keys: [{ ...key, alg: "ES256", use: "sig", kid: "test" } as never] },
    cookies: { keys: ["a key of the cookies of the provider"] },
    clients: [
      {
        client_id: CLIENT_ID,
        redirect_uris: [...redirectUris],
        post_logout_redirect_uris: [...signedOutUris],
        grant_types: hasRefreshTokens ? ["authorization_code", "refresh_token"] : ["authorization_code"],
        id_token_signed_response_alg: "ES256",
        ...(isPublic
          ? { token_endpoint_auth_method: "none" as const }
          : { client_secret: CLIENT_SECRET, token_endpoint_auth_method: "client_secret_basic" as const }),
      },
    ],
    claims: {
      openid: ["sub"],
      profile: ["name", "roles", "tenant", "hd"],
      email: ["email", "email_verified"],
    },
    // Providers differ: with this one, claims are in the ID token too.
    conformIdTokenClaims: hasThinIdTokens,
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...claimsOf(id) }) }),
    ttl: {
      IdToken: idTokenLifetime,
      AccessToken: idTokenLifetime,
      AuthorizationCode: 60,
      RefreshToken: 86_400,
      Session: 86_400,
      Grant: 86_400,
      Interaction: 600,
    },
    issueRefreshToken: (_context, client) => client.grantTypeAllowed("refresh_token"),
    rotateRefreshToken: true,
    // The client belongs to the organization, so that no one is asked for consent.
    async loadExistingGrant({ oidc }) {
      const { session, client, provider, params } = oidc;
      const known = await provider.Grant.find(session?.grantIdFor(client?.clientId ?? "") ?? "");
      if (known) return known;
      const grant = new provider.Grant({
        accountId: session?.accountId ?? "",
        clientId: client?.clientId ?? "",
      });
      grant.addOIDCScope(String(params?.scope ?? "openid"));
      await grant.save();
      return grant;
    },
    features: {
      devInteractions: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource: submitAtOnce },
    },
  };
}

function defaultClaims(user: string): Readonly<Record<string, unknown>> {
  return {
    name: `${user[0]?.toUpperCase()}${user.slice(1)} Example`,
    email: `${user}@example.com`,
    email_verified: true,
    roles: ["reader"],
  };
}

/** Signs out without a question. */
function submitAtOnce(context: { body: unknown }, form: string): void {
  const field = '<input type="hidden" name="logout" value="yes"/>';
  context.body = `<!doctype html><title>Sign out</title>${form.replace("</form>", `${field}</form>`)}<button form="op.logoutForm">Sign out</button>`;
}

/** Keeps what the provider stores in a map, which outlives a restart of its server. */
function createAdapter(model: string, storage: Map<string, Record<string, unknown>>) {
  const keyOf = (id: string) => `${model}:${id}`;
  return {
    async upsert(id: string, payload: Record<string, unknown>) {
      storage.set(keyOf(id), payload);
    },
    find: async (id: string) => storage.get(keyOf(id)),
    findByUid: async (uid: string) =>
      [...storage].find(([key, value]) => key.startsWith(`${model}:`) && value.uid === uid)?.[1],
    findByUserCode: async () => undefined,
    async consume(id: string) {
      const payload = storage.get(keyOf(id));
      if (payload) payload.consumed = Math.floor(Date.now() / 1000);
    },
    async destroy(id: string) {
      storage.delete(keyOf(id));
    },
    async revokeByGrantId(grantId: string) {
      for (const [key, value] of storage) if (value.grantId === grantId) storage.delete(key);
    },
  };
}

/** The package warns of Bun and of its development features when it is imported. */
async function withoutWarnings<Result>(run: () => Promise<Result>): Promise<Result> {
  const { warn, info } = console;
  console.warn = () => {};
  console.info = () => {};
  try {
    return await run();
  } finally {
    console.warn = warn;
    console.info = info;
  }
}
