/** Creates the authenticator of the settings, or of the host application. */
import { createAuthenticator } from "../access/authentication/authenticator.ts";
import type { Authenticator } from "../access/authentication/types.ts";
import type { Config } from "../config/settings.ts";
import type { Ports } from "../context.ts";

/** @throws StartError when a key, or the file of API keys, cannot be used. */
export async function createConfiguredAuthenticator(config: Config, ports: Ports): Promise<Authenticator> {
  const { fetch, identify, log, now } = ports;
  return await createAuthenticator(config, {
    fetch,
    now: () => now().getTime(),
    warn: (message) => log.warning(message),
    ...(identify && { identifySession: identify }),
  });
}
