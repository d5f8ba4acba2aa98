/** Sets the language of the page before its first rendering. */
import { hostLook } from "../browser/frame.ts";
import { languageItem } from "../browser/storage.ts";
import { chooseLanguage } from "./choose.ts";
import { setLanguage } from "./language.ts";
import type { Language, Translation } from "./types.ts";

/** The languages that are loaded when they are used. English is part of the page. */
const LOADERS: Readonly<
  Record<Language, (() => Promise<{ readonly translation: Translation }>) | undefined>
> = {
  en: undefined,
  es: () => import("./es.ts"),
  pt: () => import("./pt.ts"),
  de: () => import("./de.ts"),
  fr: () => import("./fr.ts"),
  ja: () => import("./ja.ts"),
  ar: () => import("./ar.ts"),
};

/** Loads the language of the page. It is English if that cannot be loaded. */
export async function startLanguage(): Promise<void> {
  const setting = hostLook.language ?? document.getElementById("root")?.dataset.language;
  const { language, locale } = chooseLanguage(languageItem.read(), setting, navigator.languages);
  try {
    const loaded = await LOADERS[language]?.();
    setLanguage(language, locale, loaded?.translation);
    document.documentElement.lang = language;
    document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
  } catch {}
}

/** Remembers the person's choice, and loads the page again in that language. */
export function changeLanguage(language: Language): void {
  languageItem.write(language);
  location.reload();
}
