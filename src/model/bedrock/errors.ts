/** Maps failures of Bedrock to AppErrors: a code, a message for the user, and cause and advice for the operator. */
import { AppError, type ErrorCode } from "../../errors.ts";
import { adviseProfile, findProfile } from "./profiles.ts";
import { toUpstreamError, type UpstreamError } from "./upstream.ts";

const BUSY_MESSAGE = "I'm experiencing high traffic. Please try again in a moment.";
const NO_ACCESS_MESSAGE = "I don't have access to that model. Please contact support.";
const NO_SIGN_IN_MESSAGE = "I can't sign in to the model service. Please contact support.";
const FAILURE_MESSAGE = "I'm having technical difficulties. Please try again later.";
const TOO_LONG_MESSAGE = "This conversation has become too long for the model. Please start a new one.";

interface ErrorMapping {
  readonly code: ErrorCode;
  readonly message: string;
  /** The HTTP status, when it is not the one of the code. */
  readonly status?: number;
  readonly retryable?: boolean;
  readonly advice?: string;
}

export interface ModelErrorContext {
  readonly model: string;
  readonly region: string;
  readonly profile?: string | undefined;
}

/** Converts an error to an AppError. Returns undefined when it is not an upstream error, but a bug to be thrown on. */
export function toAppError(error: unknown, context: ModelErrorContext): AppError | undefined {
  if (error instanceof AppError) return error;
  const upstream = toUpstreamError(error);
  if (!upstream) return undefined;
  const kind = classifyError(upstream, context);
  const detail = `${upstream.type}: ${upstream.message} (model ${context.model}, region ${context.region}${upstream.requestId ? `, request ${upstream.requestId}` : ""})`;
  return new AppError(kind.code, kind.message, {
    detail: kind.advice === undefined ? detail : `${detail} ${kind.advice}`,
    retryable: kind.retryable ?? false,
    ...(kind.status !== undefined && { status: kind.status }),
    ...(upstream.retryAfterMs === undefined ? {} : { retryAfterMs: upstream.retryAfterMs }),
    cause: upstream,
  });
}

/** Returns what the operator should do about an error; undefined when there is nothing to do but wait. */
export function adviceFor(error: unknown, context: ModelErrorContext): string | undefined {
  const upstream = toUpstreamError(error instanceof AppError ? error.cause : error);
  return upstream && classifyError(upstream, context).advice;
}

function classifyError(error: UpstreamError, context: ModelErrorContext): ErrorMapping {
  const text = error.message.toLowerCase();
  return classifyByMessage(error, text, context) ?? ERROR_TYPES[error.type] ?? classifyByStatus(error.status);
}

/** Classifies error types with several meanings by their message. */
function classifyByMessage(
  error: UpstreamError,
  text: string,
  context: ModelErrorContext,
): ErrorMapping | undefined {
  const { type } = error;
  const has = (...words: readonly string[]) => words.some((word) => text.includes(word));
  if (type === "ValidationException") return classifyValidationError(text, context);
  if (type === "CredentialsError") {
    const profile = context.profile === undefined ? "" : ` --profile ${context.profile}`;
    if (has("sso", "expired"))
      return signInFailed(`The sign-in has expired: run \`aws sso login${profile}\`.`);
    if (context.profile !== undefined)
      return signInFailed(
        `The profile ${context.profile} provided no credentials: check that it is in ~/.aws/config or ~/.aws/credentials (or in AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE), and for SSO run \`aws sso login${profile}\`.`,
      );
  }
  if (type === "AccessDeniedException" || type === "UnrecognizedClientException") {
    if (has("api key", "bearer token"))
      return signInFailed(
        "The Bedrock API key (AWS_BEARER_TOKEN_BEDROCK) is invalid or has expired: create a new one, or unset it to use AWS credentials.",
      );
    if (has("not authorized to perform")) return accessDenied(describeMissingPermission(error.message));
    if (has("data retention")) return accessDenied(SET_DATA_RETENTION);
    if (has("marketplace", "payment"))
      return accessDenied(
        "The account's AWS Marketplace subscription or payment method does not cover this model.",
      );
    if (has("prompt caching")) return accessDenied("The account may not use prompt caching with this model.");
    return undefined;
  }
  if (type === "ResourceNotFoundException" || type === "FTUFormNotFilled") {
    if (has("end of its life", "legacy")) return modelRetired(context);
    if (has("use case"))
      return accessDenied(
        "Submit Anthropic's use case details once for this account, in the Bedrock console under Model access.",
      );
    return undefined;
  }
  if (type === "ServiceQuotaExceededException" || type === "ThrottlingException") {
    if (has("per day"))
      return {
        code: "throttled",
        message: BUSY_MESSAGE,
        advice:
          "The account's daily token quota for this model is used up: raise it in Service Quotas, or set a fallback model.",
      };
    return undefined;
  }
  return undefined;
}

