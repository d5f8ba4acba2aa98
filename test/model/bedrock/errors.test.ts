import { expect, test } from "bun:test";
import { toAppError } from "../../../src/model/bedrock/errors.ts";
import { UpstreamError } from "../../../src/model/bedrock/upstream.ts";

const context = { model: "us.anthropic.claude-haiku-4-5-20251001-v1:0", region: "eu-west-1" };
const BUSY = "I'm experiencing high traffic. Please try again in a moment.";
const SIGN_IN = "I can't sign in to the model service. Please contact support.";
const DENIED = "I don't have access to that model. Please contact support.";
const FAILURE = "I'm having technical difficulties. Please try again later.";

/** Known errors of Bedrock: status, type, message; then the code, the user's message, retryable, and the advice. */
const ERRORS: readonly (readonly [number, string, string, string, string | RegExp, boolean, RegExp?])[] = [
  [
    429,
    "ThrottlingException",
    "Too many requests, please wait before trying again.",
    "throttled",
    BUSY,
    true,
  ],
  [429, "ThrottlingException", "Too many tokens, please wait before trying again.", "throttled", BUSY, true],
  [
    429,
    "ThrottlingException",
    "Too many tokens per day, please wait before trying again.",
    "throttled",
    BUSY,
    false,
    /daily token quota/,
  ],
  [
    400,
    "ServiceQuotaExceededException",
    "Too many tokens per day, please wait before trying again.",
    "throttled",
    BUSY,
    false,
    /Service Quotas/,
  ],
  [429, "ModelNotReadyException", "The model is not ready.", "throttled", BUSY, true],
  [
    503,
    "ServiceUnavailableException",
    "Bedrock is unable to process your request.",
    "model_unavailable",
    FAILURE,
    true,
  ],
  [408, "ModelTimeoutException", "The request took too long.", "model_timeout", FAILURE, true],
  [424, "ModelErrorException", "The model failed.", "model_unavailable", FAILURE, true],
  [
    424,
    "ModelStreamErrorException",
    "Model produced invalid sequence as part of ToolUse.",
    "stream_interrupted",
    FAILURE,
    true,
  ],
  [
    400,
    "ValidationException",
    "data retention mode 'default' is not available for this model",
    "access_denied",
    DENIED,
    false,
    /aws_review .*bedrock:PutAccountDataRetention/,
  ],
  [
    400,
    "ValidationException",
    "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
    "model_unavailable",
    /does not serve the model us\.anthropic\S+ in this way in eu-west-1\.$/,
    false,
    /Check its id and its region/,
  ],
  [
    400,
    "ValidationException",
    "The model `openai.gpt-5.5` isn't supported on this route",
    "model_unavailable",
    /does not serve the model/,
    false,
    /specchat help models/,
  ],
  [
    403,
    "AccessDeniedException",
    "User: arn:aws:iam::123456789012:user/x is not authorized to perform: bedrock-mantle:CreateInference on resource: arn:aws:bedrock-mantle:us-east-2:123456789012:project/default",
    "access_denied",
    DENIED,
    false,
    /lacks bedrock-mantle:CreateInference on the project.*AmazonBedrockMantleInferenceAccess/,
  ],
  [
    403,
    "AccessDeniedException",
    "User: arn:aws:iam::123456789012:user/x is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:us-west-2:123456789012:project/default",
    "access_denied",
    DENIED,
    false,
    /lacks bedrock:InvokeModel on the Bedrock project/,
  ],
  [
    403,
    "UnrecognizedClientException",
    "The security token included in the request is invalid.",
    "access_denied",
    SIGN_IN,
    false,
    /access key/,
  ],
  [
    403,
    "ExpiredTokenException",
    "The security token included in the request is expired",
    "access_denied",
    SIGN_IN,
    false,
    /aws sso login/,
  ],
  [
    403,
    "InvalidSignatureException",
    "Signature expired: 20260101T000000Z is now earlier than …",
    "model_unavailable",
    FAILURE,
    true,
    /clock/,
  ],
  [
    403,
    "AccessDeniedException",
    "You don't have access to the model with the specified model ID.",
    "access_denied",
    DENIED,
    false,
    /Model access/,
  ],
  [
    403,
    "AccessDeniedException",
    "User: arn:aws:iam::1:user/a is not authorized to perform: bedrock:InvokeModelWithResponseStream on resource: arn:aws:bedrock:x because no identity-based policy allows the bedrock:InvokeModelWithResponseStream action",
    "access_denied",
    DENIED,
    false,
    /lacks bedrock:InvokeModelWithResponseStream/,
  ],
  [
    403,
    "AccessDeniedException",
    "User: arn:aws:iam::1:user/a is not authorized to perform: bedrock:ApplyGuardrail on resource: arn:aws:bedrock:eu-west-1:1:guardrail/g",
    "access_denied",
    DENIED,
    false,
    /lacks bedrock:ApplyGuardrail/,
  ],
  [
    403,
    "AccessDeniedException",
    "User: x is not authorized to perform: bedrock:InvokeModel on resource: y with an explicit deny in a service control policy",
    "access_denied",
    DENIED,
    false,
    /service control policy/,
  ],
  [
    403,
    "AccessDeniedException",
    "Invalid API Key format: Must start with pre-defined prefix",
    "access_denied",
    SIGN_IN,
    false,
    /AWS_BEARER_TOKEN_BEDROCK/,
  ],
  [
    403,
    "AccessDeniedException",
    "Authentication failed: Please make sure your API Key is valid.",
    "access_denied",
    SIGN_IN,
    false,
    /AWS_BEARER_TOKEN_BEDROCK/,
  ],
  [
    403,
    "AccessDeniedException",
    "Bearer Token has expired",
    "access_denied",
    SIGN_IN,
    false,
    /AWS_BEARER_TOKEN_BEDROCK/,
  ],
  [
    404,
    "ResourceNotFoundException",
    "Access denied. This Model is marked by provider as Legacy and you have not been actively using the model in the last 30 days.",
    "model_unavailable",
    /end of its life/,
    false,
    /Set another model with --model/,
  ],
  [
    404,
    "ResourceNotFoundException",
    "This model version has reached the end of its life.",
    "model_unavailable",
    /end of its life/,
    false,
    /--model/,
  ],
  [
    404,
    "ResourceNotFoundException",
    "Model use case details have not been submitted for this account.",
    "access_denied",
    DENIED,
    false,
    /use case details/,
  ],
  [
    404,
    "FTUFormNotFilled",
    "Model use case details have not been submitted for this account.",
    "access_denied",
    DENIED,
    false,
    /use case details/,
  ],
  [
    400,
    "ValidationException",
    "Invocation of model ID x with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.",
    "model_unavailable",
    /inference profile/,
    false,
    /inference profile/,
  ],
  [
    400,
    "ValidationException",
    "The provided model identifier is invalid.",
    "model_unavailable",
    /eu-west-1/,
    false,
    /In eu-west-1 use eu\.anthropic/,
  ],
  [400, "ConflictException", "Conflict.", "model_refused", FAILURE, false],
  [500, "InternalServerException", "The system encountered an error.", "model_unavailable", FAILURE, true],
];

for (const [status, type, message, code, userMessage, retryable, advice] of ERRORS) {
  test(`${status} ${type} "${message.slice(0, 70)}" becomes ${code}`, () => {
    const error = toAppError(new UpstreamError(type, message, { status, requestId: "r-1" }), context);
    expect({ code: error?.code, retryable: error?.retryable }).toEqual({ code: code as never, retryable });
    if (typeof userMessage === "string") expect(error?.message).toBe(userMessage);
    else expect(error?.message).toMatch(userMessage);
    // The detail, for the log: type, message, model, region, request id, and the advice.
    for (const part of [type, message, context.model, context.region, "r-1"])
      expect(error?.detail).toContain(part);
    if (advice) expect(error?.detail).toMatch(advice);
  });
}
