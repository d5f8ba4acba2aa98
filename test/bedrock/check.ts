import { checkConstraints, first } from "./check-constraints.ts";
import { checkConversation } from "./check-conversation.ts";
import { type Call, checkFamily } from "./check-family.ts";
import { checkTools } from "./check-tools.ts";
import { familyOf } from "./families.ts";
import { invalid, type Refusal } from "./refusal.ts";

export type { Call } from "./check-family.ts";

/** Would Bedrock take this request? Undefined when it would; else its refusal, in the order the service checks. */
export function check(call: Call): Refusal | undefined {
  const family = familyOf(call.modelId);
  if (!family) return invalid("The provided model identifier is invalid.");
  return first([
    () => checkConstraints(call.body),
    () => checkConversation(call.body, family),
    () => checkTools(call.body, family),
    () => checkFamily(call, family),
  ]);
}
