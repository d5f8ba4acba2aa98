import { brand } from "../browser/brand.ts";
import { focusComposer } from "../browser/focus.ts";
import { useChat, useChatState } from "../chat-context.tsx";
import { openOverlay } from "../commands/overlay.ts";
import { t } from "../language/language.ts";
import { BrandLogo } from "./brand-logo.tsx";
import { LanguageSelect } from "./language-select.tsx";

/** The content of a new conversation: an introduction and example messages. */
export function Welcome() {
  const chat = useChat();
  const { tools, examples } = useChatState((state) => state.assistant);
  const suggestions = brand.suggestions ?? examples;
  return (
    <div className="welcome">
      <BrandLogo />
      <h2>{brand.welcome ?? t("welcome.title")}</h2>
      {brand.introduction !== undefined && <p>{brand.introduction}</p>}
      {brand.introduction === undefined && tools !== undefined && (
        <p>{t("welcome.text", { count: tools })}</p>
      )}
      {tools !== undefined && tools > 0 && (
        <button type="button" className="text-button" onClick={() => openOverlay("tools")}>
          {t("command.tools")}
        </button>
      )}
      {suggestions.length > 0 && (
        <ul className="examples" aria-label={t("welcome.examples")}>
          {suggestions.map((example) => (
            <li key={example}>
              <button
                type="button"
                onClick={() => {
                  chat.send(example);
                  focusComposer();
                }}
              >
                {example}
              </button>
            </li>
          ))}
        </ul>
      )}
      <LanguageSelect />
    </div>
  );
}
