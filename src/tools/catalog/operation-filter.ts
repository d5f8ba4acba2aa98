/** Which operations the settings leave out: by path, method, tag and operationId. */
import picomatch from "picomatch";
import { matchPathAndBelow, matchPathPrefix } from "./path-rule.ts";

/** Every entry may be a glob. Empty lists of what is allowed allow all; of different kinds all must allow. */
export interface FilterRules {
  readonly allowedPaths: readonly string[];
  readonly excludedPaths: readonly string[];
  readonly allowedMethods: readonly string[];
  readonly excludedMethods: readonly string[];
  readonly allowedTags: readonly string[];
  readonly excludedTags: readonly string[];
  /** By operationId, or by the tool's name. */
  readonly allowedOperations: readonly string[];
  readonly excludedOperations: readonly string[];
  /** Paths left out without anybody asking, by whole segments; allowed paths that name them bring them back. */
  readonly builtInPaths: readonly string[];
}

/** An operation as the rules see it. */
export interface FilterCandidate {
  readonly method: string;
  readonly path: string;
  readonly tags: readonly string[];
  readonly operationId?: string | undefined;
  /** The tool's. */
  readonly name: string;
}

/** One entry of one setting. */
export interface FilterRule {
  /** `--excluded-tags internal` */
  readonly rule: string;
  readonly effect: "allows" | "leaves out";
  readonly matches: (candidate: FilterCandidate) => boolean;
}

export interface OperationFilter {
  /** Those of settings; the built-in ones are not among them. */
  readonly rules: readonly FilterRule[];
  /** Why an operation is left out, naming the rule that did it; undefined when it is offered. */
  readonly findRejectionReason: (candidate: FilterCandidate) => string | undefined;
}

export function createOperationFilter(settings: Partial<FilterRules>): OperationFilter {
  const exclusions = KINDS.flatMap(({ excluded, out }) => createRules(settings, excluded, "leaves out", out));
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
        `left out by default (${builtInMatch.path}); --allowed-paths ${builtInMatch.path} offers it`
      );
    },
  };
}

type Matcher = FilterRule["matches"];
type Setting = Exclude<keyof FilterRules, "builtInPaths">;

/** Each kind's two settings, and what an entry of either matches. `otherwise`: why an operation is not allowed. */
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
  const matches = compileGlob(entry.toUpperCase());
  return ({ method }) => matches(method);
}

function byTag(entry: string): Matcher {
  const matches = compileGlob(entry);
  return ({ tags }) => tags.some(matches);
}

function byName(entry: string): Matcher {
  const matches = compileGlob(entry);
  return ({ operationId, name }) => (operationId !== undefined && matches(operationId)) || matches(name);
}

/** A star spans everything: `repos/*`, `*-admin`; what is written out matches itself alone. */
function compileGlob(pattern: string): (text: string) => boolean {
  if (!/[*?[]/.test(pattern)) return (text) => text === pattern;
  const matches = picomatch(pattern, {
    bash: true,
    nobrace: true,
    noextglob: true,
    nonegate: true,
    dot: true,
  });
  return (text) => text === pattern || matches(text);
}
