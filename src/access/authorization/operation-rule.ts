/** Matches operations and other tools against a rule of a role. */
import { compileTextGlob } from "../../config/glob.ts";
import { matchPathAndBelow } from "../../config/path-rule.ts";
import type { OperationRule } from "./roles-schema.ts";
import type { OperationFacts } from "./types.ts";

export type OperationMatcher = (operation: OperationFacts) => boolean;

/** Compiles rules to a matcher of any of them. */
export function compileRules(rules: readonly OperationRule[]): OperationMatcher {
  const matchers = rules.map(compileRule);
  return (operation) => matchers.some((matches) => matches(operation));
}

function compileRule(rule: OperationRule): OperationMatcher {
  if (typeof rule !== "string") return compileConditions(rule);
  const [, method, path] = /^(\S+)\s+(\S.*)$/.exec(rule) ?? [];
  if (method !== undefined && path !== undefined)
    return compileConditions({ method, ...(path !== "*" && { path }) });
  return compileConditions(rule.startsWith("/") ? { path: rule } : { operation: rule });
}

type Conditions = Exclude<OperationRule, string>;

/** Each condition of a rule, as a test of the texts that it is about. A tool without such a text does not meet it. */
function compileConditions({
  operation,
  method,
  path,
  tag,
  api,
  source,
  readOnly,
}: Conditions): OperationMatcher {
  const conditions: OperationMatcher[] = [];
  const require = (
    patterns: Conditions["operation"],
    compile: (pattern: string) => (text: string) => boolean,
    read: (operation: OperationFacts) => readonly (string | undefined)[],
  ) => {
    if (patterns === undefined) return;
    const matchers = [patterns].flat().map(compile);
    conditions.push((facts) =>
      read(facts).some((text) => text !== undefined && matchers.some((matches) => matches(text))),
    );
  };
  require(operation, compileTextGlob, ({ name, operationId }) => [name, operationId]);
  require(method, (pattern) => compileTextGlob(pattern.toUpperCase()), (facts) => [
    facts.method?.toUpperCase(),
  ]);
  require(path, matchPathAndBelow, (facts) => [facts.path]);
  require(tag, compileTextGlob, ({ tags }) => tags);
  require(api, compileTextGlob, (facts) => [facts.api]);
  require(source, compileTextGlob, (facts) => [facts.source]);
  if (readOnly !== undefined) conditions.push((facts) => facts.readOnly === readOnly);
  return (facts) => conditions.every((holds) => holds(facts));
}
