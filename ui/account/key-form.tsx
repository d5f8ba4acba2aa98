import { type FormEvent, useState } from "react";
import { t } from "../language/language.ts";
import { useAccount } from "./account-context.tsx";

/** Signs in with an API key. The key is only in the field until it is sent; the server keeps it in a sealed cookie. */
export function KeyForm({ isMain }: { isMain: boolean }) {
  const account = useAccount();
  const [isSending, setIsSending] = useState(false);
  const [problem, setProblem] = useState<string>();

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const key = String(new FormData(form).get("key") ?? "").trim();
    if (key === "" || isSending) return;
    setIsSending(true);
    setProblem(undefined);
    try {
      const isKnown = await account?.signInWithKey(key);
      if (isKnown === false) setProblem(t("account.unknownKey"));
      form.reset();
    } catch {
      setProblem(t("account.unreachable"));
    }
    setIsSending(false);
  };

  return (
    <form className="key-form" onSubmit={submit}>
      <label>
        <span>{t("account.key")}</span>
        <input
          name="key"
          type="password"
          className="field"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          maxLength={4000}
          required
          aria-invalid={problem !== undefined}
        />
      </label>
      <button type="submit" className={isMain ? "button button-main" : "button"} disabled={isSending}>
        {t(isSending ? "account.signingIn" : "account.useKey")}
      </button>
      {problem !== undefined && (
        <p className="sign-in-problem" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}
