import { useId, useRef } from "react";
import { restoreCaret } from "../browser/focus.ts";
import { useChat, useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";
import { isSignedIn, isSignInRejected, signInKey } from "../state/sign-in.ts";
import { Cross } from "./icons.tsx";
import { SignInForm } from "./sign-in-form.tsx";
import { formatSignInTitle } from "./sign-in-title.ts";

/** The dialog to sign in to the APIs. `openSignIn` opens it. */
export function SignInDialog() {
  const chat = useChat();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const options = useChatState((state) => state.assistant.signIn);
  const hasCredentials = useChatState((state) => isSignedIn(state) || isSignInRejected(state));
  if (options.length === 0) return null;
  const isOneApi = new Set(options.map(({ api }) => api)).size === 1;
  const close = () => dialog.current?.close();
  return (
    <dialog ref={dialog} className="sign-in" aria-labelledby={heading} onClose={restoreCaret}>
      <header>
        <h2 id={heading}>{formatSignInTitle(options)}</h2>
        <button
          type="button"
          className="icon-button"
          aria-label={t("close")}
          title={t("close")}
          onClick={close}
        >
          <Cross />
        </button>
      </header>
      <p className="sign-in-privacy">{t("signIn.privacy")} </p>
      {options.length > 1 && isOneApi && <p>{t("signIn.oneIsEnough")}</p>}
      {options.map((option) => (
        <SignInForm
          key={signInKey(option)}
          option={option}
          name={isOneApi ? option.scheme : `${option.title} · ${option.scheme}`}
          onDone={options.length === 1 ? close : undefined}
        />
      ))}
      {hasCredentials && (
        <footer>
          <button
            type="button"
            className="text-button"
            onClick={() => {
              chat.signOut();
              close();
            }}
          >
            {t("signIn.out")}
          </button>
        </footer>
      )}
    </dialog>
  );
}
