/** Starts servers of specchat whose users sign in at a real OpenID provider. */
import { type Specchat, type StartOptions, startSpecchat } from "./harness.ts";
import { type OidcProvider, type OidcProviderOptions, startOidcProvider } from "./oidc-provider.ts";

const PAGE = "/bedrock-chat/ui";

/** Starts a provider for servers on this many free ports. */
export async function startProviderFor(
  count: number,
  options: Partial<OidcProviderOptions> = {},
): Promise<{ readonly provider: OidcProvider; readonly ports: readonly number[] }> {
  const ports = reservePorts(count);
  const origins = ports.map((port) => `http://127.0.0.1:${port}`);
  const provider = await startOidcProvider({
    redirectUris: origins.map((origin) => `${origin}/bedrock-chat/account/callback`),
    signedOutUris: origins.map((origin) => `${origin}${PAGE}`),
    ...options,
  });
  return { provider, ports };
}

/** Starts a server on a port of the provider's client. */
export async function startSignInServer(
  provider: OidcProvider,
  port: number | undefined,
  { argv = [], ...options }: StartOptions = {},
): Promise<Specchat & { readonly page: string }> {
  const server = await startSpecchat({
    useDemoModel: true,
    ...options,
    argv: [...["--port", String(port), ...signInSettings(provider), "--stop-grace", "0", ...argv]],
  });
  return { ...server, page: `${server.url}${PAGE}` };
}

/** Returns the settings of a server whose users sign in at a provider. */
export function signInSettings({ issuer, clientId, clientSecret }: OidcProvider): readonly string[] {
  const secret = clientSecret === undefined ? [] : ["--oidc-client-secret", clientSecret];
  return ["--oidc-issuer", issuer, "--oidc-client-id", clientId, ...secret];
}

function reservePorts(count: number): readonly number[] {
  const servers = Array.from({ length: count }, () =>
    Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() }),
  );
  const ports = servers.map(({ port = 0 }) => port);
  for (const server of servers) server.stop(true);
  return ports;
}
