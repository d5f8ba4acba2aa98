/** Combines the roles of a caller to what they permit. */
import { compileTextGlob } from "../../config/glob.ts";
import type { CallerLimits } from "../limits/types.ts";
import { compileRules, type OperationMatcher } from "./operation-rule.ts";
import type { RoleEntry } from "./roles-schema.ts";
import type { OperationFacts, OperationPermission, Permissions } from "./types.ts";

/** Permits everything: there are no roles. */
export const UNRESTRICTED: Permissions = {
  key: "",
  limits: [],
  defaultModels: [],
  operation: () => "allowed",
  allowsModel: () => true,
  allowsProtocol: () => true,
  administrates: () => true,
};

/** What users with an identity have while there are no roles: everything of their own, nothing of others. */
export const UNRESTRICTED_USER: Permissions = {
  ...UNRESTRICTED,
  key: "user",
  administrates: () => false,
};

/** Permits nothing, to a caller without a role when the roles have no defaults. */
const NO_PERMISSIONS: RoleEntry = { allow: [], models: [], protocols: [] };

/**
 * Combines roles. What any of them allows is allowed, except what any of them denies. A field that none of them has is taken from
 * the defaults: there, absent rules allow no operation, absent models and protocols allow all.
 * @param roles the roles of the caller, in the order of the file.
 * @param defaults also what a caller without a role has.
 */
export function combineRoles(
  key: string,
  roles: readonly RoleEntry[],
  defaults: RoleEntry | undefined,
): Permissions {
  const fallback = defaults ?? (roles.length === 0 ? NO_PERMISSIONS : {});
  const withField = (...fields: readonly (keyof RoleEntry)[]): readonly RoleEntry[] => {
    const found = roles.filter((role) => fields.some((field) => role[field] !== undefined));
    return found.length > 0 ? found : [fallback];
  };
  const administrated = new Set(roles.flatMap(({ administrates = [] }) => administrates));
  const defaultModels = withField("defaultModel").flatMap(({ defaultModel }) => defaultModel ?? []);
  const allowsModel = combineGlobs(withField("models").map(({ models }) => models));
  return {
    key,
    limits: combineLimits(withField("limits").map(({ limits = [] }) => limits)),
    defaultModels: defaultModels.filter(allowsModel),
    operation: combineOperationRules(withField("allow", "deny"), withField("approval")),
    allowsModel,
    allowsProtocol: combineGlobs(withField("protocols").map(({ protocols }) => protocols)),
    administrates: (data) => administrated.has(data),
  };
}

/** Returns a matcher of any glob. An absent list matches everything. */
function combineGlobs(lists: readonly (readonly string[] | undefined)[]): (text: string) => boolean {
  if (lists.includes(undefined)) return () => true;
  const matchers = lists.flatMap((list = []) => list.map(compileTextGlob));
  return (text) => matchers.some((matches) => matches(text));
}

function combineOperationRules(
  roles: readonly RoleEntry[],
  approving: readonly RoleEntry[],
): (operation: OperationFacts) => OperationPermission {
  const allows = combineRules(roles.map(({ allow }) => allow));
  const denies = combineRules(roles.map(({ deny }) => deny));
  const approvals = approving.map(({ approval = {} }) => approval);
  const forbids = combineRules(approvals.map(({ forbidden }) => forbidden));
  const asks = combineRules(approvals.map(({ ask }) => ask));
  const spares = combineRules(approvals.map(({ never }) => never));
  const waives = combineRules(approvals.map(({ waive }) => waive));
  return (operation) => {
    if (!allows(operation) || denies(operation) || forbids(operation)) return "forbidden";
    if (asks(operation)) return "ask";
    if (waives(operation)) return "never-ask";
    return spares(operation) && operation.isConfirmed !== true ? "never-ask" : "allowed";
  };
}

function combineRules(lists: readonly RoleEntry["allow"][]): OperationMatcher {
  return compileRules(lists.flatMap((rules = []) => rules));
}

/** Combines limits to the highest of each kind and period. A role without a limit does not lift that of another. */
function combineLimits(all: readonly CallerLimits[]): CallerLimits {
  const byKind = Map.groupBy(all.flat(), (rule) => `${rule.kind} ${"unit" in rule ? rule.unit : ""}`);
  return [...byKind.values()].map((rules) =>
    rules.reduce((highest, rule) => (rule.amount > highest.amount ? rule : highest)),
  );
}
