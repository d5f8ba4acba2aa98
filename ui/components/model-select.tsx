import { useChat, useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";

/** The model for the next messages. It is a choice if the server offers several models. */
export function ModelSelect() {
  const chat = useChat();
  const { model, models } = useChatState((state) => state.assistant);
  const chosen = useChatState((state) => state.model) ?? model;
  if (models.length < 2)
    return (
      <span className="header-model" title={model}>
        {model}
      </span>
    );
  return (
    <select
      className="header-model"
      aria-label={t("header.model")}
      value={chosen}
      onChange={(event) => chat.chooseModel(event.target.value)}
    >
      {models.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}
