/** The user of the page: who is signed in, for how long, and how one can sign in. Other tabs are kept informed. */
import type * as signIn from "../src/access/sign-in/types.ts";

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

/** Milliseconds before the end of a session at which it is renewed, unless it is short. */
const RENEW_BEFORE_MS = 60_000;
const RETRY_MS = 5000;
/** The longest delay that `setTimeout` supports. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export function createAccount(
  port: AccountPort,
  browser: AccountBrowser,
  problem?: SignInProblem,
): AccountStore {
  const listeners = new Set<() => void>();
  let state: AccountState = {
    status: "loading",
    user: undefined,
    methods: { provider: null, key: false },
    problem,
    renewals: 0,
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let endsAt = Number.POSITIVE_INFINITY;
  /** The session is due for renewal, as soon as the user does something. */
  let isDue = false;
  let wasActive = true;

  function update(change: Partial<AccountState>): void {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  }

  function schedule(run: () => void, delayMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(run, Math.min(delayMs, MAX_DELAY_MS));
  }

  function accept(user: AccountUser): void {
    if (state.user !== undefined && state.user.id !== user.id) {
      browser.forget();
      return;
    }
    const lifetimeMs = user.expires_in === null ? Number.POSITIVE_INFINITY : user.expires_in * 1000;
    endsAt = Date.now() + lifetimeMs;
    isDue = false;
    wasActive = false;
    clearTimeout(timer);
    if (lifetimeMs < Number.POSITIVE_INFINITY)
      schedule(handleDue, lifetimeMs - Math.min(RENEW_BEFORE_MS, lifetimeMs / 5));
    update({ status: "signed-in", user, problem: undefined, renewals: state.renewals + 1 });
  }

  function expire(): void {
    clearTimeout(timer);
    isDue = false;
    if (state.status !== "signed-out")
      update({ status: state.user === undefined ? "signed-out" : "expired" });
  }

  function handleDue(): void {
    isDue = true;
    if (wasActive || browser.isBusy()) void renew();
  }

  async function renew(): Promise<void> {
    isDue = false;
    try {
      const user = await browser.exclusively(port.renew);
      if (user === null) return expire();
      accept(user);
      browser.post("changed");
    } catch {
      if (Date.now() >= endsAt && state.status === "signed-in")
        update({ status: "expired", problem: "unavailable" });
      schedule(() => void renew(), RETRY_MS);
    }
  }

  async function refresh(): Promise<void> {
    try {
      const { user, sign_in } = await port.read();
      state = { ...state, methods: sign_in };
      if (user === null) await handleNobody();
      else if (state.status === "loading") {
        accept(user);
        // The user may have come back from the provider.
        browser.post("changed");
      } else if (state.status !== "signed-in" || isLater(user)) accept(user);
    } catch {
      schedule(() => void refresh(), RETRY_MS);
    }
  }

  /** A session that was not used for a while may still be renewed. */
  async function handleNobody(): Promise<void> {
    if (state.status === "signed-in") return await renew();
    expire();
    update({});
    // A provider that does not answer may do so soon.
    if (state.methods.provider === "unavailable") schedule(() => void refresh(), RETRY_MS);
  }

  /** Returns whether another tab has extended the session. */
  function isLater({ expires_in }: AccountUser): boolean {
    return Date.now() + (expires_in ?? 0) * 1000 > endsAt + RETRY_MS;
  }

  browser.listen((message) => {
    if (message === "changed") return void refresh();
    clearTimeout(timer);
    update({ status: "signed-out", problem: undefined });
    void refresh();
  });
  browser.onActivity(() => {
    wasActive = true;
    if (isDue) void renew();
  });

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
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
      clearTimeout(timer);
      update({ status: "signed-out", problem: undefined });
      browser.post("signed-out");
      return location;
    },
  };
}
