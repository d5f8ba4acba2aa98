/** Maps failures of Bedrock to AppErrors: a code, a message for the user, and cause and advice for the operator. */
import { AppError } from "../../errors.ts";
import { adviseClock, isClockRefusal } from "./clock.ts";
import {
  accessDenied,
  BUSY_MESSAGE,
  classifyByStatus,
  ERROR_TYPES,
  type ErrorMapping,
  FAILURE_MESSAGE,
  REFUSED_REQUEST,
  signInFailed,
  TOO_LONG_MESSAGE,
} from "./error-types.ts";
import { adviseProfile, findProfile } from "./profiles.ts";
import { toUpstreamError, type UpstreamError } from "./upstream.ts";

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
  if (isClockRefusal(error))
    return {
      code: "model_unavailable",
      message: FAILURE_MESSAGE,
      retryable: true,
      advice: adviseClock(error),
    };
  const text = error.message.toLowerCase();
  return classifyByMessage(error, text, context) ?? ERROR_TYPES[error.type] ?? classifyByStatus(error);
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
