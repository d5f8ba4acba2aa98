/** Every failure of Bedrock as an AppError: its code, what the user reads, and for the operator what happened and what to do. */
import { AppError, type ErrorCode } from "../../errors.ts";
import { type UpstreamError, upstreamErrorOf } from "./upstream.ts";

const BUSY = "I'm experiencing high traffic. Please try again in a moment.";
const NO_ACCESS = "I don't have access to that model. Please contact support.";
const TROUBLE = "I'm having technical difficulties. Please try again later.";
const TOO_LONG = "This conversation has become too long for the model. Please start a new one.";

interface Kind {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable?: boolean;
  readonly advice?: string;
}

export interface Asked {
  readonly model: string;
  readonly region: string;
  readonly profile?: string | undefined;
}

/** @returns undefined when the error is not Bedrock's: a mistake of ours, to be thrown on as it is. */
export function appErrorOf(error: unknown, asked: Asked): AppError | undefined {
  if (error instanceof AppError) return error;
  const upstream = upstreamErrorOf(error);
  if (!upstream) return undefined;
  const kind = kindOf(upstream, asked);
  const said = `${upstream.type}: ${upstream.message} (model ${asked.model}, region ${asked.region}${upstream.requestId ? `, request ${upstream.requestId}` : ""})`;
  return new AppError(kind.code, kind.message, {
    detail: kind.advice === undefined ? said : `${said} ${kind.advice}`,
    retryable: kind.retryable ?? false,
    ...(upstream.retryAfterMs === undefined ? {} : { retryAfterMs: upstream.retryAfterMs }),
    cause: upstream,
  });
}

/** What the operator should do about it, or undefined when nothing but waiting helps. */
export function adviceFor(error: unknown, asked: Asked): string | undefined {
  const upstream = upstreamErrorOf(error instanceof AppError ? error.cause : error);
  return upstream && kindOf(upstream, asked).advice;
}

function kindOf(error: UpstreamError, asked: Asked): Kind {
  const text = error.message.toLowerCase();
  return textKind(error, text, asked) ?? TYPES[error.type] ?? statusKind(error.status);
}

/** Where the same type means several things, the text decides. */
function textKind(error: UpstreamError, text: string, asked: Asked): Kind | undefined {
  const { type } = error;
  const has = (...words: readonly string[]) => words.some((word) => text.includes(word));
  if (type === "ValidationException") return validationKind(text, asked);
  if (type === "CredentialsError") {
    const profile = asked.profile === undefined ? "" : ` --profile ${asked.profile}`;
    if (has("sso", "expired")) return denied(`The sign-in has expired: run \`aws sso login${profile}\`.`);
    if (asked.profile !== undefined)
      return denied(
        `The profile ${asked.profile} gave no credentials: check that ~/.aws/config or ~/.aws/credentials holds it (or AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, if set), and run \`aws sso login${profile}\` where it signs in.`,
      );
  }
  if (type === "AccessDeniedException" || type === "UnrecognizedClientException") {
    if (has("api key", "bearer token"))
      return denied(
        "The Bedrock API key (AWS_BEARER_TOKEN_BEDROCK) is wrong or has expired: make a new one, or unset it to use AWS credentials.",
      );
    if (has("not authorized to perform")) return denied(permissionAdvice(error.message));
    if (has("marketplace", "payment"))
      return denied(
        "The account's AWS Marketplace subscription or payment method does not cover this model.",
      );
    if (has("prompt caching")) return denied("Prompt caching is refused for this model.");
    return undefined;
  }
  if (type === "ResourceNotFoundException" || type === "FTUFormNotFilled") {
    if (has("end of its life", "legacy")) return ended(asked);
    if (has("use case"))
      return denied(
        "Submit Anthropic's use case details once for this account, in the Bedrock console under Model access.",
      );
    return undefined;
  }
  if (type === "ServiceQuotaExceededException" || type === "ThrottlingException") {
    if (has("per day"))
      return {
        code: "throttled",
        message: BUSY,
        advice:
          "The account's daily token quota for this model is used up: raise it in Service Quotas, or name a fallback model.",
      };
    return undefined;
  }
  return undefined;
}

/** The sentence of IAM names the action, and whether somebody forbade it. */
function permissionAdvice(message: string): string {
  const action = /not authorized to perform: ([\w-]+:\w+)/i.exec(message)?.[1];
  if (/explicit deny/i.test(message))
    return `${action ?? "The call"} is forbidden by ${/service control policy/i.test(message) ? "a service control policy of the organization (perhaps for one of the regions of the profile)" : "a policy"}: have it allowed, or choose a model or profile that is.`;
  return `The IAM identity lacks ${action ?? "bedrock:InvokeModel or bedrock:InvokeModelWithResponseStream"} on this model, profile or guardrail (streaming needs bedrock:InvokeModelWithResponseStream, other calls bedrock:InvokeModel).`;
}

