/** Reads the file name of a `Content-Disposition` header. */

/**
 * Returns the file name of a response without a path: `filename*` (RFC 8187) before `filename` (RFC 6266, section 4.3).
 * Returns undefined when there is none.
 */
export function parseFileName(disposition: string | undefined): string | undefined {
  const parameters = parseParameters(disposition ?? "");
  const name = decodeExtended(parameters.get("filename*")) ?? repairUtf8(parameters.get("filename") ?? "");
  const base = name
    .replace(/\p{Cc}/gu, "")
    .split(/[/\\]/)
    .at(-1)
    ?.trim();
  return base || undefined;
}

/** Returns the first value of each parameter, by its name in lower case. Values in quotes are unescaped. */
function parseParameters(header: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [, name = "", quoted, token = ""] of header.matchAll(PARAMETER)) {
    const value = quoted === undefined ? token.trim() : quoted.replace(/\\(.)/gs, "$1");
    if (!parameters.has(name.toLowerCase())) parameters.set(name.toLowerCase(), value);
  }
  return parameters;
}

/** A parameter with a quoted string (RFC 9110, section 5.6.4) or a token, or text up to the next semicolon. */
const PARAMETER = /(?:^|;)\s*(?:([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*)))?[^;]*/gs;

/** Decodes an extended value: charset, language and percent-encoded bytes. Returns undefined when it is not valid. */
function decodeExtended(value: string | undefined): string | undefined {
  const [, charset = "", encoded = ""] = /^([^']*)'[^']*'(.*)$/s.exec(value ?? "") ?? [];
  const text = encoded || (value?.includes("'") ? "" : (value ?? ""));
  if (text === "") return undefined;
  const bytes = Buffer.from(
    text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  );
  return tryDecode(bytes, charset || "utf-8") ?? (charset === "" ? text : undefined);
}

/** Decodes UTF-8 that arrived as Latin-1, as headers are read. */
function repairUtf8(text: string): string {
  const isLatin1 = !/[^\p{Cc}\x20-\xff]/u.test(text) && /[\x80-\xff]/.test(text);
  return (isLatin1 ? tryDecode(Buffer.from(text, "latin1"), "utf-8") : undefined) ?? text;
}

function tryDecode(bytes: Uint8Array, charset: string): string | undefined {
  try {
    // The label comes from a header. The runtime throws for an unknown one.
    const label = charset as ConstructorParameters<typeof TextDecoder>[0];
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
