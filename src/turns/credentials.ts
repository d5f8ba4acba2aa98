/** What a person brings for the APIs: in memory, for one session alone. */
import type { CallerCredentials, Credentials, CredentialValue } from "../tools/types.ts";

const NONE: CallerCredentials = { schemes: {}, headers: {} };

export class SessionCredentials {
  #all: Credentials;

  constructor(forwarded: Credentials) {
    this.#all = forwarded;
  }

  get all(): Credentials {
    return this.#all;
  }

  /** What the newest request brings takes the place of what earlier ones did: one that brings nothing may be signed out, or somebody else. */
  forward(forwarded: Credentials): void {
    for (const [api, { headers }] of Object.entries(forwarded))
      this.#all = { ...this.#all, [api]: { ...(this.#all[api] ?? NONE), headers } };
  }

  /** From the next call on. */
  bring(api: string, scheme: string, value: CredentialValue): void {
    const known = this.#all[api] ?? NONE;
    this.#all = { ...this.#all, [api]: { ...known, schemes: { ...known.schemes, [scheme]: value } } };
  }

  /** Also what was forwarded: whoever signs out expects that nothing is done in their name any more. */
  forget(): void {
    this.#all = {};
  }
}
