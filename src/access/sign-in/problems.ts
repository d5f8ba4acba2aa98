/** Classifies what can go wrong at the OpenID provider. */
import type { SignInProblem } from "./types.ts";

/** A sign-in that failed. `message` is for the log; users read the sentence of the problem. */
export class SignInError extends Error {
  override readonly name = "SignInError";
  readonly problem: SignInProblem;
  /** The provider would have to ask the user something. */
  readonly needsQuestion: boolean;

  constructor(problem: SignInProblem, message: string, needsQuestion = false) {
    super(message);
    this.problem = problem;
    this.needsQuestion = needsQuestion;
  }
}

/** Errors of a request with `prompt=none`: OpenID Connect Core, section 3.1.2.6. */
const QUESTIONS: ReadonlySet<string> = new Set([
  "login_required",
  "interaction_required",
  "consent_required",
  "account_selection_required",
]);

/** Codes of the provider: RFC 6749, sections 4.1.2.1 and 5.2. */
const PROBLEMS: Readonly<Record<string, SignInProblem>> = {
  access_denied: "denied",
  invalid_grant: "expired",
  temporarily_unavailable: "unavailable",
  server_error: "unavailable",
};

/** The fields of the errors of openid-client that are used, over all of its classes. */
interface ProviderFailure {
  readonly code?: string;
  readonly error?: string;
  readonly status?: number;
  readonly cause?: unknown;
}

/** Returns the problem behind an error of a request to the provider. */
export function toSignInError(thrown: unknown): SignInError {
  if (thrown instanceof SignInError) return thrown;
  const { code, error, status, cause } = (thrown ?? {}) as ProviderFailure;
  const message = describe(thrown);
  if (error !== undefined) {
    const isBusy = status !== undefined && (status >= 500 || status === 429);
    return new SignInError(
      PROBLEMS[error] ?? (isBusy ? "unavailable" : "failed"),
      message,
      QUESTIONS.has(error),
    );
  }
  if (code === "OAUTH_JWT_TIMESTAMP_CHECK_FAILED") return new SignInError("clock", message);
  const isResponse = cause instanceof Response;
  const isInvalid = code?.startsWith("OAUTH_") === true && !/TIMEOUT|ABORT/.test(code);
  if (isResponse ? cause.status < 500 && cause.status !== 429 : isInvalid)
    return new SignInError("failed", message);
  return new SignInError("unavailable", message);
}

/** Returns one line without values of the response, which may be tokens. */
function describe(thrown: unknown): string {
  const parts: string[] = [];
  for (let error = thrown; error instanceof Error && parts.length < 4; error = error.cause) {
    const { code, error: name } = error as ProviderFailure;
    parts.push([error.message, name ?? code].filter(Boolean).join(" "));
  }
  // The code of an error may come from the address that anyone can open.
  const text = [...new Set(parts)].join(": ").replaceAll(/[^\w .,:;()"'/-]+/g, " ");
  return text.slice(0, 300) || "unknown error";
}
