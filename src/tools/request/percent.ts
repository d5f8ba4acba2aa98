/** Percent-encodes text for each part of a URL (RFC 3986, section 2). Lone surrogates become U+FFFD. */

/** Encodes all characters except unreserved ones. */
export function encodeValue(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, (character) =>
    escapeCharacter(character),
  );
}

/**
 * Encodes a value with `allowReserved`. Reserved characters and percent-encoded triples are kept, except the characters
 * that would end the query or split its pairs (`# & + [ ]`).
 */
export function encodeReserved(text: string): string {
  return encodeURI(text.toWellFormed())
    .replace(/%25(?=[0-9a-fA-F]{2})/g, "%")
    .replace(/[#&+[\]]/g, (character) => escapeCharacter(character));
}

/** Encodes a path value with `allowReserved`. Slashes and question marks are encoded, so it stays in its segment. */
export function encodeReservedSegment(text: string): string {
  return encodeReserved(text).replace(/[/?]/g, (character) => escapeCharacter(character));
}

/** Encodes a value of the style `cookie` (OpenAPI 3.2): only characters that RFC 6265 does not allow. */
export function encodeCookie(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]/gu, (character) => encodeURIComponent(character));
}

/** Encodes the literal text of a path template. Legal path characters and percent-encoded triplets are kept. */
export function encodeTemplate(text: string): string {
  return text
    .toWellFormed()
    .replace(/%(?![0-9a-fA-F]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]/gu, (character) =>
      encodeURIComponent(character),
    );
}

/** Encodes for application/x-www-form-urlencoded: a space becomes a plus sign. */
export function encodeForm(text: string): string {
  return encodeValue(text).replaceAll("%20", "+");
}

/** Encodes a text that is a form already, `a=1&b=x y`. Its separators and percent-encoded triplets are kept. */
export function encodeFormText(text: string): string {
  return encodeTemplate(text).replaceAll("%20", "+");
}

/** Decodes percent escapes of ASCII characters; others stay. */
export function decodePercent(text: string): string {
  return text.replace(/%([0-7][0-9a-fA-F])/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
}

function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
