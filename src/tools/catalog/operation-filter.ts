/** Which operations the settings leave out: by path, method, tag and operationId. */
import picomatch from "picomatch";
import { atPathBeginning, belowPath } from "./path-rule.ts";

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
export interface Candidate {
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
  readonly does: "allows" | "leaves out";
  readonly matches: (candidate: Candidate) => boolean;
}

export interface OperationFilter {
  /** Those of settings; the built-in ones are not among them. */
  readonly rules: readonly FilterRule[];
  /** Why an operation is left out, naming the rule that did it; undefined when it is offered. */
  readonly reasonAgainst: (candidate: Candidate) => string | undefined;
}

export function createOperationFilter(settings: Partial<FilterRules>): OperationFilter {
  const exclusions = KINDS.flatMap(({ excluded, out }) => rulesOf(settings, excluded, "leaves out", out));
  const allowances = KINDS.map((kind) => ({
    ...kind,
    rules: rulesOf(settings, kind.allowed, "allows", kind.in),
  })).filter(({ rules }) => rules.length > 0);
  const isByPath = allowances.some(({ allowed }) => allowed === "allowedPaths");
  const builtIn = (isByPath ? [] : (settings.builtInPaths ?? [])).map((path) => ({
    path,
    matches: belowPath(path),
  }));
  return {
    rules: [...allowances.flatMap(({ rules }) => rules), ...exclusions],
    reasonAgainst(candidate) {
      const exclusion = exclusions.find(({ matches }) => matches(candidate));
      if (exclusion) return `excluded by ${exclusion.rule}`;
      const closed = allowances.find(({ rules }) => !rules.some(({ matches }) => matches(candidate)));
      if (closed) return `${closed.otherwise} ${flag(closed.allowed)} ${settings[closed.allowed]?.join(",")}`;
      const own = builtIn.find(({ matches }) => matches(candidate.path));
      return own && `left out by default (${own.path}); --allowed-paths ${own.path} offers it`;
    },
  };
}

type Matches = FilterRule["matches"];
type Setting = Exclude<keyof FilterRules, "builtInPaths">;

/** Each kind's two settings, and what an entry of either matches. `otherwise`: why an operation is not allowed. */
const KINDS: readonly {
  readonly allowed: Setting;
  readonly excluded: Setting;
  readonly otherwise: string;
  readonly in: (entry: string) => Matches;
  readonly out: (entry: string) => Matches;
}[] = [
  {
    allowed: "allowedPaths",
    excluded: "excludedPaths",
    otherwise: "not below",
    in: (entry) => byPath(belowPath(entry)),
    out: (entry) => byPath(atPathBeginning(entry)),
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

function rulesOf(
  settings: Partial<FilterRules>,
  setting: Setting,
  does: FilterRule["does"],
  matcher: (entry: string) => Matches,
): FilterRule[] {
  return (settings[setting] ?? []).map((entry) => ({
    rule: `${flag(setting)} ${entry}`,
    does,
    matches: matcher(entry),
  }));
}

function flag(setting: Setting): string {
  return `--${setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function byPath(matches: (path: string) => boolean): Matches {
  return ({ path }) => matches(path);
}

function byMethod(entry: string): Matches {
  const matches = glob(entry.toUpperCase());
  return ({ method }) => matches(method);
}

function byTag(entry: string): Matches {
  const matches = glob(entry);
  return ({ tags }) => tags.some(matches);
}

function byName(entry: string): Matches {
  const matches = glob(entry);
  return ({ operationId, name }) => (operationId !== undefined && matches(operationId)) || matches(name);
}

/** A star spans everything: `repos/*`, `*-admin`; what is written out matches itself alone. */
function glob(pattern: string): (text: string) => boolean {
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
