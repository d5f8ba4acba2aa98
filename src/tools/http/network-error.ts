/** A failed connection in words for the model and the user: no internals, no address beyond the host. */
export function describeNetworkError(error: unknown, host: string): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const message = error instanceof Error ? error.message : String(error);
  const known = PROBLEMS.find(({ signs }) => signs.test(code) || signs.test(message));
  return known ? known.text.replace("{host}", host) : `The connection to ${host} failed.`;
}

/** Runtime error codes and messages, the most telling first. */
const PROBLEMS: readonly { readonly signs: RegExp; readonly text: string }[] = [
  {
    signs: /CERT|SELF_SIGNED|TLS|SSL|UNABLE_TO_/i,
    text: "The certificate of {host} was not accepted (TLS).",
  },
  { signs: /ENOTFOUND|EAI_|DNS|getaddrinfo/i, text: "The host {host} was not found." },
  {
    signs: /ECONNREFUSED|ConnectionRefused|FailedToOpenSocket|Unable to connect/i,
    text: "{host} refused the connection or cannot be reached.",
  },
  { signs: /ECONNRESET|ConnectionClosed|EPIPE|socket.*closed/i, text: "{host} broke the connection off." },
  { signs: /ETIMEDOUT|Timeout/i, text: "{host} did not answer in time." },
  {
    signs: /zlib|gzip|brotli|zstd|decompress|deflate/i,
    text: "The answer of {host} could not be decompressed.",
  },
  { signs: /EHOSTUNREACH|ENETUNREACH/i, text: "{host} cannot be reached from here." },
];
