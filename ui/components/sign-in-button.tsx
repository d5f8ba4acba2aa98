import { openSignIn } from "../browser/sign-in-dialog.ts";
import { useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";
import { isSignedIn, isSignInRejected } from "../state/sign-in.ts";
import { Check, Key, Warning } from "./icons.tsx";
import { formatSignInTitle } from "./sign-in-title.ts";

/** A button that opens the sign-in dialog. Rendered only if an API needs credentials from the user. */
export function SignInButton() {
  const options = useChatState((state) => state.assistant.signIn);
  const isRejected = useChatState(isSignInRejected);
  const isDone = useChatState(isSignedIn) && !isRejected;
  if (options.length === 0) return null;
  const title = formatSignInTitle(options, isDone);
  const label = isRejected ? `${title}: ${t("signIn.notAccepted")}` : title;
  return (
    <button
      type="button"
      className="button sign-in-button"
      aria-haspopup="dialog"
      aria-label={label}
      title={label}
      onClick={openSignIn}
    >
      {isRejected ? <Warning /> : isDone ? <Check /> : <Key />}
      <span>{t(isRejected ? "signIn.notAccepted" : isDone ? "signIn.done" : "signIn.title")}</span>
    </button>
  );
}
