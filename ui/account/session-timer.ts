/** Decides when the session of the user is renewed: before it ends, if the user was active or a turn runs, else with the next activity. */

export interface SessionTimer {
  /** Begins a session of this many seconds. Null when it does not end. */
  start(lifetimeS: number | null): void;
  stop(): void;
  /** Runs work a little later, in place of what was planned. */
  retry(work: () => void): void;
  readonly noticeActivity: () => void;
  hasEnded(): boolean;
  /** Returns whether a session of this many seconds ends later than the known one. */
  isLater(lifetimeS: number | null): boolean;
}

export interface SessionTimerOptions {
  readonly renew: () => void;
  /** Whether something goes on that must not be interrupted: a turn. */
  readonly isBusy: () => boolean;
}

/** A session is renewed this many milliseconds before its end, or in the last fifth of a short one. */
const RENEW_BEFORE_MS = 60_000;
const RETRY_MS = 5000;
/** The longest delay that `setTimeout` supports. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export function createSessionTimer({ renew, isBusy }: SessionTimerOptions): SessionTimer {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let endsAt = Number.POSITIVE_INFINITY;
  /** The session is renewed as soon as the user does something. */
  let isDue = false;
  let wasActive = false;

  function schedule(work: () => void, delayMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(work, Math.min(delayMs, MAX_DELAY_MS));
  }

  function handleDue(): void {
    isDue = !wasActive && !isBusy();
    if (!isDue) renew();
  }

  return {
    start(lifetimeS) {
      clearTimeout(timer);
      endsAt = endOf(lifetimeS);
      isDue = false;
      wasActive = false;
      if (lifetimeS !== null)
        schedule(handleDue, lifetimeS * 1000 - Math.min(RENEW_BEFORE_MS, lifetimeS * 200));
    },
    stop() {
      clearTimeout(timer);
      isDue = false;
    },
    retry: (work) => schedule(work, RETRY_MS),
    noticeActivity() {
      wasActive = true;
      if (!isDue) return;
      isDue = false;
      renew();
    },
    hasEnded: () => Date.now() >= endsAt,
    isLater: (lifetimeS) => endOf(lifetimeS) > endsAt + RETRY_MS,
  };
}

function endOf(lifetimeS: number | null): number {
  return lifetimeS === null ? Number.POSITIVE_INFINITY : Date.now() + lifetimeS * 1000;
}
