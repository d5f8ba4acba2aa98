/** What a person brings for the APIs: in memory, for one session alone. */
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

  /** What the newest request brings takes the place of what earlier ones did: one that brings nothing may be signed out, or somebody else. */
  updateForwarded(forwarded: Credentials): void {
    for (const [api, { headers }] of Object.entries(forwarded))
      this.#all = { ...this.#all, [api]: { ...(this.#all[api] ?? NO_CREDENTIALS), headers } };
  }

  /** From the next call on. */
  set(api: string, scheme: string, value: CredentialValue): void {
    const known = this.#all[api] ?? NO_CREDENTIALS;
    this.#all = { ...this.#all, [api]: { ...known, schemes: { ...known.schemes, [scheme]: value } } };
  }

  /** Also what was forwarded: whoever signs out expects that nothing is done in their name any more. */
  clear(): void {
    this.#all = {};
  }
}
