import { t } from "../language/language.ts";
import { resolveSignInUrl } from "./account-client.ts";
import { useAccountState } from "./account-context.tsx";
import { KeyForm } from "./key-form.tsx";

/** Asks to sign in again. A turn that runs goes on meanwhile. */
export function ExpiredBanner() {
  const account = useAccountState();
  if (account?.status !== "expired") return null;
  const { methods, problem } = account;
  return (
    <div className="banner banner-expired" role="alert">
      <span>{problem === undefined ? t("account.expired") : t(`account.problem.${problem}`)}</span>
      {methods.provider !== null && (
        <a className="text-button" href={resolveSignInUrl()}>
          {t("account.signInAgain")}
        </a>
      )}
      {methods.key && methods.provider === null && <KeyForm isMain={false} />}
    </div>
  );
}
