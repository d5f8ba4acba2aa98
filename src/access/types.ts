/** The types of callers. */

/** The id of a caller. It begins with the kind of caller. */
export type CallerId = string & { readonly __brand: "CallerId" };

/** The caller of a request. It is determined before any other work. */
export interface Caller {
  readonly id: CallerId;
  /**
   * `browser`: identified by our cookie. `token`: identified by a signed token. `named`: a user name without authentication, within
   * a browser, a token, a user or a fingerprint. `host`: named by the embedding application. `terminal`: the user of a command.
   * `user`: authenticated. `anonymous`: not identified; sessions are accessible by their ids.
   */
  readonly kind: "browser" | "token" | "user" | "named" | "host" | "anonymous" | "terminal";
  /** When this server gave a browser its cookie first, as Unix time in milliseconds. */
  readonly issuedAt?: number;
  /** Set for an authenticated caller. */
  readonly identity?: Identity;
}

/** Who an authenticated caller is. */
export interface Identity {
  /** Identifies the user within the organization. The user of an API key is `key:<name>`. */
  readonly user: string;
  readonly organization?: string;
  readonly roles: readonly string[];
  readonly method: "api-key" | "jwt" | "oidc" | "proxy";
  /** The name of the API key. */
  readonly keyName?: string;
  /** Tells keys of one name apart. It says nothing about the key. */
  readonly keyId?: string;
  /** Unix time in milliseconds from which the credential is no longer valid. */
  readonly expiresAt?: number;
}

/** Something that takes room in a pool which callers share. */
export interface SharedEntry {
  /** Undefined when it is unknown. */
  readonly owner?: string | undefined;
  readonly session: string;
  readonly size: number;
}

/** Selects the entry of a full pool that makes room. */
export type SelectVictim = <Entry extends SharedEntry>(entries: Iterable<Entry>) => Entry | undefined;
