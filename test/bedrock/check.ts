/** Checks a request like the service. */
import { checkConstraints, firstRefusal } from "./check-constraints.ts";
import { checkConversation } from "./check-conversation.ts";
import { checkFamily, type ModelCall } from "./check-family.ts";
import { checkTools } from "./check-tools.ts";
import { findFamily } from "./families.ts";
import { type Refusal, validationError } from "./refusal.ts";

export type { ModelCall } from "./check-family.ts";

/** Returns Bedrock's refusal of a call, checked in the order of the service; undefined when Bedrock would accept it. */
export function checkCall(call: ModelCall): Refusal | undefined {
  const family = findFamily(call.modelId);
  if (!family) return validationError("The provided model identifier is invalid.");
  return firstRefusal([
    () => checkConstraints(call.body),
    () => checkConversation(call.body, family),
    () => checkTools(call.body, family),
    () => checkFamily(call, family),
  ]);
}
