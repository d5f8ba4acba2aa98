/** Escapes texts for XML 1.0: https://www.w3.org/TR/xml/ */

/** Checks for a name of an element or attribute, with or without a prefix. */
export function isXmlName(name: string): boolean {
  return XML_NAME.test(name);
}

const XML_NAME = /^[\p{L}_][\p{L}\p{N}\p{M}._\u00b7-]*(:[\p{L}_][\p{L}\p{N}\p{M}._\u00b7-]*)?$/u;

/** Checks for characters that XML cannot contain, not even escaped: section 2.2. */
export function hasForbiddenCharacters(text: string): boolean {
  return !text.isWellFormed() || FORBIDDEN.test(text);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are looked for
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

/** Escapes the text of an element. A carriage return would be read as a line feed. */
export function escapeXmlText(text: string): string {
  return text.replace(/[&<>\r]/g, escapeCharacter);
}

/** Escapes the value of an attribute. White space would be read as blanks. */
export function escapeXmlAttribute(text: string): string {
  return text.replace(/[&<>"\t\n\r]/g, escapeCharacter);
}

/** Writes a CDATA section. One cannot contain its own end, so the text is divided there. */
export function writeCdata(text: string): string {
  return `<![CDATA[${text.replaceAll("]]>", "]]]]><![CDATA[>")}]]>`;
}

function escapeCharacter(character: string): string {
  return ENTITIES.get(character) ?? `&#${character.charCodeAt(0)};`;
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
]);
