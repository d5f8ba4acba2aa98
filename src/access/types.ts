/** The types of callers and rate limits. */

/** The id of a caller. It begins with the kind of caller. */
export type CallerId = string & { readonly __brand: "CallerId" };

/** The caller of a request. It is determined before any other work. */
export interface Caller {
  readonly id: CallerId;
  /**
   * `browser`: identified by our cookie. `token`: identified by a signed token. `named`: a user name without authentication, within
   * a browser, a token or a fingerprint. `host`: named by the embedding application. `terminal`: the user of a command.
   * `anonymous`: not identified; sessions are accessible by their ids.
   */
  readonly kind: "browser" | "token" | "named" | "host" | "anonymous" | "terminal";
}

/** Limits the rate of requests per client. */
export interface RateLimiter {
  /** Takes one token of a client. @throws AppError `rate_limited` with the time to wait. */
  take(client: string): Promise<void>;
}
