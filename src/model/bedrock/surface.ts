/** Chooses the API that a model is called with. */
import { AppError } from "../../errors.ts";
import { capabilitiesOf } from "../capabilities.ts";
import type { Capabilities } from "../capabilities-columns.ts";
import { parseTarget } from "./target.ts";
import type { BedrockOptions } from "./types.ts";
import { unservedText } from "./unserved.ts";

/**
 * Returns the preferred API of the model that can do what the settings ask for. A guardrail works with Converse alone, and
 * so do ARNs, such as those of application inference profiles.
 * @throws AppError `model_unavailable` when no API that specchat uses serves the model, or none with the guardrail.
 */
export function chooseApi(
  model: string,
  { apis, family }: Pick<Capabilities, "apis" | "family">,
  { guardrail }: Pick<BedrockOptions, "guardrail">,
): "converse" | "responses" {
  if (needsConverse(model, { guardrail }) && apis.includes("converse")) return "converse";
  const [api] = apis;
  if (api === undefined) throw unavailable(unservedText(`${model} (${family})`));
  if (api === "responses" && guardrail !== undefined)
    throw unavailable(
      `${model} (${family}) is served by bedrock-mantle, where guardrails do not work: choose another model, or unset the guardrail.`,
    );
  return api;
}

/**
 * Returns the reason why a model is not called with its preferred API; undefined when it is. For the operator.
 * @param name may contain a region. @param family as in `capabilitiesOf`.
 */
export function explainApi(
  name: string,
  family: string | undefined,
  options: Pick<BedrockOptions, "guardrail">,
): string | undefined {
  const { model } = parseTarget(name, "");
  const capabilities = capabilitiesOf(model, family);
  const { apis } = capabilities;
  if (apis[0] !== "responses" || !needsConverse(model, options)) return undefined;
  const described = `${model} (${capabilities.family})`;
  if (!apis.includes("converse"))
    return options.guardrail === undefined
      ? undefined
      : `${described} is served by bedrock-mantle, where guardrails do not work: it will not be called.`;
  const reason = options.guardrail === undefined ? "it is set by an ARN" : "a guardrail is set";
  return `${described} is called with Converse, because ${reason}. Its prompts are not cached; the Responses API would cache them.`;
}

/** Returns true for a model that the Responses API is called for with these settings. */
export function usesResponses(
  model: string,
  { apis }: Pick<Capabilities, "apis">,
  options: Pick<BedrockOptions, "guardrail">,
): boolean {
  return apis[0] === "responses" && !(needsConverse(model, options) && apis.includes("converse"));
}

function needsConverse(model: string, { guardrail }: Pick<BedrockOptions, "guardrail">): boolean {
  return guardrail !== undefined || model.startsWith("arn:");
}

/** The user reads the message, which names no secret and no flag. */
function unavailable(message: string): AppError {
  return new AppError("model_unavailable", message, {
    detail: `${message} Set it with --model or BEDROCK_MODEL_ID.`,
  });
}
