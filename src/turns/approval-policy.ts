/** Decides which calls need approval. */
import type { Caller } from "../access/types.ts";
import type { ToolCatalog } from "../apis/load-apis.ts";
import type { ApprovalPolicy, ApprovalVerdict } from "../chat/approval.ts";
import type { ToolCall } from "../chat/types.ts";
import type { Config } from "../config/settings.ts";
import type { App } from "../context.ts";
import { isObject, stringifyJson } from "../json.ts";
import { FILTER_ARGUMENT, hasOwnFilter, normalizeName } from "../results/definitions.ts";
import { fingerprintOf } from "../tools/catalog/fingerprint.ts";
import type { AnyTool, CallContext, Tool } from "../tools/types.ts";
import { approvalScope, fingerprintRequest, isAllowed, wasAllowed } from "./approval-subject.ts";
import { previewCall } from "./call-preview.ts";
import { permittedCatalog } from "./permitted-catalog.ts";
import type { UntrustedText } from "./untrusted-text.ts";

export interface ApprovalPolicyInput {
  readonly caller: Caller;
  readonly catalog: ToolCatalog;
  /** Scopes that the person allowed for the whole session, see `PendingCall`. */
  readonly allowed: readonly string[];
  /** Receives the id of a call that would need approval if its scope were not allowed. */
  readonly onAllowed?: (callId: string) => void;
  /** Whether the client can ask a person. Otherwise calls that need approval are refused. */
  readonly canApprove: boolean;
  readonly callContext: (signal: AbortSignal) => CallContext;
  /** Whether the model has read text that the person did not write. */
  readonly untrusted: Pick<UntrustedText, "isRead">;
}

const ALLOW: ApprovalVerdict = { verdict: "run" };
const REFUSE_WITHOUT_APPROVAL: ApprovalVerdict = {
  verdict: "refuse",
  reason:
    "Not called: it needs a person's approval, and this client cannot ask for it. Tell the person what you would have done.",
};

export function createApprovalPolicy(
  app: Pick<App, "apis" | "audit" | "authorizer" | "config" | "log">,
  { caller, catalog, allowed, onAllowed, canApprove, callContext, untrusted }: ApprovalPolicyInput,
): ApprovalPolicy {
  const { audit, config, log } = app;
  return async (call, signal, isDecided = false) => {
    const { name, values, isPaged } = resolveCall(call, catalog);
    const found = catalog.find(name);
    if (!found) return ALLOW;
    const tool = currentVersion(found, permittedCatalog(app, caller));
    const isGuarded =
      config.guardUntrusted && untrusted.isRead && tool.confirm === undefined && !tool.readOnly;
    if (!isDecided && !isGuarded && !needsApproval(tool, config.approve)) return ALLOW;
    const scope = approvalScope(tool);
    if (!isDecided && isAllowed(scope, allowed)) {
      onAllowed?.(call.id);
      return ALLOW;
    }
    // `ToolRunner` refuses to fetch all pages of such a tool, so nothing is sent.
    if (isPaged && (!tool.readOnly || tool.confirm === "always")) return ALLOW;
    if (!canApprove && !isDecided) {
      audit.record({ event: "denied", reason: "approval", code: "approval_impossible", subject: tool.name });
      return REFUSE_WITHOUT_APPROVAL;
    }
    if (!isDecided && wasAllowed(scope, allowed))
      log.warning("tool changed since it was allowed for the conversation", { tool: tool.name });
    if (!("operation" in tool))
      return { verdict: "ask", scope, fingerprint: fingerprintOf([scope, stringifyJson(values)]) };
    return await reviewRequest(
      tool,
      scope,
      { ...call, name, arguments: values },
      catalog,
      callContext(signal),
    );
  };
}

/** Asks about the request that a call would send. An invalid call needs no approval: it fails, and the model reads why. */
async function reviewRequest(
  tool: Tool,
  scope: string,
  call: ToolCall,
  { toolbox }: ToolCatalog,
  context: CallContext,
): Promise<ApprovalVerdict> {
  const previewed = await previewCall(call, toolbox, context);
  if ("problem" in previewed) return ALLOW;
  const { preview, request, secrets } = previewed;
  return { verdict: "ask", scope, fingerprint: fingerprintRequest(tool, request, secrets), preview };
}

/** Returns the tool that the MCP server offers now. A turn keeps the tools of its start, but the server runs its own. */
function currentVersion(tool: AnyTool, { custom }: ToolCatalog): AnyTool {
  if ("operation" in tool) return tool;
  return custom.find(({ name, source }) => name === tool.name && source === tool.source) ?? tool;
}

/** Returns whether calls of a tool need approval. `confirm` of the tool overrides `mode`, the value of `--approve`. */
export function needsApproval(
  { confirm, readOnly }: Pick<AnyTool, "confirm" | "readOnly">,
  mode: Config["approve"],
): boolean {
  if (confirm !== undefined) return confirm === "always";
  return mode === "all" || (mode === "writes" && !readOnly);
}

/** Returns the tool that a call runs, without the filter argument. `isPaged`: the built-in tool calls it for each page. */
export function resolveCall(
  { name, arguments: args }: ToolCall,
  { builtinNames, find }: Pick<ToolCatalog, "builtinNames" | "find">,
): { readonly name: string; readonly values: ToolCall["arguments"]; readonly isPaged: boolean } {
  if (normalizeName(name) === normalizeName(builtinNames.fetchAll)) {
    const { tool, arguments: values } = args;
    return { name: String(tool), values: isObject(values) ? values : {}, isPaged: true };
  }
  const tool = find(name);
  if (!Object.hasOwn(args, FILTER_ARGUMENT) || (tool && hasOwnFilter(tool)))
    return { name, values: args, isPaged: false };
  const { [FILTER_ARGUMENT]: _filter, ...values } = args;
  return { name, values, isPaged: false };
}
