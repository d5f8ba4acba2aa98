/** Masks credentials in log lines. Lines name none by themselves, but errors of other programs and debug lines may repeat one. */

const MASK = "********";

/** Each pattern begins with what stays visible. Their texts are parts of a line, so that a pattern takes linear time. */
const CREDENTIALS: readonly RegExp[] = [
  // Authorization headers.
  /\b((?:Bearer|Basic|Digest) )[\w+/=.~-]{8,}/gi,
  // JWTs.
  /\b()eyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g,
  // Passwords in URLs.
  /(:\/\/[^/\s:@"']{0,100}:)[^/\s@"']{1,200}(?=@)/g,
  // Access keys of AWS.
  /\b((?:AKIA|ASIA)[A-Z0-9]{4})[A-Z0-9]{12}\b/g,
  // Values that are named so, in JSON, in queries and in settings.
  /((?:password|passwd|secret|api[-_]?key|access[-_]?token|refresh[-_]?token|client[-_]?secret|private[-_]?key)\\?["']?[:=] ?\\?["']?)[^\s"'\\&,;}]{1,500}/gi,
];

/** Most lines have none of these. */
const HINT = /eyJ|:\/\/[^/\s]*@|AKIA|ASIA|bearer |basic |digest |passw|secret|key|token/i;

export function maskLogText(text: string): string {
  if (!HINT.test(text)) return text;
  return CREDENTIALS.reduce((masked, pattern) => masked.replace(pattern, `$1${MASK}`), text);
}
