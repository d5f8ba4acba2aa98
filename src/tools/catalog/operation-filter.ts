/** Filters operations by the rules of the settings: by path, method, tag and operationId. */
import { compileTextGlob } from "../../config/glob.ts";
import { matchPathAndBelow, matchPathPrefix } from "../../config/path-rule.ts";

/**
 * Lists of rules. Every entry can be a glob. An empty list of allowed values allows all. An operation must be allowed
 * by every kind of rule.
 */
export interface FilterRules {
  readonly allowedPaths: readonly string[];
  readonly excludedPaths: readonly string[];
  readonly allowedMethods: readonly string[];
  readonly excludedMethods: readonly string[];
  readonly allowedTags: readonly string[];
  readonly excludedTags: readonly string[];
  /** Operation ids or tool names. */
  readonly allowedOperations: readonly string[];
  readonly excludedOperations: readonly string[];
  /** Paths that are excluded by default, matched by complete segments. Ignored when `allowedPaths` is set. */
  readonly builtInPaths: readonly string[];
}

/** The properties of an operation that rules match against. */
export interface FilterCandidate {
  readonly method: string;
  readonly path: string;
  readonly tags: readonly string[];
  readonly operationId?: string | undefined;
  /** The tool's name. */
  readonly name: string;
}

/** One entry of a setting. */
export interface FilterRule {
  /** `--excluded-tags internal` */
  readonly rule: string;
  readonly effect: "allows" | "excludes";
  readonly matches: (candidate: FilterCandidate) => boolean;
}

export interface OperationFilter {
  /** The rules of the settings, without the built-in paths. */
  readonly rules: readonly FilterRule[];
  /** Returns why an operation is excluded, naming the rule; undefined when it is offered. */
  readonly findRejectionReason: (candidate: FilterCandidate) => string | undefined;
}

export function createOperationFilter(settings: Partial<FilterRules>): OperationFilter {
  const exclusions = KINDS.flatMap(({ excluded, out }) => createRules(settings, excluded, "excludes", out));
  const allowances = KINDS.map((kind) => ({
    ...kind,
    rules: createRules(settings, kind.allowed, "allows", kind.in),
  })).filter(({ rules }) => rules.length > 0);
  const hasPathAllowance = allowances.some(({ allowed }) => allowed === "allowedPaths");
  const builtIn = (hasPathAllowance ? [] : (settings.builtInPaths ?? [])).map((path) => ({
    path,
    matches: matchPathAndBelow(path),
  }));
  return {
    rules: [...allowances.flatMap(({ rules }) => rules), ...exclusions],
    findRejectionReason(candidate) {
      const exclusion = exclusions.find(({ matches }) => matches(candidate));
      if (exclusion) return `excluded by ${exclusion.rule}`;
      const unmet = allowances.find(({ rules }) => !rules.some(({ matches }) => matches(candidate)));
      if (unmet) return `${unmet.otherwise} ${toFlag(unmet.allowed)} ${settings[unmet.allowed]?.join(",")}`;
      const builtInMatch = builtIn.find(({ matches }) => matches(candidate.path));
      return (
        builtInMatch &&
        `excluded by default (${builtInMatch.path}); include it with --allowed-paths ${builtInMatch.path}`
      );
    },
  };
}

type Matcher = FilterRule["matches"];
type Setting = Exclude<keyof FilterRules, "builtInPaths">;

/** The settings of each kind of rule, with their matchers. `otherwise` words why an operation is not allowed. */
const KINDS: readonly {
  readonly allowed: Setting;
  readonly excluded: Setting;
  readonly otherwise: string;
  readonly in: (entry: string) => Matcher;
  readonly out: (entry: string) => Matcher;
}[] = [
  {
    allowed: "allowedPaths",
    excluded: "excludedPaths",
    otherwise: "not below",
    in: (entry) => byPath(matchPathAndBelow(entry)),
    out: (entry) => byPath(matchPathPrefix(entry)),
  },
  {
    allowed: "allowedMethods",
    excluded: "excludedMethods",
    otherwise: "not in",
    in: byMethod,
    out: byMethod,
  },
  { allowed: "allowedTags", excluded: "excludedTags", otherwise: "no tag in", in: byTag, out: byTag },
  {
    allowed: "allowedOperations",
    excluded: "excludedOperations",
    otherwise: "not in",
    in: byName,
    out: byName,
  },
];

function createRules(
  settings: Partial<FilterRules>,
  setting: Setting,
  effect: FilterRule["effect"],
  matcher: (entry: string) => Matcher,
): FilterRule[] {
  return (settings[setting] ?? []).map((entry) => ({
    rule: `${toFlag(setting)} ${entry}`,
    effect,
    matches: matcher(entry),
  }));
}

function toFlag(setting: Setting): string {
  return `--${setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function byPath(matches: (path: string) => boolean): Matcher {
  return ({ path }) => matches(path);
}

function byMethod(entry: string): Matcher {
  const matches = compileTextGlob(entry.toUpperCase());
  return ({ method }) => matches(method);
}

function byTag(entry: string): Matcher {
  const matches = compileTextGlob(entry);
  return ({ tags }) => tags.some(matches);
}

function byName(entry: string): Matcher {
  const matches = compileTextGlob(entry);
  return ({ operationId, name }) => (operationId !== undefined && matches(operationId)) || matches(name);
}
