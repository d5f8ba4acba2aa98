/** Shows the chat to users who are signed in, and the sign-in to others. */

import type { Root } from "react-dom/client";
import { App } from "../app.tsx";
import { addStyle } from "../browser/add-style.ts";
import { readSharedId } from "../browser/conversation-address.ts";
import type { StartedChat } from "../browser/start-chat.ts";
import { SharedConversation } from "../shared/shared-conversation.tsx";
import accountStyles from "../styles/account.css" with { type: "text" };
import { AccountProvider, useAccountState } from "./account-context.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { ExpiredBanner } from "./expired-banner.tsx";
import { SignInScreen } from "./sign-in-screen.tsx";
import { startAccount } from "./start-account.ts";

addStyle(accountStyles);

export function renderPage(root: Root, title: string): void {
  const { account, start } = startAccount();
  root.render(
    <AccountProvider value={account}>
      <Page start={start} title={title} />
    </AccountProvider>,
  );
}

interface PageProps {
  /** Connects the chat once, when a user is signed in. */
  readonly start: () => StartedChat;
  readonly title: string;
}

/** The chat stays mounted, but hidden, when its user has signed out elsewhere: a draft is there again after the next sign-in. */
function Page({ start, title }: PageProps) {
  const account = useAccountState();
  const isShown = account?.status === "signed-in" || account?.status === "expired";
  const shared = readSharedId();
  const isKnown = account?.user !== undefined;
  return (
    <>
      {isKnown && (
        <div hidden={!isShown} className="page-content">
          {shared === undefined ? (
            <App {...start()} title={title} account={<AccountMenu />} banner={<ExpiredBanner />} />
          ) : (
            <SharedConversation id={shared} title={title} />
          )}
        </div>
      )}
      {!isShown && <SignInScreen title={title} />}
    </>
  );
}
