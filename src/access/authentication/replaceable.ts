/** An authenticator whose methods change while the server runs. */
import type { Authenticator, ReplaceableAuthenticator } from "./types.ts";

export function createReplaceableAuthenticator(first: Authenticator): ReplaceableAuthenticator {
  let current = first;
  return {
    get isRequired() {
      return current.isRequired;
    },
    get acceptsTokens() {
      return current.acceptsTokens;
    },
    authenticate: (presented) => current.authenticate(presented),
    isCurrent: (identity) => current.isCurrent(identity),
    ownsCredential: (value) => current.ownsCredential(value),
    replace(next) {
      current = next;
    },
  };
}
