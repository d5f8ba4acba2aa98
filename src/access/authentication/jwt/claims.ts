/** Maps the claims of a token to an identity. Pure. */
import type { Identity } from "../../types.ts";
import { refuse } from "../refuse.ts";

/** Names of claims, or paths such as `realm_access.roles`. */
export interface ClaimNames {
  readonly jwtUserClaim: readonly string[];
  readonly jwtOrganizationClaim: string | undefined;
  readonly jwtRolesClaim: readonly string[];
}

export type Claims = Readonly<Record<string, unknown>>;

/** Limits for what a token may name. */
const MAX_TEXT = 256;
const MAX_ROLES = 500;

/**
 * Returns the user, organization and roles of a token.
 * @throws AppError `unauthorized` without a user, and without an organization when its claim is configured.
 */
export function readClaims(
  claims: Claims,
  { jwtUserClaim, jwtOrganizationClaim, jwtRolesClaim }: ClaimNames,
): Pick<Identity, "user" | "organization" | "roles"> {
  const user = jwtUserClaim.map((name) => readText(claims, name)).find((text) => text !== undefined);
  if (user === undefined)
    throw refuse("missing_claim", `The token has no claim ${jwtUserClaim.join(" or ")}.`);
  const roles = jwtRolesClaim.flatMap((name) => readList(findClaim(claims, name)));
  const named = { user, roles: [...new Set(roles)].slice(0, MAX_ROLES) };
  if (jwtOrganizationClaim === undefined) return named;
  const organization = readText(claims, jwtOrganizationClaim);
  if (organization === undefined)
    throw refuse("missing_claim", `The token has no claim ${jwtOrganizationClaim}.`);
  return { ...named, organization };
}

/** Finds a claim by its name, which may contain dots, else by its path. */
export function findClaim(claims: unknown, path: string): unknown {
  if (typeof claims !== "object" || claims === null || Array.isArray(claims)) return undefined;
  if (Object.hasOwn(claims, path)) return (claims as Claims)[path];
  for (let dot = path.indexOf("."); dot > 0; dot = path.indexOf(".", dot + 1)) {
    const head = path.slice(0, dot);
    if (!Object.hasOwn(claims, head)) continue;
    const found = findClaim((claims as Claims)[head], path.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

function readText(claims: Claims, name: string): string | undefined {
  const value = findClaim(claims, name);
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text !== "" && text.length <= MAX_TEXT ? text : undefined;
}

/** Returns a list of texts. A text is a list that spaces or commas divide, as in the claim `scope`. */
function readList(value: unknown): readonly string[] {
  const entries: readonly unknown[] =
    typeof value === "string" ? value.split(/[\s,]+/) : Array.isArray(value) ? value : [];
  return entries.filter(
    (entry): entry is string => typeof entry === "string" && entry !== "" && entry.length <= MAX_TEXT,
  );
}
