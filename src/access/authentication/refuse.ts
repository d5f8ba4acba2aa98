/** Creates the error for credentials that are not accepted. */
import { AppError } from "../../errors.ts";

/** Why credentials are not accepted. */
export type RefusalReason =
  | "no_credentials"
  | "unknown_key"
  | "expired"
  | "revoked"
  | "invalid_token"
  | "wrong_issuer"
  | "wrong_audience"
  | "missing_claim"
  | "untrusted_proxy"
  | "other_user";

/** @param message is shown to the client. It holds nothing of the credential. */
export function refuse(reason: RefusalReason, message: string): AppError {
  return new AppError("unauthorized", message, { reason });
}
