/** What shaped the tools, told to the operator. */
import type { OverlayReport } from "../../openapi/types.ts";
import type { Toolbox } from "../types.ts";

export interface RuleReport {
  /** One for each rule: what it did to how many operations. */
  readonly lines: readonly string[];
  /** Rules that did nothing, and what could not be read. */
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
