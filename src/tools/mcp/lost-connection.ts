/** Tells which failures of a call mean that the connection or the session is lost. Pure. */
import { ProtocolError, SdkError, SdkErrorCode } from "@modelcontextprotocol/client";

/**
 * Checks whether the server no longer knows the session, so that it did not run the call. By the specification the status
 * is 404 (Session Management). Many servers respond with 400 or 410, or with a JSON-RPC error, and name the session.
 */
export function isSessionLoss(error: unknown): boolean {
  // Other codes are of the tool, which may have sessions of its own.
  if (error instanceof ProtocolError) return SESSION_CODES.has(error.code) && isAboutSession(error.message);
  if (!(error instanceof SdkError) || !("status" in error)) return false;
  const { status } = error;
  return status === 404 || ((status === 400 || status === 410) && isAboutSession(error.message));
}

const SESSION_CODES = new Set([-32001, -32000, -32600]);

function isAboutSession(message: string): boolean {
  if (/\bnot (been )?initiali[sz]ed\b/i.test(message)) return true;
  const isLost = /not found|invalid|missing|unknown|expired|terminated|no valid|not exist|closed|required/i;
  return /\bsession\b/i.test(message) && isLost.test(message);
}

/** Checks whether an error means a lost connection. An error response of the server does not. */
export function isConnectionLoss(error: unknown): boolean {
  if (error instanceof ProtocolError) return false;
  return !(error instanceof SdkError) || CONNECTION_LOSS_CODES.has(error.code) || "status" in error;
}

const CONNECTION_LOSS_CODES = new Set<string>([
  SdkErrorCode.NotConnected,
  SdkErrorCode.ConnectionClosed,
  SdkErrorCode.SendFailed,
  SdkErrorCode.ClientHttpFailedToOpenStream,
]);
