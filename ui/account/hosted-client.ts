/** The account of a person whom the page around has signed in: its token is asked for before anything else, and when it ends. */
import type { AccountPort, AccountUser } from "./account.ts";

/** @param requestToken resolves to null when nobody is signed in, and to undefined when the page around has no tokens. */
export function withHostToken(
  port: AccountPort,
  requestToken: () => Promise<string | null | undefined>,
): AccountPort {
  let isFirst = true;

  /** Signs in with the token of the page around. Undefined when there is none. */
  async function signIn(): Promise<AccountUser | null | undefined> {
    const token = await requestToken();
    return typeof token === "string" ? await port.signIn(token) : token;
  }

  return {
    ...port,
    async read() {
      const wasFirst = isFirst;
      isFirst = false;
      const user = wasFirst ? await signIn() : undefined;
      const account = await port.read();
      // The cookie may be that of the person before.
      if (user !== null || account.user === null) return account;
      await port.signOut();
      return { ...account, user: null };
    },
    async renew() {
      const user = await signIn();
      return user === undefined ? await port.renew() : user;
    },
  };
}
