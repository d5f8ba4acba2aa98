import { focusComposer } from "../browser/focus.ts";
import { useChat, useChatState } from "../chat-context.tsx";
import { openOverlay } from "../commands/overlay.ts";
import { t } from "../language/language.ts";
import { Logo } from "./icons.tsx";
import { LanguageSelect } from "./language-select.tsx";

/** The content of a new conversation: an introduction and example messages. */
export function Welcome() {
  const chat = useChat();
  const { tools, examples } = useChatState((state) => state.assistant);
  return (
    <div className="welcome">
      <Logo />
      <h2>{t("welcome.title")}</h2>
      {tools !== undefined && <p>{t("welcome.text", { count: tools })}</p>}
      {tools !== undefined && tools > 0 && (
        <button type="button" className="text-button" onClick={() => openOverlay("tools")}>
          {t("command.tools")}
        </button>
      )}
      {examples.length > 0 && (
        <ul className="examples" aria-label={t("welcome.examples")}>
          {examples.map((example) => (
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
