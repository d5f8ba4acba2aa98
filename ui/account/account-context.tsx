/** The React context of the account. Undefined when the server needs no authentication. */
import { createContext, useContext, useSyncExternalStore } from "react";
import type { AccountState, AccountStore } from "./account.ts";

const AccountContext = createContext<AccountStore | undefined>(undefined);
export const AccountProvider = AccountContext.Provider;

export function useAccount(): AccountStore | undefined {
  return useContext(AccountContext);
}

/** Returns the state of the account. Renders again when it changes. */
export function useAccountState(): AccountState | undefined {
  const account = useAccount();
  return useSyncExternalStore(account?.subscribe ?? subscribeToNothing, () => account?.state());
}

const subscribeToNothing = () => () => {};
