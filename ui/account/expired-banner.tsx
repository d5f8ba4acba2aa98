import { resolveSignInUrl } from "./account-client.ts";
import { useAccountState } from "./account-context.tsx";
import { KeyForm } from "./key-form.tsx";
import { SIGN_IN_PROBLEMS } from "./sign-in-problem.ts";

/** Asks to sign in again. A turn that runs goes on meanwhile. */
export function ExpiredBanner() {
  const account = useAccountState();
  if (account?.status !== "expired") return null;
  const { methods, problem } = account;
  return (
    <div className="banner banner-expired" role="alert">
      <span>
        {problem === undefined
          ? "Your sign-in has expired. Nothing is lost: messages are sent when you have signed in again."
          : SIGN_IN_PROBLEMS[problem]}
      </span>
      {methods.provider !== null && (
        <a className="text-button" href={resolveSignInUrl()}>
          Sign in again
        </a>
      )}
      {methods.key && methods.provider === null && <KeyForm isMain={false} />}
    </div>
  );
}
