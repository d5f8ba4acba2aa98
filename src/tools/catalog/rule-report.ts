/** Reports to the operator how overlays, rules and `x-specchat` shaped the tools. */
import type { OverlayReport } from "../../openapi/types.ts";
import type { Toolbox } from "../types.ts";

export interface RuleReport {
  /** One line for each rule, with the number of operations that it matched. */
  readonly lines: readonly string[];
  /** Rules without effect, and values that cannot be read. */
  readonly warnings: readonly string[];
}

export function reportRules(
  overlays: readonly (OverlayReport | undefined)[],
  { effects, warnings }: Pick<Toolbox, "effects" | "warnings">,
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
  };
}

function formatCount(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}
