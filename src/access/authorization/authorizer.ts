/** Decides what callers may do by the roles of the settings. */
import type { Caller } from "../types.ts";
import { compileRules } from "./operation-rule.ts";
import { combineRoles, UNRESTRICTED, UNRESTRICTED_USER } from "./permissions.ts";
import type { RoleEntry, RolesDocument } from "./roles-schema.ts";
import type { Authorizer, OperationFacts, Permissions } from "./types.ts";

/** Combinations of roles whose permissions are kept. */
const MAX_COMBINATIONS = 1000;

/**
 * Creates an authorizer.
 * @param roles undefined permits everything to everyone, except that users with an identity are no administrators.
 * @param terminalRoles the roles of the user of a command in a terminal.
 */
export function createAuthorizer(roles?: RolesDocument, terminalRoles: readonly string[] = []): Authorizer {
  let current = roles;
  let version = 0;
  let combinations = new Map<string, Permissions>();
  const listeners: (() => void)[] = [];

  function permissionsOf(names: readonly string[]): Permissions {
    if (!current) return UNRESTRICTED;
    const { defaults } = current;
    const known = Object.entries(current.roles).filter(([name]) => names.includes(name));
    const key = `${version} ${JSON.stringify(known.map(([name]) => name))}`;
    const kept = combinations.get(key);
    if (kept) return kept;
    const combined = combineRoles(
      key,
      known.map(([, role]) => role),
      defaults,
    );
    combinations.set(key, combined);
    const [oldest] = combinations.keys();
    if (combinations.size > MAX_COMBINATIONS && oldest !== undefined) combinations.delete(oldest);
    return combined;
  }

  return {
    permissionsOf,
    permissionsFor: ({ kind, identity }: Caller) =>
      current === undefined && identity !== undefined
        ? UNRESTRICTED_USER
        : permissionsOf(kind === "terminal" ? terminalRoles : (identity?.roles ?? [])),
    get roleNames() {
      return Object.keys(current?.roles ?? {});
    },
    listUnmatchedRules: (operations) => (current ? listUnmatched(current, operations) : []),
    onChange: (listener) => void listeners.push(listener),
    replace(next) {
      current = next;
      version += 1;
      combinations = new Map();
      for (const listener of listeners) listener();
    },
  };
}

function listUnmatched(
  { defaults, roles }: RolesDocument,
  operations: readonly OperationFacts[],
): readonly string[] {
  const entries: readonly (readonly [string, RoleEntry])[] = [
    ...(defaults ? [["defaults", defaults] as const] : []),
    ...Object.entries(roles).map(([name, role]) => [`roles.${name}`, role] as const),
  ];
  return entries.flatMap(([place, { deny, approval }]) =>
    Object.entries({
      deny,
      "approval.forbidden": approval?.forbidden,
      "approval.ask": approval?.ask,
    }).flatMap(([field, rules = []]) =>
      rules
        .filter((rule) => !operations.some(compileRules([rule])))
        .map((rule) => `${place}.${field} ${typeof rule === "string" ? rule : JSON.stringify(rule)}`),
    ),
  );
}
