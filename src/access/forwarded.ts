/** Selects the headers and cookies of a client's request that are forwarded to APIs. Only configured names are forwarded. */

export interface ForwardRules {
  readonly name: string;
  readonly forwardHeaders: readonly string[];
  readonly forwardCookies: readonly string[];
}

/** Returns the headers for requests to each API, by the name of the API. */
export function selectForwardedHeaders(
  request: Headers,
  apis: readonly ForwardRules[],
): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const cookies = parseCookies(request.get("cookie") ?? "");
  return Object.fromEntries(
    apis.map(({ name, forwardHeaders, forwardCookies }) => {
      const headers = forwardHeaders.flatMap((header) => {
        const value = request.get(header);
        return value === null ? [] : [[header, value] as const];
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

/** Parses cookies without decoding their values: not every API decodes percent-encoding in cookies. */
function parseCookies(header: string): ReadonlyMap<string, string> {
  const pairs = header.split(";").flatMap((pair) => {
    const equals = pair.indexOf("=");
    return equals < 0 ? [] : [[pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()] as const];
  });
  // The first cookie of a name is the most specific: RFC 6265, section 5.4.
  return new Map(pairs.toReversed());
}
