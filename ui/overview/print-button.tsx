import { useChat } from "../chat-context.tsx";
import { Printer } from "../components/icons.tsx";
import { t } from "../language/language.ts";
import { printConversation } from "./print.ts";

/** Prints the whole conversation: its older messages are loaded first. */
export function PrintButton({ onStart }: { onStart: () => void }) {
  const chat = useChat();
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={t("overview.print")}
      title={t("overview.print")}
      onClick={() => {
        onStart();
        printConversation(chat);
      }}
    >
      <Printer />
    </button>
  );
}
