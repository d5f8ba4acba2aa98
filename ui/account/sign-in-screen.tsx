import { isEmbedded } from "../browser/frame.ts";
import { BrandLogo } from "../components/brand-logo.tsx";
import { LanguageSelect } from "../components/language-select.tsx";
import { t } from "../language/language.ts";
import { resolveSignInUrl } from "./account-client.ts";
import { useAccountState } from "./account-context.tsx";
import { KeyForm } from "./key-form.tsx";

/** The whole page while nobody is signed in: how one can sign in, and why it has not worked. */
export function SignInScreen({ title }: { title: string }) {
  const account = useAccountState();
  if (account === undefined) return null;
  const { methods, problem, status } = account;
  if (status === "loading")
    return (
      <main className="sign-in-screen">
        <p className="sign-in-loading" role="status">
          {t("account.connecting")}
        </p>
      </main>
    );
  const isUnavailable = methods.provider === "unavailable";
  const shown = problem ?? (isUnavailable ? "unavailable" : undefined);
  return (
    <main className="sign-in-screen">
      <section className="sign-in-card" aria-labelledby="sign-in-title">
        <BrandLogo />
        <h1 id="sign-in-title">{title}</h1>
        <p>{t("account.welcome")}</p>
        {shown !== undefined && (
          <p className="sign-in-problem" role="alert">
            {t(`account.problem.${shown}`)}
          </p>
        )}
        {methods.provider !== null && !isEmbedded && (
          // biome-ignore lint/a11y/noAutofocus: it is the only thing to do on this screen.
          <a className="button button-main" href={resolveSignInUrl()} autoFocus>
            {t("account.signIn")}
          </a>
        )}
        {methods.provider !== null && isEmbedded && (
          <a className="button button-main" href={location.pathname} target="_blank" rel="noreferrer">
            {t("account.openInTab")}
          </a>
        )}
        {methods.provider !== null && methods.key && <p className="sign-in-or">{t("account.or")}</p>}
        {methods.key && <KeyForm isMain={methods.provider === null} />}
        {methods.provider === null && !methods.key && (
          <p className="sign-in-problem">{t("account.needsProxy")}</p>
        )}
      </section>
      <LanguageSelect />
    </main>
  );
}
