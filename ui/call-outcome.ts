/** Says in words how a call ended. */
import { formatCount, formatDuration } from "./format.ts";
import type { CallPart } from "./state/types.ts";

const REFUSALS: Readonly<Record<NonNullable<CallPart["refused"]>, string>> = {
  person: "You refused this call. Nothing was sent.",
  expired: "Nobody allowed this call in time. Nothing was sent.",
  stopped: "The reply was stopped before this call was allowed. Nothing was sent.",
  policy: "This call is not allowed here. Nothing was sent.",
  limit: "The reply had reached its limit of calls. Nothing was sent.",
  repeated: "The assistant had made the same call before. It was not sent again.",
  arguments: "The values did not fit the operation. Nothing was sent.",
};

/** Returns why nothing was sent; undefined for a call that was. */
export function explainRefusal({ refused }: Pick<CallPart, "refused">): string | undefined {
  return refused && REFUSALS[refused];
}

/** Returns the short outcome of a finished call: "200 rows · 23 ms", "404 · 12 ms" or "refused". */
export function describeOutcome(call: CallPart): string {
  const { status, refused, httpStatus, rows, durationMs, approval } = call;
  if (status === "running" && approval?.decision === "denied") return "refused";
  if (status === "running" || status === "waiting") return "";
  if (status === "unknown") return "no result";
  if (refused === "arguments") return "not sent";
  if (refused !== undefined) return refused === "expired" ? "expired" : "refused";
  const parts = [
    ...(rows === undefined ? [] : [formatCount(rows, "row")]),
    ...(status === "failed" ? [httpStatus === undefined ? "failed" : String(httpStatus)] : []),
    ...(durationMs === undefined ? [] : [formatDuration(durationMs)]),
  ];
  return parts.join(" · ");
}

/** Returns the line of several finished calls: "3 calls, 1 failed". */
export function summarizeCalls(calls: readonly CallPart[]): string {
  const refused = calls.filter((call) => call.refused !== undefined).length;
  const failed = calls.filter((call) => call.status === "failed" && call.refused === undefined).length;
  return [
    formatCount(calls.length, "call"),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(refused > 0 ? [`${refused} refused`] : []),
  ].join(", ");
}
