/** Evaluates request headers that decide the representation of a response. */

/** A content coding of the page's texts. */
export type Coding = "br" | "gzip";

/** Returns the coding that `Accept-Encoding` prefers, Brotli of two equal ones: https://www.rfc-editor.org/rfc/rfc9110#name-accept-encoding */
export function chooseCoding(header: string | null): Coding | undefined {
  const weights = new Map(
    (header ?? "").split(",").map((entry) => {
      const [coding = "", ...parameters] = entry.split(";").map((part) => part.trim().toLowerCase());
      const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
      return [coding, quality === undefined ? 1 : Number(quality)] as const;
    }),
  );
  const any = weights.get("*") ?? 0;
  const brotli = weights.get("br") ?? any;
  const gzip = weights.get("gzip") ?? weights.get("x-gzip") ?? any;
  if (brotli > 0 && !(gzip > brotli)) return "br";
  return gzip > 0 ? "gzip" : undefined;
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
