import { currentLanguage, t } from "../language/language.ts";
import { changeLanguage } from "../language/start.ts";
import { LANGUAGES, type Language } from "../language/types.ts";
import { Globe } from "./icons.tsx";

/** The languages by their own names, so that everyone finds theirs. */
const NAMES: Readonly<Record<Language, string>> = {
  en: "English",
  es: "Español",
  pt: "Português",
  de: "Deutsch",
  fr: "Français",
  ja: "日本語",
  ar: "العربية",
};

/** The choice of the language. */
export function LanguageSelect() {
  return (
    <label className="language-select">
      <Globe />
      <span className="visually-hidden">{t("header.language")}</span>
      <select
        value={currentLanguage()}
        onChange={({ currentTarget }) => {
          const chosen = LANGUAGES.find((language) => language === currentTarget.value);
          if (chosen !== undefined) changeLanguage(chosen);
        }}
      >
        {LANGUAGES.map((language) => (
          <option key={language} value={language} lang={language}>
            {NAMES[language]}
          </option>
        ))}
      </select>
    </label>
  );
}
