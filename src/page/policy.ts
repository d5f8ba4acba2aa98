/**
 * The page's Content-Security-Policy: everything from the page's own origin, nothing inline, nothing else. What a model or
 * an API puts into an answer could not load or send anything even if it became an element.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");
