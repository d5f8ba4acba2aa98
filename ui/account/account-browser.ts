/** What the account of the user needs from the browser: other tabs, activity, and stored values. */

import { draftsItem, queueItem, sessionItem, userItem } from "../browser/storage.ts";
import type { AccountBrowser, AccountUser, SignInProblem, TabMessage } from "./account.ts";

const PROBLEM = "sign_in";
const PROBLEMS: Readonly<Record<SignInProblem, true>> = {
  denied: true,
  expired: true,
  unavailable: true,
  clock: true,
  not_allowed: true,
  too_large: true,
  failed: true,
};

export function createAccountBrowser(isBusy: () => boolean): AccountBrowser {
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("specchat.account") : undefined;
  return {
    problem: takeSignInProblem(),
    post: (message) => channel?.postMessage(message),
    listen(listener) {
      channel?.addEventListener("message", ({ data }: MessageEvent<TabMessage>) => listener(data));
    },
    onActivity(listener) {
      for (const type of ["pointerdown", "keydown", "focus"])
        window.addEventListener(type, listener, { passive: true });
    },
    isBusy,
    // Locks exist on encrypted and local pages only.
    exclusively: (work) =>
      navigator.locks === undefined ? work() : navigator.locks.request("specchat.account", work),
    forget() {
      forgetUser();
      location.reload();
    },
  };
}

/** Removes the conversation, the drafts and the queue of the user from this tab. */
export function forgetUser(): void {
  for (const item of [draftsItem, queueItem, sessionItem, userItem]) item.write("");
}

/** Keeps the values of this tab for the user that they belong to. Call it before they are read. */
export function claimStoredValues({ id }: AccountUser): void {
  const previous = userItem.read();
  if (previous !== undefined && previous !== id) forgetUser();
  userItem.write(id);
}

/** Returns the problem of a sign-in that has just failed, and removes it from the address. */
function takeSignInProblem(): SignInProblem | undefined {
  const url = new URL(location.href);
  const problem = url.searchParams.get(PROBLEM);
  if (problem === null) return undefined;
  url.searchParams.delete(PROBLEM);
  history.replaceState(history.state, "", url);
  return Object.hasOwn(PROBLEMS, problem) ? (problem as SignInProblem) : "failed";
}
