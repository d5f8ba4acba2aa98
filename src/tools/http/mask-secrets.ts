/** Masks credentials that an API repeats in a response, also when they are encoded once more. */
import { MASK } from "./mask.ts";

/** A word that a response can contain by itself. It is masked only where it stands alone. */
const WORD = /^(\p{L}{1,12}|.{1,5})$/su;
const NUMBER = /^\d+$/;
/** What can stand before a word: no letter or digit, or an escape that ends in one. */
const BEFORE = String.raw`(?<=^|[^\p{L}\p{N}_]|%[0-9a-f]{2}|\\u[0-9a-f]{4}|\\[nrt]|&\w+;)`;
const AFTER = String.raw`(?![\p{L}\p{N}_])`;
/** A bare number of JSON stays a number. */
const BEFORE_DIGITS = "(?<=[\"'=/>]|%[0-9a-f]{2}|(?:bearer|basic|token) )";

/** Returns the text without the secrets, as they are and encoded as in URLs, forms, JSON, HTML or base64. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((masked, secret) => {
    const plain = isPossible(masked, secret) ? masked.replace(patternOf(secret), MASK) : masked;
    return base64Forms(secret).reduce((rest, form) => rest.replaceAll(form, MASK), plain);
  }, text);
}

/** Overwrites the secrets in bytes. Their number stays, so that the places of other parts stay right. */
export function maskSecretBytes(bytes: Uint8Array, secrets: readonly string[]): Uint8Array {
  const masked = Buffer.from(bytes);
  for (const secret of secrets.filter((value) => !WORD.test(value)))
    for (const form of [secret, encodeURIComponent(secret.toWellFormed())])
      for (let at = masked.indexOf(form); at >= 0; at = masked.indexOf(form, at))
        masked.fill("*", at, at + Buffer.byteLength(form));
  return masked;
}

/** Checks fast whether a secret may be in a text: no encoding changes letters and digits. */
function isPossible(text: string, secret: string): boolean {
  const [longest = ""] = (secret.match(/[A-Za-z0-9]+/g) ?? []).sort((a, b) => b.length - a.length);
  return longest === "" || text.includes(longest);
}

function patternOf(secret: string): RegExp {
  const characters = [...secret].map(encodingsOf).join("");
  if (NUMBER.test(secret)) return new RegExp(`${BEFORE_DIGITS}${characters}${AFTER}`, "giu");
  return new RegExp(WORD.test(secret) ? `${BEFORE}${characters}${AFTER}` : characters, "gu");
}

/** Returns a pattern for a character as it is, percent-encoded up to three times, and as an escape of JSON or HTML. */
function encodingsOf(character: string): string {
  if (/[A-Za-z0-9]/.test(character)) return character;
  const hex = (value: number, digits = 1) =>
    value
      .toString(16)
      .padStart(digits, "0")
      .replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
  const code = character.codePointAt(0) ?? 0;
  const plain = RegExp.escape(character);
  const percent = [...Buffer.from(character)].map((byte) => `%(?:25){0,2}${hex(byte, 2)}`).join("");
  const units = Array.from(
    { length: character.length },
    (_, index) => String.raw`\\{1,4}u${hex(character.charCodeAt(index), 4)}`,
  ).join("");
  const entities = [`&#0*${code};`, `&#[xX]0*${hex(code)};`, ENTITIES[character]].filter(Boolean);
  const space = character === " " ? [String.raw`\+`] : [];
  return `(?:${[String.raw`\\{0,4}${plain}`, percent, units, ...entities, ...space].join("|")})`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Returns what is the same in the base64 of every text with the secret: at each of three places within four characters. */
function base64Forms(secret: string): readonly string[] {
  if (WORD.test(secret)) return [];
  const bytes = Buffer.from(secret, "utf8");
  return [0, 1, 2].flatMap((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
    const start = Math.ceil((offset * 8) / 6);
    const end = Math.floor((padded.length * 8) / 6);
    const text = padded.toString("base64").slice(start, end);
    return [...new Set([text, text.replaceAll("+", "-").replaceAll("/", "_")])];
  });
}
