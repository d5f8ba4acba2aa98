/** The language of the page. It is set once, before the first rendering: another choice loads the page again. */
import { english } from "./en.ts";
import type { Language, MessageKey, Messages, MessageText, MessageValues, Translation } from "./types.ts";

interface Current {
  readonly language: Language;
  /** The tag for dates and numbers: `de-CH` of a browser in Switzerland. */
  readonly locale: string;
  readonly messages: Messages;
  /** Undefined for English, in which the server writes. */
  readonly translation: Translation | undefined;
  readonly plurals: Intl.PluralRules;
  readonly numbers: Intl.NumberFormat;
}

let current = createCurrent("en", "en-US", undefined);

function createCurrent(language: Language, locale: string, translation: Translation | undefined): Current {
  return {
    language,
    locale,
    messages: translation?.messages ?? english,
    translation,
    plurals: new Intl.PluralRules(locale),
    numbers: new Intl.NumberFormat(locale),
  };
}

/** Sets the language of all texts that follow. @param translation undefined for English. */
export function setLanguage(language: Language, locale: string, translation?: Translation): void {
  current = createCurrent(language, locale, translation);
}

/** Returns the language of the page. */
export function currentLanguage(): Language {
  return current.language;
}

/** Returns the tag for `Intl`: dates, numbers, the order of words. */
export function currentLocale(): string {
  return current.locale;
}

/** Returns a text in the language of the page. Numbers are written in its way; `count` chooses the plural form. */
export function t<Key extends MessageKey>(key: Key, ...[values]: MessageValues<Key>): string {
  const given: Readonly<Record<string, string | number>> = values ?? {};
  return choosePlural(current.messages[key], given.count).replace(
    /\{(\w+)\}/g,
    (placeholder, name: string) => {
      const value = given[name] ?? placeholder;
      return typeof value === "number" ? formatNumber(value) : isolate(value);
    },
  );
}

/** Keeps a foreign text from changing the order of the words around it: https://www.unicode.org/reports/tr9/#Explicit_Directional_Isolates */
export function isolate(text: string): string {
  return current.language === "ar" ? `\u2068${text}\u2069` : text;
}

function choosePlural(message: MessageText, count: string | number | undefined): string {
  if (typeof message === "string") return message;
  return message[current.plurals.select(Number(count))] ?? message.other;
}

/** A text of the server for a person. */
interface ServerText {
  readonly message: string;
  /** The server's own text, if `message` is a translation. */
  readonly detail?: string;
}

/** Translates a text of the server by its code. The text itself is English, and has more detail. */
export function translateServerText(code: string, text: string): ServerText {
  const texts: Readonly<Record<string, string>> = current.translation?.serverTexts ?? {};
  const message = Object.hasOwn(texts, code) ? texts[code] : undefined;
  return message === undefined ? { message: text } : { message, detail: text };
}

/** @param digits decimal places; none unless the number has some. */
export function formatNumber(value: number, digits?: number): string {
  if (digits === undefined) return current.numbers.format(value);
  return new Intl.NumberFormat(current.locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}
