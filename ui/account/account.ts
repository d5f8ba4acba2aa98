/** The user of the page: who is signed in, for how long, and how one can sign in. Other tabs are kept informed. */
import type * as signIn from "../../src/access/sign-in/types.ts";
import { createSessionTimer } from "./session-timer.ts";
import { createStore } from "./store.ts";

export type Account = signIn.Account;
export type AccountUser = signIn.AccountUser;
export type SignInProblem = signIn.SignInProblem;

export interface AccountState {
  /**
   * `loading`: not known yet. `expired`: the user must sign in again, and what is shown stays. `signed-out`: nothing of the user is
   * shown.
   */
  readonly status: "loading" | "signed-in" | "expired" | "signed-out";
  /** The last user that was signed in. */
  readonly user: AccountUser | undefined;
  readonly methods: Account["sign_in"];
  /** Why the last sign-in failed. */
  readonly problem: SignInProblem | undefined;
  /** Counts the times that the session began or was extended. */
  readonly renewals: number;
}

/** The server's operations. Each rejects when the server cannot answer. */
export interface AccountPort {
  read(): Promise<Account>;
  /** Resolves to null when the session has ended. */
  renew(): Promise<AccountUser | null>;
  /** Resolves to null when the key is not known. */
  signIn(key: string): Promise<AccountUser | null>;
  /** Resolves to the address where the browser ends the session of the provider. */
  signOut(): Promise<string>;
}

/** What the store needs from the browser. */
export interface AccountBrowser {
  /** Why the sign-in has failed that the browser comes from. */
  readonly problem: SignInProblem | undefined;
  /** Informs the other tabs, or calls the listener when another tab does. */
  readonly post: (message: TabMessage) => void;
  readonly listen: (listener: (message: TabMessage) => void) => void;
  /** Calls the listener when the user does something. */
  readonly onActivity: (listener: () => void) => void;
  /** Whether something goes on that must not be interrupted: a turn. */
  readonly isBusy: () => boolean;
  /** Runs work in one tab at a time. */
  readonly exclusively: <Result>(work: () => Promise<Result>) => Promise<Result>;
  /** Removes everything that belongs to the user, and loads the page again. */
  readonly forget: () => void;
}

export type TabMessage = "changed" | "signed-out";

export interface AccountStore {
  readonly state: () => AccountState;
  /** Calls `listener` after each change. Returns a function that stops it. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Asks the server who is signed in. */
  readonly refresh: () => Promise<void>;
  /** Resolves to false when the key is not known. Rejects when the server cannot answer. */
  readonly signInWithKey: (key: string) => Promise<boolean>;
  /** Resolves to the address where the browser goes next. Rejects when the server cannot answer. */
  readonly signOut: () => Promise<string>;
}

const INITIAL_ACCOUNT: AccountState = {
  status: "loading",
  user: undefined,
  methods: { provider: null, key: false },
  problem: undefined,
  renewals: 0,
};

export function createAccount(port: AccountPort, browser: AccountBrowser): AccountStore {
  const { state, update, subscribe } = createStore({ ...INITIAL_ACCOUNT, problem: browser.problem });
  const timer = createSessionTimer({ renew: () => void renew(), isBusy: browser.isBusy });

  function accept(user: AccountUser): void {
    if ((state().user?.id ?? user.id) !== user.id) return void browser.forget();
    timer.start(user.expires_in);
    update({ status: "signed-in", user, problem: undefined, renewals: state().renewals + 1 });
  }

  /** Ends the session. What is shown stays, unless nothing was shown or the user has signed out. */
  function expire(): void {
    timer.stop();
    const isShown = state().user !== undefined && state().status !== "signed-out";
    update({ status: isShown ? "expired" : "signed-out" });
  }

  async function renew(): Promise<void> {
    try {
      const user = await browser.exclusively(port.renew);
      if (user === null) return expire();
      accept(user);
      browser.post("changed");
    } catch {
      if (timer.hasEnded() && state().status === "signed-in")
        update({ status: "expired", problem: "unavailable" });
      timer.retry(() => void renew());
    }
  }

  async function refresh(): Promise<void> {
    const isFirst = state().status === "loading";
    try {
      const { user, sign_in } = await port.read();
      update({ methods: sign_in });
      // A session that was not used for a while may still be renewed.
      if (user === null && state().status === "signed-in") return await renew();
      if (user === null) expire();
      else if (state().status !== "signed-in" || timer.isLater(user.expires_in)) accept(user);
      // The user may have come back from the provider.
      if (user !== null && isFirst) browser.post("changed");
      // A provider that does not answer may do so soon.
      if (user === null && sign_in.provider === "unavailable") timer.retry(() => void refresh());
    } catch {
      timer.retry(() => void refresh());
    }
  }

  function leave(): void {
    timer.stop();
    update({ status: "signed-out", problem: undefined });
  }

  browser.listen((message) => {
    if (message === "signed-out") leave();
    void refresh();
  });
  browser.onActivity(timer.noticeActivity);

  return {
    state,
    subscribe,
    refresh,
    async signInWithKey(key) {
      const user = await port.signIn(key);
      if (user === null) return false;
      accept(user);
      browser.post("changed");
      return true;
    },
    async signOut() {
      const location = await port.signOut();
      leave();
      browser.post("signed-out");
      return location;
    },
  };
}
