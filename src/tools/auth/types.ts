/** Credentials: what the settings configure, what a caller sends, and which parts of a request are secret. */

/** PEM texts of a mutual TLS configuration. */
export interface Tls {
  /** The client certificate presented to the API. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** The authorities that the API's certificate is verified against. */
  readonly ca?: string | undefined;
}

export type CredentialValue =
  | { readonly type: "apiKey"; readonly value: string }
  | { readonly type: "bearer"; readonly token: string }
  | { readonly type: "basic"; readonly username: string; readonly password: string };

/** A security scheme's credential from the settings: a value, or the OAuth2 client that tokens are fetched with. */
export type StaticCredential =
  | CredentialValue
  | {
      readonly type: "client";
      readonly clientId: string;
      readonly clientSecret: string;
      /** Replaces the scopes that the operation requires. */
      readonly scopes?: readonly string[] | undefined;
      /** Replaces the document's token URL. */
      readonly tokenUrl?: string | undefined;
    };

/** A caller's credentials for one API. Kept in memory for the session and sent to that API only. */
export interface CallerCredentials {
  /** Security scheme name → its value. */
  readonly schemes: Readonly<Record<string, CredentialValue>>;
  /** Forwarded from the caller's own request. */
  readonly headers: Readonly<Record<string, string>>;
  /** The schemes whose value the API has last answered with 401. */
  readonly rejected?: readonly string[];
}

/** API name → the caller's credentials for it. */
export type Credentials = Readonly<Record<string, CallerCredentials>>;

/** The secret parts of a request. Header and cookie names are in lower case, query names are unchanged. */
export interface Secrets {
  readonly headers: readonly string[];
  readonly query: readonly string[];
  readonly cookies: readonly string[];
}

/** A security scheme that operations require and that a caller can supply a credential for. */
export interface SignInOption {
  /** The API's name in an `auth` message. Empty when there is only one API. */
  readonly api: string;
  /** The API's display title. */
  readonly title: string;
  readonly scheme: string;
  /** The shape of `value` in an `auth` message: `{value}`, `{token}` or `{username, password}`. */
  readonly kind: "apiKey" | "bearer" | "basic";
  readonly description?: string;
  /** True when the session already has a credential for the scheme. */
  readonly configured?: boolean;
  /** True when the API has last answered that credential with 401. */
  readonly rejected?: boolean;
}
