/** The caller's credentials for the APIs, in memory, for one session. */
import type { CallerCredentials, Credentials, CredentialValue } from "../tools/auth/types.ts";

const NO_CREDENTIALS: CallerCredentials = { schemes: {}, headers: {} };

export class SessionCredentials {
  #all: Credentials;

  constructor(forwarded: Credentials) {
    this.#all = forwarded;
  }

  get all(): Credentials {
    return this.#all;
  }

  /** Replaces the forwarded headers by those of the newest request. A request without them may come from somebody who signed out. */
  updateForwarded(forwarded: Credentials): void {
    for (const [api, { headers }] of Object.entries(forwarded))
      this.#all = { ...this.#all, [api]: { ...(this.#all[api] ?? NO_CREDENTIALS), headers } };
  }

  /** Sets a credential for a security scheme, from the next call on. */
  set(api: string, scheme: string, value: CredentialValue): void {
    const known = this.#all[api] ?? NO_CREDENTIALS;
    this.#all = { ...this.#all, [api]: { ...known, schemes: { ...known.schemes, [scheme]: value } } };
  }

  /** Removes forwarded headers too: after a sign-out nothing may be sent in the name of the caller. */
  clear(): void {
    this.#all = {};
  }
}
