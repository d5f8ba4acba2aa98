/** Connects the account of the user with the browser, and the chat with the account. */

import { hasWidget, requestToken } from "../browser/frame.ts";
import { type StartedChat, startChat } from "../browser/start-chat.ts";
import { findLiveReply } from "../state/turns.ts";
import { type AccountStore, createAccount } from "./account.ts";
import { claimStoredValues, createAccountBrowser } from "./account-browser.ts";
import { accountClient } from "./account-client.ts";
import { withHostToken } from "./hosted-client.ts";

interface StartedAccount {
  readonly account: AccountStore;
  /** Returns the chat, which is started once. A user must be known. */
  readonly start: () => StartedChat;
}

/** Milliseconds after which refusals lead to a check: several arrive together. */
const CHECK_DELAY_MS = 500;

export function startAccount(): StartedAccount {
  let started: StartedChat | undefined;
  let isChecking = false;
  const isBusy = () => started !== undefined && findLiveReply(started.chat.state()) !== undefined;
  const account = createAccount(
    hasWidget ? withHostToken(accountClient, requestToken) : accountClient,
    createAccountBrowser(isBusy),
  );
  void account.refresh();
  // A session that has ended is noticed when the user comes back, when the connection is lost and when a frame is refused.
  window.addEventListener("focus", () => void account.refresh());
  function start(): StartedChat {
    const { user } = account.state();
    if (user !== undefined) claimStoredValues(user);
    const chat = startChat(() => void checkSession());
    followAccount(chat, account);
    refreshOnLoss(chat, account);
    return chat;
  }
  /** Connects again when the user is still signed in: only the session that the connection was opened with has ended. */
  async function checkSession(): Promise<void> {
    if (isChecking) return;
    isChecking = true;
    await new Promise((resolve) => setTimeout(resolve, CHECK_DELAY_MS));
    const { renewals } = account.state();
    await account.refresh();
    isChecking = false;
    const { renewals: now, status } = account.state();
    // A renewal has already connected again (followAccount).
    if (status === "signed-in" && now === renewals) started?.chat.release();
  }
  return {
    account,
    start: () => {
      started ??= start();
      return started;
    },
  };
}

/** Holds the messages of the chat while nobody is signed in, and connects again with each new session. */
function followAccount({ chat, conversations }: StartedChat, account: AccountStore): void {
  let { renewals, status } = account.state();
  account.subscribe(() => {
    const before = { renewals, status };
    ({ renewals, status } = account.state());
    if (renewals !== before.renewals) {
      chat.release();
      conversations.refresh();
    } else if (status === before.status) return;
    else if (status === "expired") chat.hold();
    else if (status === "signed-out") chat.suspend();
  });
}

function refreshOnLoss({ chat }: StartedChat, account: AccountStore): void {
  let { link } = chat.state();
  chat.subscribe(() => {
    const before = link;
    ({ link } = chat.state());
    if (link === "reconnecting" && before !== link && account.state().status === "signed-in")
      void account.refresh();
  });
}
