/** Evaluates request headers that decide the representation of a response. */

/** Returns whether `Accept-Encoding` allows gzip: https://www.rfc-editor.org/rfc/rfc9110#name-accept-encoding */
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
 * Returns whether `If-None-Match` contains the tag. Proxies may have weakened it, so weak and strong tags match:
 * https://www.rfc-editor.org/rfc/rfc9110#name-if-none-match
 */
export function matchesEtag(header: string | null, etag: string): boolean {
  if (header === null) return false;
  return header.split(",").some((entry) => {
    const tag = entry.trim();
    return tag === "*" || tag.replace(/^W\//, "") === etag;
  });
}
