import { openSignIn } from "../browser/sign-in-dialog.ts";
import { useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";
import { isSignedIn } from "../state/sign-in.ts";
import { Check, Key } from "./icons.tsx";
import { formatSignInTitle } from "./sign-in-title.ts";

/** A button that opens the sign-in dialog. Rendered only if an API needs credentials from the user. */
export function SignInButton() {
  const options = useChatState((state) => state.assistant.signIn);
  const isDone = useChatState(isSignedIn);
  if (options.length === 0) return null;
  const title = formatSignInTitle(options, isDone);
  return (
    <button
      type="button"
      className="button sign-in-button"
      aria-haspopup="dialog"
      aria-label={title}
      title={title}
      onClick={openSignIn}
    >
      {isDone ? <Check /> : <Key />}
      <span>{t(isDone ? "signIn.done" : "signIn.title")}</span>
    </button>
  );
}
