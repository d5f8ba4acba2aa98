/** The types of sign-in for browsers: sessions in sealed cookies, and the flow at an OpenID provider. */
import type { Identity } from "../types.ts";

/** The session of a signed-in browser, as its cookie holds it. Times are Unix times in milliseconds. */
export interface BrowserSession {
  /** Set after a sign-in at the provider. */
  readonly identity?: Identity;
  /** An API key or a token that the user has entered. It is checked again for each request. */
  readonly credential?: string;
  /** The name of the user as people read it. */
  readonly name?: string;
  readonly signedInAt: number;
  readonly renewedAt: number;
  /** When the cookie must be renewed at the latest. */
  readonly expiresAt: number;
  /** When the token that the identity comes from expires. Without a refresh token the session ends then. */
  readonly tokenExpiresAt?: number;
}

/** A request of a browser to sign in, out or on. */
export interface BrowserRequest {
  /** The Cookie header. */
  readonly cookies: string | null;
  /** Whether the connection of the browser is encrypted. */
  readonly secure: boolean;
  /** The address of the server as browsers see it, without a trailing slash: scheme, host and the prefix of a proxy. */
  readonly publicUrl: string;
}

/** A response to a browser: a redirect, and the cookies to set. */
export interface BrowserRedirect {
  /** A path of this server, or a URL of the provider. */
  readonly location: string;
  /** Who has signed in with this response. */
  readonly identity?: Identity | undefined;
  readonly setCookies: readonly string[];
}

/** Why a sign-in failed. The page has a sentence for each. */
export type SignInProblem =
  /** The user or the provider refused. */
  | "denied"
  /** The sign-in took too long, or was used before. */
  | "expired"
  /** The provider cannot be reached. */
  | "unavailable"
  /** The clocks of this server and of the provider differ. */
  | "clock"
  /** The user does not belong to an allowed domain or organization. */
  | "not_allowed"
  /** The identity does not fit into a cookie. */
  | "too_large"
  /** The response of the provider is not valid. */
  | "failed";

/** The result of a renewal. `unavailable`: the provider cannot be reached now. `ended`: the user must sign in again. */
export type Renewal =
  | { readonly outcome: "renewed"; readonly session: BrowserSession; readonly setCookies: readonly string[] }
  | { readonly outcome: "unavailable" }
  | { readonly outcome: "ended"; readonly setCookies: readonly string[] };

/** Signs browsers in and out. */
export interface BrowserSignIn {
  /** Whether a sign-in at a provider is configured. */
  readonly hasProvider: boolean;
  /** Returns false while the provider does not answer, and asks it in the background. */
  isProviderAvailable(): boolean;
  /** Returns the current session of a browser. */
  readSession(request: Pick<BrowserRequest, "cookies" | "secure">): Promise<BrowserSession | undefined>;
  /** Returns the access token of a user who has signed in at the provider. Undefined when no API receives it. */
  readAccessToken(
    request: Pick<BrowserRequest, "cookies" | "secure">,
    identity: Identity,
  ): Promise<string | undefined>;
  /** Returns whether a browser has a session that has expired and that the provider may continue without a question. */
  canContinueSilently(request: Pick<BrowserRequest, "cookies" | "secure">): Promise<boolean>;
  /**
   * Starts a sign-in at the provider.
   * @param returnPath where the browser goes afterwards. Anything but a path of this server is replaced by the page.
   * @param isSilent fails rather than asking the user something.
   */
  begin(request: BrowserRequest, returnPath: string | null, isSilent: boolean): Promise<BrowserRedirect>;
  /** Ends a sign-in with the parameters that the provider has sent. Problems are in the query of the page. */
  finish(request: BrowserRequest, parameters: string): Promise<BrowserRedirect>;
  /** Returns the cookie of a browser whose user has entered a valid credential. @throws AppError `bad_request` when it is too long. */
  startWithCredential(
    request: BrowserRequest,
    credential: string,
  ): Promise<Extract<Renewal, { outcome: "renewed" }>>;
  /** Extends a session before it expires. */
  renew(request: BrowserRequest): Promise<Renewal>;
  /** Ends the session. The browser goes to `location`: the provider, which ends its own session, or the page. */
  signOut(request: BrowserRequest): Promise<BrowserRedirect>;
}

/** The user of the page. Field names are those of the JSON. */
export interface AccountUser {
  /** The id of the caller, which holds no name. */
  readonly id: string;
  readonly name: string;
  readonly organization: string | null;
  readonly method: Identity["method"];
  /** Whether the user may see the usage of everyone. */
  readonly administrator: boolean;
  /** Seconds until the session must be renewed. Null when it does not expire. */
  readonly expires_in: number | null;
}

/** The response of `GET {base}/account`. */
export interface Account {
  /** Null when nobody is signed in. */
  readonly user: AccountUser | null;
  readonly sign_in: {
    /** The OpenID provider. Null when none is configured. */
    readonly provider: "available" | "unavailable" | null;
    /** Whether an API key or a token is accepted. */
    readonly key: boolean;
  };
}
