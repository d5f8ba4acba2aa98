/** The HTTP client for the account of the user. It uses the page's cookie. */

import { resolveAccountUrl } from "../browser/address.ts";
import type { Account, AccountPort, AccountUser } from "./account.ts";

/** The server refused the key, and will refuse it again. 429 is for wrong keys alone, once there were many. */
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403, 429]);

export const accountClient: AccountPort = {
  async read() {
    const account: Account = await readBody(await fetch(accountUrl("")));
    return account;
  },
  async renew() {
    const { user }: { user: AccountUser | null } = await readBody(await post("/renew", {}));
    return user;
  },
  async signIn(key) {
    const response = await post("/sign-in", { key });
    if (REFUSALS.has(response.status)) return null;
    const { user }: { user: AccountUser } = await readBody(response);
    return user;
  },
  async signOut() {
    const { location }: { location: string } = await readBody(await post("/sign-out", {}));
    return location;
  },
};

/** Returns the address that leads to the OpenID provider, and back to this page. */
export function resolveSignInUrl(): string {
  const url = new URL(accountUrl("/sign-in"));
  url.searchParams.set("return", `${location.pathname}${location.search}`);
  return url.href;
}

function post(path: string, body: object): Promise<Response> {
  const headers = { "Content-Type": "application/json" };
  return fetch(accountUrl(path), { method: "POST", headers, body: JSON.stringify(body) });
}

function accountUrl(path: string): string {
  return `${resolveAccountUrl()}${path}`;
}

/** Reads a response of the page's own server, whose fields are trusted. */
async function readBody(response: Response): Promise<never> {
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return (await response.json()) as never;
}
