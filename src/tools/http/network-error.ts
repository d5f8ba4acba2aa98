/** Describes a failed connection to the model and the user, without internals. The text names only the host. */
export function describeNetworkError(error: unknown, host: string): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const message = error instanceof Error ? error.message : String(error);
  const known = PROBLEMS.find(({ pattern }) => pattern.test(code) || pattern.test(message));
  return known ? known.text.replace("{host}", host) : `The connection to ${host} failed.`;
}

/** Describes a failed connection to the operator, who can allow a refused address: its error names the flag. */
export function describeNetworkErrorInFull(error: unknown, host: string): string {
  const isRefused = error instanceof Error && "code" in error && error.code === ADDRESS_REFUSED;
  return isRefused ? `${error.message}.` : describeNetworkError(error, host);
}

/** The code of an error that a request to a link-local or metadata address ends with. */
const ADDRESS_REFUSED = "ERR_ADDRESS_REFUSED";

/** Patterns of runtime error codes and messages, most specific first. */
const PROBLEMS: readonly { readonly pattern: RegExp; readonly text: string }[] = [
  {
    pattern: new RegExp(ADDRESS_REFUSED),
    text: "{host} has a link-local address or that of a metadata service, and the operator of this server has not allowed requests to it.",
  },
  {
    pattern: /CERT|SELF_SIGNED|TLS|SSL|UNABLE_TO_/i,
    text: "The certificate of {host} was not accepted (TLS).",
  },
  { pattern: /ENOTFOUND|EAI_|DNS|getaddrinfo/i, text: "The host {host} was not found." },
  {
    pattern: /ECONNREFUSED|ConnectionRefused|FailedToOpenSocket|Unable to connect/i,
    text: "{host} refused the connection or cannot be reached.",
  },
  { pattern: /ECONNRESET|ConnectionClosed|EPIPE|socket.*closed/i, text: "{host} closed the connection." },
  { pattern: /ETIMEDOUT|Timeout/i, text: "{host} did not respond in time." },
  {
    pattern: /zlib|gzip|brotli|zstd|decompress|deflate/i,
    text: "The response of {host} could not be decompressed.",
  },
  {
    pattern: /HPE_|Malformed_HTTP|status provided/i,
    text: "{host} did not answer with a valid response of HTTP.",
  },
  { pattern: /EHOSTUNREACH|ENETUNREACH/i, text: "{host} cannot be reached from this network." },
];
