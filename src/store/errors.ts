/** What stores tell their callers of trouble; `detail` is for the log. */
import type { SessionId } from "../chat/types.ts";
import { AppError } from "../errors.ts";
import { parseJson } from "../json.ts";

/** The store cannot be reached, is full, read-only or gone. */
export function storeUnavailable(detail: string, cause?: unknown): AppError {
  const message = "Conversations cannot be kept at the moment. Please try again shortly.";
  return new AppError("store_unavailable", message, { detail, retryable: true, cause });
}

export function sessionNotFound(detail?: string): AppError {
  const message = "This conversation is no longer kept. Start a new one.";
  return new AppError("session_not_found", message, detail === undefined ? {} : { detail });
}

export function leaseLost(): AppError {
  return new AppError("lease_lost", "This conversation goes on elsewhere.");
}

/** What is stored of a session, from its JSON. @throws AppError `session_not_found`: damage costs that session alone. */
export function parseStored<T>(id: SessionId, text: string): T {
  try {
    return parseJson(text) as T;
  } catch (error) {
    throw sessionNotFound(`what is stored of session ${id} cannot be read: ${messageOf(error)}`);
  }
}

/** Undefined when what is stored cannot be read: a list leaves such a session out. */
export function readOrSkip<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof AppError && error.code === "session_not_found") return undefined;
    throw error;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
