/** Creates the authenticator of the settings, or of the host application. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { AuditLog } from "../access/audit/types.ts";
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
  { audit, signIn }: { readonly audit: AuditLog; readonly signIn: BrowserSignIn | undefined },
): Promise<Authenticator> {
  const { fetch, identify, log, now } = ports;
  // A change is noticed during some request, whose client has nothing to do with it.
  const runOutsideRequests = AsyncLocalStorage.snapshot();
  return await createAuthenticator(config, {
    fetch,
    now: () => now().getTime(),
    warn: (message) => log.warning(message),
    onKeyChange(change, key) {
      log.info(`API key ${change}`, { name: key });
      const act = change === "added" ? "key_added" : "key_revoked";
      runOutsideRequests(() => audit.record({ event: "administration", act, subject: key }));
    },
    ...((identify || signIn) && {
      identifySession: async (headers) =>
        (await identify?.(headers)) ?? (signIn && (await identifySession(signIn, headers))),
    }),
  });
}
