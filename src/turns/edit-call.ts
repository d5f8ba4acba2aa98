/** Replaces the arguments of a call that waits for approval by those of a person. */

import type { Caller } from "../access/types.ts";
import type { PendingCall, ToolCall } from "../chat/types.ts";
import type { App } from "../context.ts";
import { AppError } from "../errors.ts";
import type { CallContext } from "../tools/types.ts";
import { resolveCall } from "./approval-policy.ts";
import { approvalScope, fingerprintRequest } from "./approval-subject.ts";
import { previewCall } from "./call-preview.ts";
import { permittedCatalog } from "./permitted-catalog.ts";

/**
 * Returns the pending call with other arguments and the request that they make, which the tool validates as those of a model.
 * @param caller who edits. Only their tools can be called.
 * @throws AppError `bad_request` when the arguments are invalid, or when the call is of no operation.
 */
export async function editCall(
  app: Pick<App, "apis" | "authorizer">,
  caller: Caller,
  { call, scope, ...pending }: PendingCall,
  values: ToolCall["arguments"],
  context: CallContext,
): Promise<PendingCall> {
  const catalog = permittedCatalog(app, caller);
  const edited = { ...call, arguments: values };
  const resolved = resolveCall(edited, catalog);
  const tool = catalog.find(resolved.name);
  // The built-in tool for all pages has the name of the operation among its arguments.
  if (!tool || !("operation" in tool) || approvalScope(tool) !== scope)
    throw new AppError("bad_request", "The arguments of this call cannot be changed.");
  const exact = { ...call, name: resolved.name, arguments: resolved.values };
  const previewed = await previewCall(exact, catalog.toolbox, context);
  if ("problem" in previewed) throw new AppError("bad_request", previewed.problem);
  const { preview, request, secrets } = previewed;
  const fingerprint = fingerprintRequest(tool, request, secrets);
  return { ...pending, scope, call: edited, preview, fingerprint, isEdited: true };
}
