import { openSignIn } from "../browser/sign-in-dialog.ts";
import { useChat, useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";
import { Cross } from "./icons.tsx";

/** The server's notice, and messages and errors that belong to no reply. */
export function Banners() {
  const chat = useChat();
  const notice = useChatState((state) => state.assistant.notice);
  const note = useChatState((state) => state.note);
  const alert = useChatState((state) => state.alert);
  const isSignInLost = useChatState(
    ({ link, signIn, assistant }) => link === "open" && signIn.isLost && assistant.signIn.length > 0,
  );
  return (
    <>
      {notice !== undefined && notice !== "" && (
        <p className="banner" dir="auto">
          {notice}
        </p>
      )}
      {isSignInLost && (
        <p className="banner" role="status">
          <span>{t("signIn.lost")}</span>
          <button type="button" className="text-button" onClick={openSignIn}>
            {t("signIn.again")}
          </button>
        </p>
      )}
      {note !== undefined && (
        <div className="banner" role="status">
          <span dir="auto">{note}</span>
          <DismissButton onClick={chat.dismissNote} />
        </div>
      )}
      {alert !== undefined && (
        <div className="banner banner-alert" role="alert">
          <span dir="auto">{alert}</span>
          <DismissButton onClick={chat.dismissAlert} />
        </div>
      )}
    </>
  );
}

function DismissButton({ onClick }: { onClick: () => void }) {
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={t("dismiss")}
      title={t("dismiss")}
      onClick={onClick}
    >
      <Cross />
    </button>
  );
}
