/**
 * The Content-Security-Policy of the page. It allows only files and connections of the origin, and nothing inline. Text
 * from a model or an API could not load or send anything even if it became an element.
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