const OVERFLOW = [
  "input is too long",
  "prompt is too long",
  "exceed context limit",
  "too many input tokens",
  "too many total text bytes",
  "maximum context length",
  "input tokens exceeded",
  "too large for model with",
  "too many tokens:",
];

function validationKind(text: string, asked: Asked): Kind {
  const has = (...words: readonly string[]) => words.some((word) => text.includes(word));
  if (has(...OVERFLOW)) return { code: "context_exceeded", message: TOO_LONG };
  if (has("too many requests", "too many tokens"))
    return { code: "throttled", message: BUSY, retryable: true };
  if (has("on-demand throughput"))
    return misconfigured(
      `The model ${asked.model} can only be used through an inference profile: set the model to one such as global.${asked.model} or us.${asked.model}.`,
    );
  if (has("model identifier is invalid"))
    return misconfigured(
      `The model ${asked.model} is not known in ${asked.region}: check its id, and that the profile's geography includes the region.`,
    );
  if (has("end of its life", "legacy")) return ended(asked);
  return { code: "model_refused", message: TROUBLE };
}

function ended(asked: Asked): Kind {
  return misconfigured(
    `The model ${asked.model} has reached the end of its life: set another one with --model or BEDROCK_MODEL_ID.`,
  );
}

/** The operator's setting is wrong, and nothing in it is secret: who asks may as well read it. */
function misconfigured(message: string): Kind {
  return { code: "model_unavailable", message, advice: message };
}

function denied(advice: string): Kind {
  return { code: "access_denied", message: NO_ACCESS, advice };
}

const GET_CREDENTIALS =
  "Give AWS credentials: `aws sso login`, AWS_PROFILE, AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY, AWS_BEARER_TOKEN_BEDROCK, or a role of the machine.";
const RENEW_CREDENTIALS = "The credentials have expired: sign in again (`aws sso login`), or renew them.";
const unavailable: Kind = { code: "model_unavailable", message: TROUBLE, retryable: true };
const interrupted: Kind = { code: "stream_interrupted", message: TROUBLE, retryable: true };

const TYPES: Readonly<Record<string, Kind>> = {
  ThrottlingException: { code: "throttled", message: BUSY, retryable: true },
  TooManyRequestsException: { code: "throttled", message: BUSY, retryable: true },
  ServiceQuotaExceededException: { code: "throttled", message: BUSY, retryable: true },
  ModelNotReadyException: { code: "throttled", message: BUSY, retryable: true },
  ServiceUnavailableException: unavailable,
  InternalServerException: unavailable,
  ModelErrorException: unavailable,
  ModelTimeoutException: { code: "model_timeout", message: TROUBLE, retryable: true },
  TimeoutError: { code: "model_timeout", message: TROUBLE, retryable: true },
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
    message: TROUBLE,
    advice: "The model, profile or guardrail does not exist in this account and region.",
  },
  AccessDeniedException: denied(
    "Turn on access to the model in the Bedrock console (Model access) of this account and region, or choose another model.",
  ),
  UnrecognizedClientException: denied("The AWS access key is not valid (or a session token is missing)."),
  InvalidClientTokenId: denied("The AWS access key is not valid (or a session token is missing)."),
  ExpiredTokenException: denied(RENEW_CREDENTIALS),
  ExpiredToken: denied(RENEW_CREDENTIALS),
  InvalidSignatureException: denied(
    "The signature does not match: check the secret key, the region, and this machine's clock.",
  ),
  SignatureDoesNotMatch: denied(
    "The signature does not match: check the secret key, the region, and this machine's clock.",
  ),
  MissingAuthenticationTokenException: denied(GET_CREDENTIALS),
  IncompleteSignatureException: denied(GET_CREDENTIALS),
  CredentialsError: denied(GET_CREDENTIALS),
};

function statusKind(status: number | undefined): Kind {
  if (status === 401 || status === 403) return { code: "access_denied", message: NO_ACCESS };
  if (status === 429) return { code: "throttled", message: BUSY, retryable: true };
  if (status === 413) return { code: "context_exceeded", message: TOO_LONG };
  if (status === 408) return { code: "model_timeout", message: TROUBLE, retryable: true };
  if (status !== undefined && status < 500) return { code: "model_refused", message: TROUBLE };
  return unavailable;
}
