/** The errors of the stores. `message` is for the user, `detail` for the log. */
import type { SessionId } from "../chat/types.ts";
import { AppError } from "../errors.ts";
import { parseJson } from "../json.ts";

/** Creates the error for a store that is unreachable, full, read-only or missing. */
export function storeUnavailable(detail: string, cause?: unknown): AppError {
  const message = "Conversations cannot be saved right now. Please try again shortly.";
  return new AppError("store_unavailable", message, { detail, retryable: true, cause });
}

export function sessionNotFound(detail?: string): AppError {
  const message = "This conversation no longer exists. Start a new one.";
  return new AppError("session_not_found", message, detail === undefined ? {} : { detail });
}

export function leaseLost(): AppError {
  return new AppError("lease_lost", "Another process took over this session.");
}

/**
 * Parses stored JSON of a session. Damage to one session does not affect the others.
 * @throws AppError `session_not_found`
 */
export function parseStored<T>(id: SessionId, text: string): T {
  try {
    return parseJson(text) as T;
  } catch (error) {
    throw sessionNotFound(`stored data of session ${id} is unreadable: ${messageOf(error)}`);
  }
}

/** Returns undefined when the stored data is unreadable, so that a list leaves the session out. */
export function readOrSkip<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isSessionNotFound(error)) return undefined;
    throw error;
  }
}

export function isSessionNotFound(error: unknown): boolean {
  return error instanceof AppError && error.code === "session_not_found";
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
