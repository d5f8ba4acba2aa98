/** What a person brings for the APIs: in memory, for one session alone. */
import type { CallerCredentials, CredentialValue } from "./tools/types.ts";

/** API name → what a person brings for it. */
export type Credentials = Readonly<Record<string, CallerCredentials>>;

const NONE: CallerCredentials = { schemes: {}, headers: {} };

export class SessionCredentials {
  #all: Credentials;

  constructor(forwarded: Credentials) {
    this.#all = forwarded;
  }

  get all(): Credentials {
    return this.#all;
  }

  /** What the newest request of the person brings is fresher than what an earlier one did. */
  forward(forwarded: Credentials): void {
    for (const [api, { headers, schemes }] of Object.entries(forwarded)) {
      const known = this.#all[api] ?? NONE;
      const fresh = Object.keys(headers).length > 0 ? headers : known.headers;
      this.#all = { ...this.#all, [api]: { headers: fresh, schemes: { ...known.schemes, ...schemes } } };
    }
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
