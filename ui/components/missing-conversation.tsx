import { t } from "../language/language.ts";
import { Warning } from "./icons.tsx";
import { useOpenConversation } from "./use-open-conversation.ts";

/** Shown at the address of a conversation that does not exist. What the user writes begins a new one. */
export function MissingConversation() {
  const open = useOpenConversation();
  return (
    <section className="missing" role="alert">
      <Warning />
      <h2>{t("conversation.missing")}</h2>
      <p>{t("conversation.missingReason")}</p>
      <button type="button" className="button" onClick={() => open(undefined)}>
        {t("header.newConversation")}
      </button>
    </section>
  );
}
