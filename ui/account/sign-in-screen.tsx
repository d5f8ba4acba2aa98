import { Logo } from "../components/icons.tsx";
import { resolveSignInUrl } from "./account-client.ts";
import { useAccountState } from "./account-context.tsx";
import { KeyForm } from "./key-form.tsx";
import { SIGN_IN_PROBLEMS } from "./sign-in-problem.ts";

/** The whole page while nobody is signed in: how one can sign in, and why it has not worked. */
export function SignInScreen({ title }: { title: string }) {
  const account = useAccountState();
  if (account === undefined) return null;
  const { methods, problem, status } = account;
  if (status === "loading")
    return (
      <main className="sign-in-screen">
        <p className="sign-in-loading" role="status">
          Connecting…
        </p>
      </main>
    );
  const isUnavailable = methods.provider === "unavailable";
  const shown = problem ?? (isUnavailable ? "unavailable" : undefined);
  return (
    <main className="sign-in-screen">
      <section className="sign-in-card" aria-labelledby="sign-in-title">
        <Logo />
        <h1 id="sign-in-title">{title}</h1>
        <p>Sign in to chat with the assistant.</p>
        {shown !== undefined && (
          <p className="sign-in-problem" role="alert">
            {SIGN_IN_PROBLEMS[shown]}
          </p>
        )}
        {methods.provider !== null && (
          // biome-ignore lint/a11y/noAutofocus: it is the only thing to do on this screen.
          <a className="button button-main" href={resolveSignInUrl()} autoFocus>
            Sign in
          </a>
        )}
        {methods.provider !== null && methods.key && <p className="sign-in-or">or</p>}
        {methods.key && <KeyForm isMain={methods.provider === null} />}
        {methods.provider === null && !methods.key && (
          <p className="sign-in-problem">
            This server expects that a proxy signs you in. Open it at the address that your administrator
            named.
          </p>
        )}
      </section>
    </main>
  );
}
