import { openSignIn } from "../browser/sign-in-dialog.ts";
import { useChatState } from "../chat-context.tsx";
import { isSignedIn } from "../state/sign-in.ts";
import { Check, Key } from "./icons.tsx";
import { formatSignInTitle } from "./sign-in-title.ts";

/** Only where the API asks who is calling and the settings do not answer for everybody. */
export function SignInButton() {
  const options = useChatState((state) => state.assistant.signIn);
  const isDone = useChatState(isSignedIn);
  if (options.length === 0) return null;
  return (
    <button
      type="button"
      className="button sign-in-button"
      aria-haspopup="dialog"
      aria-label={isDone ? `Signed in; ${formatSignInTitle(options)}` : formatSignInTitle(options)}
      title={formatSignInTitle(options)}
      onClick={openSignIn}
    >
      {isDone ? <Check /> : <Key />}
      <span>{isDone ? "Signed in" : "Sign in"}</span>
    </button>
  );
}
