/** Starts specchat with roles and users, whose credentials are their names: `ada@acme:writer+auditor`. */
import type { ReplaceableAuthenticator } from "../../src/access/authentication/types.ts";
import type { App } from "../../src/context.ts";
import { type Specchat, type StartOptions, startSpecchat } from "./harness.ts";

/** The headers of a user. */
export function headersOf(user: string): Record<string, string> {
  return { Authorization: `Bearer ${user}` };
}

/** Starts specchat with the roles, as JSON or as the path of a file. Every request needs a user. */
export async function startWithRoles(
  roles: object | string,
  { argv = [], ...options }: StartOptions = {},
): Promise<Specchat> {
  const text = typeof roles === "string" ? roles : JSON.stringify(roles);
  const specchat = await startSpecchat({ ...options, argv: ["--roles", text, ...argv] });
  const app: { -readonly [Name in keyof App]: App[Name] } = specchat.app;
  app.authenticator = AUTHENTICATOR;
  return specchat;
}

const AUTHENTICATOR: ReplaceableAuthenticator = {
  replace() {},
  isRequired: true,
  acceptsTokens: true,
  isCurrent: () => true,
  ownsCredential: () => false,
  async authenticate({ headers, token }) {
    const presented = token ?? headers.get("authorization")?.replace(/^Bearer /, "");
    const [, user, organization, roles = ""] = /^(\w+)@(\w+):([\w+]*)$/.exec(presented ?? "") ?? [];
    if (user === undefined || organization === undefined) return undefined;
    return { user, organization, roles: roles.split("+"), method: "jwt" };
  },
};
