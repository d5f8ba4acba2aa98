/** Reports to the operator how overlays, rules and `x-specchat` shaped the tools. */
import type { OverlayReport } from "../../openapi/types.ts";
import type { Toolbox } from "../types.ts";
import type { RuleEffect } from "./types.ts";

export interface RuleReport {
  /** One line for each rule, with the number of operations that it matched. */
  readonly lines: readonly string[];
  /** Rules without effect, and values that cannot be read. */
  readonly warnings: readonly string[];
  /** What is wrong with exclusions that match no operation, and how to go on. Undefined when there are none. */
  readonly unmatched?: string | undefined;
}

/**
 * @param overlays The overlays of each API.
 * @param builtInPaths Paths that are excluded by default. A rule that repeats one of them may match nothing.
 */
export function reportRules(
  overlays: readonly (OverlayReport | undefined)[],
  { effects, warnings }: Pick<Toolbox, "effects" | "warnings">,
  builtInPaths: readonly string[],
): RuleReport {
  const reports = overlays.filter((overlay) => overlay !== undefined);
  return {
    lines: [
      ...reports
        .flatMap((report) => report.effects)
        .map(
          ({ overlay, action, summary, matches, operations }) =>
            `${overlay} action ${action} (${summary}) changes ${formatCount(matches, "place")} in ${formatCount(operations, "operation")}`,
        ),
      ...effects.map(
        ({ rule, effect, operations }) => `${rule} ${effect} ${formatCount(operations, "operation")}`,
      ),
    ],
    warnings: [
      ...reports.flatMap((report) => report.warnings),
      ...warnings,
      ...effects
        .filter(({ operations }) => operations === 0)
        .map(({ rule }) => `${rule} matches no operation`),
    ],
    unmatched: overlays.length === 0 ? undefined : describeUnmatchedExclusions(effects, builtInPaths),
  };
}

function describeUnmatchedExclusions(
  effects: readonly RuleEffect[],
  builtInPaths: readonly string[],
): string | undefined {
  const redundant = new Set(
    builtInPaths.flatMap((path) => [`--excluded-paths ${path}`, `--excluded-paths ${path}/`]),
  );
  const rules = effects
    .filter(
      ({ effect, operations, rule }) => effect === "excludes" && operations === 0 && !redundant.has(rule),
    )
    .map(({ rule }) => rule);
  if (rules.length === 0) return undefined;
  const [verb, object] = rules.length === 1 ? ["matches", "the rule"] : ["match", "the rules"];
  return `${rules.join(" and ")} ${verb} no operation, so nothing is left out. Correct ${object} (\`specchat tools\` lists the operations), or pass --allow-unmatched to go on.`;
}

function formatCount(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}
