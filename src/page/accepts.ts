/** What a request's headers say about the form in which it takes an answer. */

/** https://www.rfc-editor.org/rfc/rfc9110#name-accept-encoding */
export function acceptsGzip(header: string | null): boolean {
  const weights = new Map(
    (header ?? "").split(",").map((entry) => {
      const [coding = "", ...parameters] = entry.split(";").map((part) => part.trim().toLowerCase());
      const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
      return [coding, quality === undefined ? 1 : Number(quality)] as const;
    }),
  );
  return (weights.get("gzip") ?? weights.get("x-gzip") ?? weights.get("*") ?? 0) > 0;
}

/**
 * Has the client this very form? Proxies weaken tags on their way, so both spellings count:
 * https://www.rfc-editor.org/rfc/rfc9110#name-if-none-match
 */
export function matchesEtag(header: string | null, etag: string): boolean {
  if (header === null) return false;
  return header.split(",").some((entry) => {
    const tag = entry.trim();
    return tag === "*" || tag.replace(/^W\//, "") === etag;
  });
}
