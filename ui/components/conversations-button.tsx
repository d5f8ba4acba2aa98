import { useConversationsState } from "../conversations-context.tsx";
import { t } from "../language/language.ts";
import { Sidebar } from "./icons.tsx";

/** A button that shows or hides the list of conversations. Rendered only if the server lists conversations. */
export function ConversationsButton({ isShown, onClick }: { isShown: boolean; onClick: () => void }) {
  const isAvailable = useConversationsState(({ status }) => status !== "absent" && status !== "unknown");
  if (!isAvailable) return null;
  return (
    <button
      type="button"
      className="icon-button conversations-button"
      aria-label={t("header.conversations")}
      title={t("header.conversations")}
      aria-expanded={isShown}
      onClick={onClick}
    >
      <Sidebar />
    </button>
  );
}
