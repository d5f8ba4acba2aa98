/** Trace contexts and their header: https://www.w3.org/TR/trace-context/#traceparent-header */
import { currentScope } from "./scope.ts";
import type { TraceContext } from "./types.ts";

const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-.*)?$/;

/** Returns undefined for a missing or invalid header. */
export function parseTraceparent(header: string | null): TraceContext | undefined {
  const found = TRACEPARENT.exec(header ?? "");
  if (!found) return undefined;
  const [text, traceId = "", spanId = "", flags = "", rest] = found;
  // Version 00 has nothing after the flags.
  if (text.startsWith("00") && rest !== undefined) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

function formatTraceparent({ traceId, spanId, isSampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? "01" : "00"}`;
}

/** Returns the header for requests of the running code. */
export function currentTraceparent(): string | undefined {
  const { trace } = currentScope();
  return trace && formatTraceparent(trace);
}

/**
 * Returns the context of a new span.
 * @param ratio the share of traces that are sampled, from 0 to 1. A sampled parent has sampled children.
 */
export function startSpan(parent: TraceContext | undefined, ratio: number): TraceContext {
  const traceId = parent?.traceId ?? randomHex(16);
  return {
    traceId,
    spanId: randomHex(8),
    isSampled: parent?.isSampled === true || isInSample(traceId, ratio),
  };
}

/** Decides by the trace id, so that all processes of a trace decide alike. */
function isInSample(traceId: string, ratio: number): boolean {
  return Number.parseInt(traceId.slice(-13), 16) < ratio * 2 ** 52;
}

function randomHex(bytes: number): string {
  for (;;) {
    const text = crypto.getRandomValues(new Uint8Array(bytes)).toHex();
    // All zeros is invalid.
    if (/[^0]/.test(text)) return text;
  }
}
