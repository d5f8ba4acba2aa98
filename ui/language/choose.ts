/** Decides on the language of the page. */
import { LANGUAGES, type Language } from "./types.ts";

export interface LanguageChoice {
  readonly language: Language;
  /** The tag for dates and numbers. */
  readonly locale: string;
}

/**
 * Returns the person's choice, or else the server's setting, or else the first language of the browser that the page has, or
 * English. The locale is that of the browser if it has one of this language.
 */
export function chooseLanguage(
  chosen: string | undefined,
  setting: string | undefined,
  preferred: readonly string[],
): LanguageChoice {
  const known = [chosen, setting, ...preferred].map(toLanguage);
  const language = known.find((one) => one !== undefined) ?? "en";
  return { language, locale: preferred.find((tag) => toLanguage(tag) === language) ?? DEFAULTS[language] };
}

const DEFAULTS: Readonly<Record<Language, string>> = {
  en: "en-US",
  es: "es",
  pt: "pt-BR",
  de: "de",
  fr: "fr",
  ja: "ja",
  ar: "ar",
};

/** Returns the language of a tag: `pt` of `pt-BR`. */
function toLanguage(tag: string | undefined): Language | undefined {
  const [primary] = (tag ?? "").toLowerCase().split("-");
  return LANGUAGES.find((language) => language === primary);
}
