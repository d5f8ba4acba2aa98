import { checkConstraints, firstRefusal } from "./check-constraints.ts";
import { checkConversation } from "./check-conversation.ts";
import { checkFamily, type ModelCall } from "./check-family.ts";
import { checkTools } from "./check-tools.ts";
import { findFamily } from "./families.ts";
import { type Refusal, validationError } from "./refusal.ts";

export type { ModelCall } from "./check-family.ts";

/** Would Bedrock take this request? Undefined when it would; else its refusal, in the order the service checks. */
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
