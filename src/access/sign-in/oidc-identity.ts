/** Reads the identity of a user from the claims of the OpenID provider. Pure. */
import { type ClaimNames, type Claims, findClaim, readClaims } from "../authentication/jwt/claims.ts";
import type { Identity } from "../types.ts";
import { type AllowedUsers, isAllowed } from "./allowed-users.ts";
import { SignInError } from "./problems.ts";

const MAX_NAME = 100;

export interface OidcUser {
  readonly identity: Identity;
  /** As people read it. */
  readonly name: string | undefined;
}

/** Returns the user of the claims. @throws SignInError `not_allowed`, AppError `unauthorized` when a claim is missing. */
export function readOidcUser(claims: Claims, names: ClaimNames, allowed: AllowedUsers): OidcUser {
  const identity = { ...readClaims(claims, names), method: "oidc" as const };
  if (!isAllowed(claims, identity.organization, allowed))
    throw new SignInError("not_allowed", "the user belongs to no allowed domain and organization");
  return { identity, name: readName(claims) };
}

/** Returns whether claims name everything: user, organization and roles, a name, and an address where it decides. */
export function areClaimsComplete(claims: Claims, names: ClaimNames, { domains }: AllowedUsers): boolean {
  const { jwtUserClaim, jwtOrganizationClaim, jwtRolesClaim } = names;
  const has = (name: string) => findClaim(claims, name) !== undefined;
  return (
    jwtUserClaim.some(has) &&
    jwtRolesClaim.some(has) &&
    (jwtOrganizationClaim === undefined || has(jwtOrganizationClaim)) &&
    (domains.length === 0 || has("email")) &&
    readName(claims) !== undefined
  );
}

function readName(claims: Claims): string | undefined {
  const names = [claims.name, claims.preferred_username, claims.email];
  const name = names.find((value): value is string => typeof value === "string" && value.trim() !== "");
  return name?.trim().slice(0, MAX_NAME);
}
