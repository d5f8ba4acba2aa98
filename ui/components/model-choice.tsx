import { useChat, useChatState } from "../chat-context.tsx";

/** Which model answers; a choice where the server offers one. It holds for the messages that follow. */
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
      aria-label="Model"
      value={chosen}
      onChange={(event) => chat.chooseModel(event.target.value)}
    >
      {models.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}
