/** What of a caller's own request goes on to an API, because the settings name it: nothing else ever does. */

export interface ForwardRules {
  readonly name: string;
  readonly forwardHeaders: readonly string[];
  readonly forwardCookies: readonly string[];
}

/** API name → headers for its requests. */
export function forwardedHeaders(
  request: Headers,
  apis: readonly ForwardRules[],
): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const cookies = new Bun.CookieMap(request.get("cookie") ?? "");
  return Object.fromEntries(
    apis.map(({ name, forwardHeaders, forwardCookies }) => {
      const headers = forwardHeaders.flatMap((header) => {
        const value = request.get(header);
        return value === null ? [] : [[header, value] as const];
      });
      const pairs = forwardCookies.flatMap((cookie) => {
        const value = cookies.get(cookie);
        return value === null ? [] : [`${cookie}=${encodeURIComponent(value)}`];
      });
      return [
        name,
        Object.fromEntries(pairs.length > 0 ? [...headers, ["Cookie", pairs.join("; ")]] : headers),
      ];
    }),
  );
}
