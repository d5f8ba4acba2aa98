/** Creates the authenticator of the settings, or of the host application. */
import { createAuthenticator } from "../access/authentication/authenticator.ts";
import type { Authenticator } from "../access/authentication/types.ts";
import { identifySession } from "../access/sign-in/session-identity.ts";
import type { BrowserSignIn } from "../access/sign-in/types.ts";
import type { Config } from "../config/settings.ts";
import type { Ports } from "../context.ts";

/** @throws StartError when a key, or the file of API keys, cannot be used. */
export async function createConfiguredAuthenticator(
  config: Config,
  ports: Ports,
  signIn: BrowserSignIn | undefined,
): Promise<Authenticator> {
  const { fetch, identify, log, now } = ports;
  return await createAuthenticator(config, {
    fetch,
    now: () => now().getTime(),
    warn: (message) => log.warning(message),
    ...((identify || signIn) && {
      identifySession: async (headers) =>
        (await identify?.(headers)) ?? (signIn && (await identifySession(signIn, headers))),
    }),
  });
}
