/** An authenticator whose methods change while the server runs, and whose failures are counted. */
import { AppError } from "../../errors.ts";
import type { RefusalReason } from "./refuse.ts";
import type { Authenticator, ReplaceableAuthenticator } from "./types.ts";

/** Nobody guesses with a credential that was valid, or without one. */
const UNCOUNTED: readonly (string | undefined)[] = ["expired", "no_credentials"] satisfies RefusalReason[];

/** @param countFailure receives the network address of a failure. Its rejection takes the place of the refusal. */
export function createReplaceableAuthenticator(
  first: Authenticator,
  countFailure: (address: string) => Promise<void>,
): ReplaceableAuthenticator {
  let current = first;
  return {
    get isRequired() {
      return current.isRequired;
    },
    get acceptsTokens() {
      return current.acceptsTokens;
    },
    async authenticate(presented) {
      try {
        return await current.authenticate(presented);
      } catch (error) {
        if (isFailure(error)) await countFailure(presented.address ?? presented.peer);
        throw error;
      }
    },
    isCurrent: (identity) => current.isCurrent(identity),
    ownsCredential: (value) => current.ownsCredential(value),
    replace(next) {
      current = next;
    },
  };
}

function isFailure(error: unknown): boolean {
  return error instanceof AppError && error.code === "unauthorized" && !UNCOUNTED.includes(error.reason);
}
