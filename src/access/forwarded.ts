/** Selects the headers and cookies of a client's request that are forwarded to APIs. Only configured names are forwarded. */

export interface ForwardRules {
  readonly name: string;
  readonly forwardHeaders: readonly string[];
  readonly forwardCookies: readonly string[];
}

/** What is never forwarded: credentials for specchat itself. */
export interface OwnCredentials {
  /** Returns whether a header value is an API key or another credential of this server. */
  readonly owns: (value: string) => boolean;
  /** A token that the client presented in a frame or a subprotocol. It stands for its Authorization header. */
  readonly token?: string | undefined;
}

/** Cookies of this server. */
const OWN_COOKIE = /^(__Host-|__Secure-)?specchat_/;

/** Returns the headers for requests to each API, by the name of the API. */
export function selectForwardedHeaders(
  request: Headers,
  apis: readonly ForwardRules[],
  own: OwnCredentials,
): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const cookies = parseCookies(request.get("cookie") ?? "");
  return Object.fromEntries(
    apis.map(({ name, forwardHeaders, forwardCookies }) => {
      const headers = forwardHeaders.flatMap((header) => {
        const value = readForwardable(request, header, cookies, own);
        return value === undefined ? [] : [[header, value] as const];
      });
      const pairs = forwardCookies.flatMap((cookie) => {
        const value = cookies.get(cookie);
        return value === undefined ? [] : [`${cookie}=${value}`];
      });
      return [
        name,
        Object.fromEntries(pairs.length > 0 ? [...headers, ["Cookie", pairs.join("; ")]] : headers),
      ];
    }),
  );
}

function readForwardable(
  request: Headers,
  header: string,
  cookies: ReadonlyMap<string, string>,
  { owns, token }: OwnCredentials,
): string | undefined {
  const name = header.toLowerCase();
  if (name === "cookie")
    return cookies.size === 0 ? undefined : [...cookies].map(([key, value]) => `${key}=${value}`).join("; ");
  const isReplaced = name === "authorization" && token !== undefined;
  const value = isReplaced ? `Bearer ${token}` : request.get(header);
  return value === null || owns(value) ? undefined : value;
}

/** Parses cookies other than our own, without decoding their values: not every API decodes percent-encoding in cookies. */
function parseCookies(header: string): ReadonlyMap<string, string> {
  const pairs = header.split(";").flatMap((pair) => {
    const equals = pair.indexOf("=");
    if (equals < 0 || OWN_COOKIE.test(pair.trim())) return [];
    return [[pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()] as const];
  });
  // The first cookie of a name is the most specific: RFC 6265, section 5.4.
  return new Map(pairs.toReversed());
}
