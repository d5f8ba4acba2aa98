import { DIAGRAM_FRAME } from "./file-names.ts";

/** Returns the Content-Security-Policy of a file of the page. */
export function policyOf(path: string, allowedOrigins: readonly string[]): string {
  return path === DIAGRAM_FRAME ? diagramPolicy(allowedOrigins) : contentSecurityPolicy(allowedOrigins);
}

/**
 * Returns the policy of the page. It allows only files and connections of the origin, and nothing inline. Text
 * from a model or an API could not load or send anything even if it became an element. Only allowed origins may show it in a frame.
 */
export function contentSecurityPolicy(allowedOrigins: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${frameAncestors(allowedOrigins)}`,
  ].join("; ");
}

/** Returns the policy of the frame in which diagrams are drawn: inline styles, and nothing that loads, sends or navigates. */
function diagramPolicy(allowedOrigins: readonly string[]): string {
  const ancestors = frameAncestors(allowedOrigins);
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'unsafe-inline'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${ancestors === "'none'" ? "'self'" : ancestors}`,
  ].join("; ");
}

/**
 * Returns the origins that may show the page in a frame. `*` and `null` allow none: any page could then lay something over the
 * buttons of an approval. https://www.w3.org/TR/CSP3/#directive-frame-ancestors
 */
function frameAncestors(allowedOrigins: readonly string[]): string {
  const sources = allowedOrigins
    .filter((origin) => /^[a-z][a-z\d+.-]*:\/\/[\w.:[\]*-]+$/.test(origin) && !/^https?:\/\/\*/.test(origin))
    .map((origin) => origin.replace(/\/\/\*$/, ""));
  return sources.length === 0 ? "'none'" : ["'self'", ...sources].join(" ");
}
