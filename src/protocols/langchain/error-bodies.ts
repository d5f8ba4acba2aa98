/** The error bodies of the langchain protocol. Validation errors are in `validation-errors.ts`. Pure. */
import { type AppError, withoutAccount } from "../../errors.ts";
import { PROVIDER } from "./provider.ts";

export function encodeError({ code, message }: AppError) {
  return { error: code, message };
}

export function sessionNotFound(id: string) {
  return { error: "session_not_found", message: `Session '${id}' not found`, session_id: id };
}

export function invalidProvider(provider: string) {
  return {
    error: "invalid_provider",
    message: `Invalid provider '${provider}'`,
    provider,
    valid_providers: [PROVIDER],
  };
}

/** Explains how an AWS account gets access to models. */
export const SETUP_URL = "https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html";

/** Reports that the model cannot be called, and what to do about it. */
export function serviceUnavailable(fullProblem: string, fullAdvice: string) {
  const [problem, advice] = [withoutAccount(fullProblem), withoutAccount(fullAdvice)];
  return {
    error: "service_unavailable",
    message: `${problem} ${advice}`,
    provider: PROVIDER,
    setup_url: SETUP_URL,
    details: advice,
  };
}
