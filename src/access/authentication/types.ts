/** The types of authentication. */
import type { Identity } from "../types.ts";

/** What a client presents to be identified. */
export interface PresentedCredentials {
  /** The headers of the request, or of the upgrade to a WebSocket. */
  readonly headers: Headers;
  /** The address of the other end of the connection: the client, or a proxy. Empty when it has disconnected. */
  readonly peer: string;
  /** The network address that a failure counts against. Default: `peer`. */
  readonly address?: string | undefined;
  /** A token in a frame, a subprotocol or a query parameter of a WebSocket. */
  readonly token?: string | undefined;
}

/** A token that a user has entered on the page. Its session ends at `expiresAt`, a Unix time in milliseconds. */
export interface SessionToken {
  readonly token: string;
  readonly expiresAt: number;
}

/** Identifies users by their credentials. */
export interface Authenticator {
  /** False when no method of authentication is configured: callers need no identity. */
  readonly isRequired: boolean;
  /** Whether API keys or JWTs are accepted, which a user could enter. */
  readonly acceptsTokens: boolean;
  /** Returns the identity of valid credentials, or undefined when none are presented. @throws AppError `unauthorized` */
  authenticate(presented: PresentedCredentials): Promise<Identity | undefined>;
  /** Returns whether the credential of an identity is still valid: neither expired nor revoked. */
  isCurrent(identity: Identity): boolean;
  /** Returns whether the value of a header is a credential for this server alone, such as an API key. It is never forwarded. */
  ownsCredential(value: string): boolean;
}

/** An authenticator of a server that reads its settings again. */
export interface ReplaceableAuthenticator extends Authenticator {
  /** Uses the methods of another authenticator from now on. */
  replace(next: Authenticator): void;
}