/** Describes a missing permission. IAM's message names the action, and a policy that denies it. */
function describeMissingPermission(message: string): string {
  const action = /not authorized to perform: ([\w-]+:\w+)/i.exec(message)?.[1];
  if (/explicit deny/i.test(message))
    return `${action ?? "The call"} is denied by ${/service control policy/i.test(message) ? "a service control policy of the organization (perhaps for one of the regions of the profile)" : "a policy"}: allow it, or choose a model or profile that is allowed.`;
  if (action?.startsWith("bedrock-mantle:"))
    return `The IAM identity lacks ${action} on the project of bedrock-mantle: attach the managed policy AmazonBedrockMantleInferenceAccess, or allow the action on arn:aws:bedrock-mantle:REGION:ACCOUNT:project/default.`;
  if (/:project\//.test(message))
    return `The IAM identity lacks ${action ?? "bedrock:InvokeModel"} on the Bedrock project: allow it on arn:aws:bedrock:REGION:ACCOUNT:project/default as well as on the model and its profile.`;
  return `The IAM identity lacks ${action ?? "bedrock:InvokeModel or bedrock:InvokeModelWithResponseStream"} on this model, profile or guardrail (streaming needs bedrock:InvokeModelWithResponseStream, other calls bedrock:InvokeModel).`;
}

const SET_DATA_RETENTION =
  "The model needs a data retention mode that the account has not chosen. Set the mode aws_review (Claude Fable 5: provider_data_share) for the account or the project, with bedrock:PutAccountDataRetention. AWS, or the vendor too, then keeps prompts and replies for review.";

const OVERFLOW_PHRASES = [
  "input is too long",
  "prompt is too long",
  "exceed context limit",
  "too many input tokens",
  "too many total text bytes",
  "maximum context length",
  "input tokens exceeded",
  "too large for model with",
  "too many tokens:",
  "exceeds the context window",
  "context_length_exceeded",
];

function classifyValidationError(text: string, context: ModelErrorContext): ErrorMapping {
  const has = (...words: readonly string[]) => words.some((word) => text.includes(word));
  if (has(...OVERFLOW_PHRASES)) return { code: "context_exceeded", message: TOO_LONG_MESSAGE };
  if (has("too many requests", "too many tokens"))
    return { code: "throttled", message: BUSY_MESSAGE, retryable: true };
  if (has("on-demand throughput"))
    return misconfigured(
      `The model ${context.model} is available through inference profiles only. ${adviseProfile(context.model, context.region)}`,
    );
  if (has("model identifier is invalid"))
    return misconfigured(
      `The model ${context.model} is unknown in ${context.region}: check its id and its region.${suggestOtherProfile(context)}`,
    );
  if (has("data retention")) return accessDenied(SET_DATA_RETENTION);
  if (has("action doesn't support the model", "supported on this route"))
    return misconfigured(
      `Bedrock does not serve the model ${context.model} in this way in ${context.region}.`,
      "Check its id and its region; `specchat help models` has the models and their APIs.",
    );
  if (has("end of its life", "legacy")) return modelRetired(context);
  return REFUSED_REQUEST;
}

/** Returns a sentence with the profile of the region, when the model is a profile of another geography. */
function suggestOtherProfile({ model, region }: ModelErrorContext): string {
  const profile = findProfile(model, region);
  return profile === undefined || profile === model ? "" : ` In ${region} use ${profile}.`;
}

/** The same request would be refused again. */
const REFUSED_REQUEST: ErrorMapping = { code: "model_refused", message: FAILURE_MESSAGE, status: 400 };

function modelRetired(context: ModelErrorContext): ErrorMapping {
  return misconfigured(
    `The model ${context.model} has reached the end of its life: it must be replaced by another one.`,
    "Set another model with --model or BEDROCK_MODEL_ID.",
  );
}

/** Creates the mapping of a wrong setting. The user reads the message, which names no secret and no flag. */
function misconfigured(message: string, advice = "Set it with --model or BEDROCK_MODEL_ID."): ErrorMapping {
  return { code: "model_unavailable", message, advice: `${message} ${advice}` };
}

/** Creates the mapping of missing, expired or invalid credentials. Their fix differs from that of missing access. */
function signInFailed(advice: string): ErrorMapping {
  return { code: "access_denied", message: NO_SIGN_IN_MESSAGE, advice };
}

function accessDenied(advice: string): ErrorMapping {
  return { code: "access_denied", message: NO_ACCESS_MESSAGE, advice };
}

const GET_CREDENTIALS =
  "Provide AWS credentials: `aws sso login`, AWS_PROFILE, AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY, AWS_BEARER_TOKEN_BEDROCK, or a role of the machine.";
const RENEW_CREDENTIALS = "The credentials have expired: sign in again (`aws sso login`), or renew them.";
const unavailable: ErrorMapping = { code: "model_unavailable", message: FAILURE_MESSAGE, retryable: true };
const interrupted: ErrorMapping = { code: "stream_interrupted", message: FAILURE_MESSAGE, retryable: true };

const ERROR_TYPES: Readonly<Record<string, ErrorMapping>> = {
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
  InvalidSignatureException: signInFailed(
    "The signature does not match: check the secret key, the region, and this machine's clock.",
  ),
  SignatureDoesNotMatch: signInFailed(
    "The signature does not match: check the secret key, the region, and this machine's clock.",
  ),
  MissingAuthenticationTokenException: signInFailed(GET_CREDENTIALS),
  IncompleteSignatureException: signInFailed(GET_CREDENTIALS),
  CredentialsError: signInFailed(GET_CREDENTIALS),
};

function classifyByStatus(status: number | undefined): ErrorMapping {
  if (status === 401) return { code: "access_denied", message: NO_SIGN_IN_MESSAGE };
  if (status === 403) return { code: "access_denied", message: NO_ACCESS_MESSAGE };
  if (status === 429) return { code: "throttled", message: BUSY_MESSAGE, retryable: true };
  if (status === 413) return { code: "context_exceeded", message: TOO_LONG_MESSAGE };
  if (status === 408) return { code: "model_timeout", message: FAILURE_MESSAGE, retryable: true };
  if (status !== undefined && status < 500) return REFUSED_REQUEST;
  return unavailable;
}
