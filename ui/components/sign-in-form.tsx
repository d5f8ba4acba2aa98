import { type FormEvent, type InputHTMLAttributes, useEffect, useRef } from "react";
import { useChat, useChatState } from "../chat-context.tsx";
import { t } from "../language/language.ts";
import { Markdown } from "../markdown/markdown.tsx";
import type { SignInOption } from "../protocol.ts";
import { findSignInState } from "../state/sign-in.ts";
import { Check } from "./icons.tsx";

interface Field extends InputHTMLAttributes<HTMLInputElement> {
  /** The key in the `auth` frame. */
  readonly name: string;
  readonly label: "signIn.apiKey" | "signIn.token" | "signIn.username" | "signIn.password";
}

const FIELDS: Readonly<Record<SignInOption["kind"], readonly Field[]>> = {
  apiKey: [{ name: "value", label: "signIn.apiKey", type: "password", autoComplete: "off" }],
  bearer: [{ name: "token", label: "signIn.token", type: "password", autoComplete: "off" }],
  basic: [
    { name: "username", label: "signIn.username", type: "text", autoComplete: "username" },
    { name: "password", label: "signIn.password", type: "password", autoComplete: "current-password" },
  ],
};

interface SignInFormProps {
  readonly option: SignInOption;
  readonly name: string;
  /** Called when the session has the credentials. */
  readonly onDone: (() => void) | undefined;
}

/** One way to sign in. Credentials are only in the input fields until they are sent. */
export function SignInForm({ option, name, onDone }: SignInFormProps) {
  const chat = useChat();
  const state = useChatState((chatState) => findSignInState(chatState, option));
  const isConfigured = state?.status === "configured";

  // Credentials that the session already had must not close the dialog.
  const wasConfigured = useRef(isConfigured);
  useEffect(() => {
    if (isConfigured && !wasConfigured.current) onDone?.();
    wasConfigured.current = isConfigured;
  }, [isConfigured, onDone]);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const value = FIELDS[option.kind].map((field) => [field.name, String(data.get(field.name) ?? "")]);
    chat.signIn(option, Object.fromEntries(value));
    form.reset();
  };

  return (
    <form className="sign-in-form" aria-label={name} onSubmit={submit}>
      <h3>{name}</h3>
      {option.description !== undefined && (
        <div className="sign-in-description">
          <Markdown text={option.description} isLive={false} />
        </div>
      )}
      {FIELDS[option.kind].map(({ label, ...field }) => (
        <label key={field.name}>
          <span>{t(label)}</span>
          <input {...field} required maxLength={16_384} spellCheck={false} autoCapitalize="off" />
        </label>
      ))}
      <div className="sign-in-action">
        <button
          type="submit"
          className={isConfigured ? "button" : "button button-main"}
          disabled={state?.status === "sending"}
        >
          {t(isConfigured ? "signIn.replace" : "signIn.title")}
        </button>
        <span role="status">
          {state?.status === "sending" && t("signIn.sending")}
          {isConfigured && (
            <span className="sign-in-configured">
              <Check />
              {t("signIn.applies")}
            </span>
          )}
        </span>
      </div>
      {(state?.status === "failed" || state?.status === "rejected") && (
        <p className="sign-in-failed" role="alert">
          {state.status === "failed" ? state.message : t("signIn.rejected", { api: option.title })}
        </p>
      )}
    </form>
  );
}
