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
          ({ overlay, action, what, places, operations }) =>
            `${overlay} action ${action} (${what}) changes ${counted(places, "place")} in ${counted(operations, "operation")}`,
        ),
      ...effects.map(({ rule, does, operations }) => `${rule} ${does} ${counted(operations, "operation")}`),
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

function counted(count: number, what: string): string {
  return `${count.toLocaleString("en-US")} ${what}${count === 1 ? "" : "s"}`;
}
