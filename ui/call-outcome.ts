/** Says in words how a call ended. */

import { formatDuration } from "./format.ts";
import { t } from "./language/language.ts";
import type { CallPart } from "./state/types.ts";

/** Returns why nothing was sent; undefined for a call that was. */
export function explainRefusal({ refused }: Pick<CallPart, "refused">): string | undefined {
  return refused && t(`refusal.${refused}`);
}

/** Returns the short outcome of a finished call: "200 rows · 23 ms", "404 · 12 ms" or "refused". */
export function describeOutcome(call: CallPart): string {
  const { status, refused, httpStatus, rows, durationMs, approval } = call;
  if (status === "running" && approval?.decision === "denied") return t("outcome.refused");
  if (status === "running" || status === "waiting") return "";
  if (status === "unknown") return t("outcome.noResult");
  if (refused === "arguments") return t("outcome.notSent");
  if (refused !== undefined) return t(refused === "expired" ? "outcome.expired" : "outcome.refused");
  const parts = [
    ...(rows === undefined ? [] : [t("count.rows", { count: rows })]),
    ...(status === "failed" ? [httpStatus === undefined ? t("outcome.failed") : String(httpStatus)] : []),
    ...(durationMs === undefined ? [] : [formatDuration(durationMs)]),
  ];
  return parts.join(" · ");
}

/** Returns the line of several finished calls: "3 calls, 1 failed". */
export function summarizeCalls(calls: readonly CallPart[]): string {
  const refused = calls.filter((call) => call.refused !== undefined).length;
  const failed = calls.filter((call) => call.status === "failed" && call.refused === undefined).length;
  return [
    t("count.calls", { count: calls.length }),
    ...(failed > 0 ? [t("outcome.failedCount", { count: failed })] : []),
    ...(refused > 0 ? [t("outcome.refusedCount", { count: refused })] : []),
  ].join(t("count.separator"));
}
