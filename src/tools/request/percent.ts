/** Percent-encoding for each place of a URL: RFC 3986, section 2. Lone surrogates become U+FFFD, never an exception. */

/** All but unreserved characters. */
export function encodeValue(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, (character) =>
    escapeCharacter(character),
  );
}

/**
 * `allowReserved`: reserved characters stay, but for those that would end the query or split its pairs
 * (`# & + [ ]`), so that the value still arrives.
 */
export function encodeReserved(text: string): string {
  return encodeURI(text.toWellFormed()).replace(/[#&+[\]]/g, (character) => escapeCharacter(character));
}

/** The same within a path: a value stays within its segment. */
export function encodeReservedSegment(text: string): string {
  return encodeReserved(text).replace(/[/?]/g, (character) => escapeCharacter(character));
}

/** 3.2, style `cookie`: only what RFC 6265 does not allow in a cookie's value is encoded. */
export function encodeCookie(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]/gu, (character) => encodeURIComponent(character));
}

/** A path template's own text: what is legal in a path, and percent-encoded triplets, stay. */
export function encodeTemplate(text: string): string {
  return text
    .toWellFormed()
    .replace(/%(?![0-9a-fA-F]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]/gu, (character) =>
      encodeURIComponent(character),
    );
}

/** application/x-www-form-urlencoded: a space is a plus sign. */
export function encodeForm(text: string): string {
  return encodeValue(text).replaceAll("%20", "+");
}

function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
