/** Who is calling. */
export type CallerId = string & { readonly __brand: "CallerId" };

/** Every request yields one before any work: contracts, decision 14. */
export interface Caller {
  readonly id: CallerId;
  /**
   * `browser`: known by our cookie. `token`: by one that was signed for it. `named`: gave itself a name, which divides what its
   * browser, its token or its place owns. `host`: named by the application that specchat is a part of. `anonymous`: brought
   * nothing; only who knows a session's id opens it.
   */
  readonly kind: "browser" | "token" | "named" | "host" | "anonymous" | "terminal";
}

/** How often one client may ask. */
export interface RateLimiter {
  /** Takes one token of this client's. @throws AppError `rate_limited`, saying how long to wait. */
  take(client: string): Promise<void>;
}
