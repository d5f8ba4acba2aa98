/** Recognizes responses of other servers than Bedrock: the page of a proxy or of a network that asks for a sign-in. */

/** The type of the error for a response that Bedrock did not write. */
export const FOREIGN_RESPONSE = "ForeignResponseError";

export const REACHED_ANOTHER_SERVER =
  "Another server responded in Bedrock's place: check HTTPS_PROXY, AWS_ENDPOINT_URL_BEDROCK_RUNTIME, and whether the network asks for a sign-in.";

export function isForeignResponse({ type }: { readonly type: string }): boolean {
  return type === FOREIGN_RESPONSE;
}

/** Bedrock responds with JSON, an event stream or server-sent events, and STS with XML. None responds with a page. */
export function isPage(contentType: unknown): boolean {
  return typeof contentType === "string" && /^\s*(text\/html|application\/xhtml)/i.test(contentType);
}
