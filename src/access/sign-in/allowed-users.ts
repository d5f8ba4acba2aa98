/** Decides whether a user of the provider may sign in. Pure. */

export interface AllowedUsers {
  /** In lower case. */
  readonly domains: readonly string[];
  readonly organizations: readonly string[];
}

type Claims = Readonly<Record<string, unknown>>;

/** Returns whether the claims satisfy every limit that is set. An address that the provider has not verified belongs to no domain. */
export function isAllowed(
  claims: Claims,
  organization: string | undefined,
  { domains, organizations }: AllowedUsers,
): boolean {
  const isOrganizationAllowed =
    organizations.length === 0 || (organization !== undefined && organizations.includes(organization));
  return isOrganizationAllowed && (domains.length === 0 || domains.includes(verifiedDomain(claims) ?? ""));
}

/** Providers write the claim as a boolean or as text. `xms_edov` is its name at Entra ID. */
function verifiedDomain(claims: Claims): string | undefined {
  const { email, email_verified, xms_edov } = claims;
  const isVerified = [email_verified, xms_edov].some(
    (value) => value === true || value === "true" || value === "1",
  );
  if (typeof email !== "string" || !isVerified) return undefined;
  return email.slice(email.lastIndexOf("@") + 1).toLowerCase();
}
