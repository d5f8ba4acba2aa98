/**
 * Recognizes that the service refused the date of a signature, and corrects the clock that requests are signed with.
 * The SDK corrects it too, but not for responses with an event stream.
 */
import { isRecord } from "./calls.ts";

/** The types that name the date. Those of a wrong signature name it in their message. */
const DATE_ERRORS = /^(RequestTimeTooSkewed|RequestExpired|RequestInTheFuture)(Exception)?$/;
const SIGNATURE_ERRORS = /^(InvalidSignature|SignatureDoesNotMatch)(Exception)?$/;
const DATE_MESSAGE =
  /signature (has )?expired|signature not yet current|request (has )?expired|request time.*too large/i;

/** The least difference of the clocks that explains a refused signature. AWS accepts five minutes. */
const MIN_SKEW_MS = 4 * 60_000;

interface DatedRefusal {
  readonly type: string;
  readonly message: string;
  readonly clockOffsetMs?: number | undefined;
}

/** Returns true when the service refused the date of a signature. */
export function isClockRefusal({ type, message, clockOffsetMs = 0 }: DatedRefusal): boolean {
  if (DATE_ERRORS.test(type)) return true;
  return (
    SIGNATURE_ERRORS.test(type) && (DATE_MESSAGE.test(message) || Math.abs(clockOffsetMs) >= MIN_SKEW_MS)
  );
}

/**
 * Returns the clock of the service minus that of this machine, in milliseconds: from the Date header of its response,
 * or from a message such as `… is now earlier than 20261129T013000Z (20261129T013500Z - 5 min.)`.
 */
export function readClockOffset(headers: unknown, message: string): number | undefined {
  const date = isRecord(headers) ? Date.parse(String(headers.date ?? headers.Date)) : Number.NaN;
  const time = Number.isNaN(date) ? parseServiceTime(message) : date;
  return Number.isNaN(time) ? undefined : time - Date.now();
}

function parseServiceTime(message: string): number {
  const [, day, hours, minutes, seconds] = /\((\d{8})T(\d\d)(\d\d)(\d\d)Z/.exec(message) ?? [];
  if (day === undefined) return Number.NaN;
  const date = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
  return Date.parse(`${date}T${hours}:${minutes}:${seconds}Z`);
}

/** Returns what the operator should do. */
export function adviseClock({ clockOffsetMs }: Pick<DatedRefusal, "clockOffsetMs">): string {
  const skew = describeSkew(clockOffsetMs);
  return `The clock of this machine is wrong${skew}, so AWS refuses the date of its signatures: set it, or start a time service (NTP).`;
}

/** Returns how far the clock of this machine is from that of the service, in words; empty when that is unknown. */
function describeSkew(offsetMs: number | undefined): string {
  if (offsetMs === undefined || Math.abs(offsetMs) < MIN_SKEW_MS) return "";
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  const parts = [days > 0 && `${days} d`, hours > 0 && `${hours} h`, `${minutes % 60} min`].filter(Boolean);
  return `: it is ${parts.join(" ")} ${offsetMs > 0 ? "slow" : "fast"}`;
}

/** Corrects the clock of the SDK's client after a refused date, so that the next attempt is signed with the right one. */
export function correctClock(config: { systemClockOffset: number }, refusal: DatedRefusal | undefined): void {
  if (refusal?.clockOffsetMs !== undefined && isClockRefusal(refusal))
    config.systemClockOffset = refusal.clockOffsetMs;
}
