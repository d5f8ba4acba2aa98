import { useId, useRef } from "react";
import { useChat, useChatState } from "../chat-context.tsx";
import { isSignedIn, signInKey } from "../state/sign-in.ts";
import { Cross } from "./icons.tsx";
import { SignInForm } from "./sign-in-form.tsx";
import { formatSignInTitle } from "./sign-in-title.ts";

/** The dialog to sign in to the APIs. `openSignIn` opens it. */
export function SignInDialog() {
  const chat = useChat();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const options = useChatState((state) => state.assistant.signIn);
  const isDone = useChatState(isSignedIn);
  if (options.length === 0) return null;
  const isOneApi = new Set(options.map(({ api }) => api)).size === 1;
  const close = () => dialog.current?.close();
  return (
    <dialog ref={dialog} className="sign-in" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{formatSignInTitle(options)}</h2>
        <button type="button" className="icon-button" aria-label="Close" title="Close" onClick={close}>
          <Cross />
        </button>
      </header>
      <p className="sign-in-privacy">
        Your credentials are sent only to this API, never to the model. They stay in memory for this
        conversation and are not stored.
      </p>
      {options.length > 1 && isOneApi && <p>One of these may be enough.</p>}
      {options.map((option) => (
        <SignInForm
          key={signInKey(option)}
          option={option}
          name={isOneApi ? option.scheme : `${option.title} · ${option.scheme}`}
          onDone={options.length === 1 ? close : undefined}
        />
      ))}
      {isDone && (
        <footer>
          <button
            type="button"
            className="text-button"
            onClick={() => {
              chat.signOut();
              close();
            }}
          >
            Sign out
          </button>
        </footer>
      )}
    </dialog>
  );
}
