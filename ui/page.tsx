/** Shows the chat to users who are signed in, and the sign-in to others. */

import type { AccountStore } from "./account.ts";
import { AccountProvider, useAccountState } from "./account-context.tsx";
import { App, type AppProps } from "./app.tsx";
import { SignInScreen } from "./components/sign-in-screen.tsx";

interface PageProps {
  readonly account: AccountStore;
  /** Connects the chat. It is called once, when a user is signed in. */
  readonly start: () => AppProps;
  readonly title: string;
}

export function Page({ account, start, title }: PageProps) {
  return (
    <AccountProvider value={account}>
      <PageContent start={start} title={title} />
    </AccountProvider>
  );
}

/** The chat stays mounted, but hidden, when its user has signed out elsewhere: a draft is there again after the next sign-in. */
function PageContent({ start, title }: Omit<PageProps, "account">) {
  const account = useAccountState();
  const isShown = account?.status === "signed-in" || account?.status === "expired";
  const props = account?.user === undefined ? undefined : start();
  return (
    <>
      {props !== undefined && (
        <div hidden={!isShown} className="page-content">
          <App {...props} />
        </div>
      )}
      {!isShown && <SignInScreen title={title} />}
    </>
  );
}
