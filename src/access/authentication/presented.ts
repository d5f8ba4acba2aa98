/** Finds the credentials in the headers of a request. Pure. */
import type { PresentedCredentials } from "./types.ts";

/** The credentials that a request presents, in the order in which they are tried. */
export interface PresentedToken {
  readonly token: string;
  /** The header, in lower case. Undefined for a token of a frame, a subprotocol or a query parameter. */
  readonly header?: "x-api-key" | "authorization";
}

/** Subprotocols that carry a token: a browser can set no other header of a WebSocket. */
const SUBPROTOCOL = /^specchat\.bearer\.([\w.~+/=-]+)$/;

/** Returns tokens and keys. Clients of Anthropic send a key as `x-api-key`, those of OpenAI as a bearer token. */
export function listPresentedTokens({ headers, token }: PresentedCredentials): readonly PresentedToken[] {
  if (token !== undefined) return [{ token }];
  const apiKey = headers.get("x-api-key");
  const [, bearer] = /^Bearer +(\S+)\s*$/i.exec(headers.get("authorization") ?? "") ?? [];
  const subprotocol = readSubprotocol(headers)?.token;
  return [
    ...(subprotocol === undefined ? [] : [{ token: subprotocol }]),
    ...(apiKey ? [{ token: apiKey, header: "x-api-key" as const }] : []),
    ...(bearer === undefined ? [] : [{ token: bearer, header: "authorization" as const }]),
  ];
}

/** Returns the token among the subprotocols of an upgrade, and the subprotocol that the server answers with. */
export function readSubprotocol(
  headers: Headers,
): { readonly token: string; readonly answer: string } | undefined {
  const offered = (headers.get("sec-websocket-protocol") ?? "").split(",").map((name) => name.trim());
  const carrier = offered.find((name) => SUBPROTOCOL.test(name));
  const [, token] = SUBPROTOCOL.exec(carrier ?? "") ?? [];
  if (carrier === undefined || token === undefined) return undefined;
  // A client should offer a second name, so that the token is not repeated in the response.
  return { token, answer: offered.find((name) => name !== carrier) ?? carrier };
}
