/** What errors of Bedrock mean by their type and by their HTTP status. */
import type { ErrorCode } from "../../errors.ts";
import { isForeignResponse, REACHED_ANOTHER_SERVER } from "./foreign-response.ts";
import type { UpstreamError } from "./upstream.ts";

export const BUSY_MESSAGE = "I'm experiencing high traffic. Please try again in a moment.";
export const NO_ACCESS_MESSAGE = "I don't have access to that model. Please contact support.";
const NO_SIGN_IN_MESSAGE = "I can't sign in to the model service. Please contact support.";
export const FAILURE_MESSAGE = "I'm having technical difficulties. Please try again later.";
export const TOO_LONG_MESSAGE =
  "This conversation has become too long for the model. Please start a new one.";

export interface ErrorMapping {
  readonly code: ErrorCode;
  readonly message: string;
  /** The HTTP status, when it is not the one of the code. */
  readonly status?: number;
  readonly retryable?: boolean;
  readonly advice?: string;
}

/** The same request would be refused again. */
export const REFUSED_REQUEST: ErrorMapping = { code: "model_refused", message: FAILURE_MESSAGE, status: 400 };

/** Creates the mapping of missing, expired or invalid credentials. Their fix differs from that of missing access. */
export function signInFailed(advice: string): ErrorMapping {
  return { code: "access_denied", message: NO_SIGN_IN_MESSAGE, advice };
}

export function accessDenied(advice: string): ErrorMapping {
  return { code: "access_denied", message: NO_ACCESS_MESSAGE, advice };
}

const GET_CREDENTIALS =
  "Provide AWS credentials: `aws sso login`, AWS_PROFILE, AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY, AWS_BEARER_TOKEN_BEDROCK, or a role of the machine.";
const RENEW_CREDENTIALS = "The credentials have expired: sign in again (`aws sso login`), or renew them.";
const CHECK_SIGNATURE =
  "The signature does not match: check the secret key, the region, and this machine's clock.";
const unavailable: ErrorMapping = { code: "model_unavailable", message: FAILURE_MESSAGE, retryable: true };
const interrupted: ErrorMapping = { code: "stream_interrupted", message: FAILURE_MESSAGE, retryable: true };

export const ERROR_TYPES: Readonly<Record<string, ErrorMapping>> = {
  ThrottlingException: { code: "throttled", message: BUSY_MESSAGE, retryable: true },
  TooManyRequestsException: { code: "throttled", message: BUSY_MESSAGE, retryable: true },
  ServiceQuotaExceededException: { code: "throttled", message: BUSY_MESSAGE, retryable: true },
  ModelNotReadyException: { code: "throttled", message: BUSY_MESSAGE, retryable: true },
  ServiceUnavailableException: unavailable,
  InternalServerException: unavailable,
  ModelErrorException: unavailable,
  ModelTimeoutException: { code: "model_timeout", message: FAILURE_MESSAGE, retryable: true },
  TimeoutError: { code: "model_timeout", message: FAILURE_MESSAGE, retryable: true },
  ModelStreamErrorException: interrupted,
  StreamEndedError: interrupted,
  StreamDamagedError: interrupted,
  StreamResetError: interrupted,
  ConnectionError: {
    ...unavailable,
    advice:
      "Bedrock could not be reached: check the region, AWS_ENDPOINT_URL_BEDROCK_RUNTIME, HTTPS_PROXY, and the network.",
  },
  ResourceNotFoundException: {
    code: "model_unavailable",
    message: FAILURE_MESSAGE,
    advice: "The model, profile or guardrail does not exist in this account and region.",
  },
  AccessDeniedException: accessDenied(
    "Enable access to the model in the Bedrock console (Model access) for this account and region, or choose another model.",
  ),
  UnrecognizedClientException: signInFailed(
    "The AWS access key is not valid (or a session token is missing).",
  ),
  InvalidClientTokenId: signInFailed("The AWS access key is not valid (or a session token is missing)."),
  ExpiredTokenException: signInFailed(RENEW_CREDENTIALS),
  ExpiredToken: signInFailed(RENEW_CREDENTIALS),
  InvalidSignatureException: signInFailed(CHECK_SIGNATURE),
  SignatureDoesNotMatch: signInFailed(CHECK_SIGNATURE),
  MissingAuthenticationTokenException: signInFailed(GET_CREDENTIALS),
  IncompleteSignatureException: signInFailed(GET_CREDENTIALS),
  CredentialsError: signInFailed(GET_CREDENTIALS),
};

export function classifyByStatus(error: UpstreamError): ErrorMapping {
  const { status } = error;
  if (status === 401) return { code: "access_denied", message: NO_SIGN_IN_MESSAGE };
  if (status === 403) return { code: "access_denied", message: NO_ACCESS_MESSAGE };
  if (status === 429) return { code: "throttled", message: BUSY_MESSAGE, retryable: true };
  if (status === 413) return { code: "context_exceeded", message: TOO_LONG_MESSAGE };
  if (status === 408) return { code: "model_timeout", message: FAILURE_MESSAGE, retryable: true };
  if (status !== undefined && status >= 500) return unavailable;
  if (isForeignResponse(error) || (status !== undefined && status < 400))
    return { ...unavailable, advice: REACHED_ANOTHER_SERVER };
  return status === undefined ? unavailable : REFUSED_REQUEST;
}
