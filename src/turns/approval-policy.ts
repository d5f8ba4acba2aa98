/** Decides which calls need approval, and builds the preview that a person is shown. */
import type { ToolCatalog } from "../apis/load-apis.ts";
import type { ApprovalPolicy, ApprovalVerdict } from "../chat/approval.ts";
import type { CallPreview, ToolCall } from "../chat/types.ts";
import type { Config } from "../config/settings.ts";
import type { App } from "../context.ts";
import { isObject, stringifyJson } from "../json.ts";
import { FILTER_ARGUMENT, hasOwnFilter, normalizeName } from "../results/definitions.ts";
import { maskRequest } from "../tools/http/mask.ts";
import type { MultipartPart, RequestBodyValue } from "../tools/http/types.ts";
import type { AnyTool, CallContext } from "../tools/types.ts";
import { approvalScope, fingerprintOf, fingerprintRequest } from "./approval-subject.ts";

export interface ApprovalPolicyInput {
  readonly catalog: ToolCatalog;
  /** Scopes that the person allowed for the whole session, see `PendingCall`. */
  readonly allowed: readonly string[];
  /** Whether the client can ask a person. Otherwise calls that need approval are refused. */
  readonly canApprove: boolean;
  readonly callContext: (signal: AbortSignal) => CallContext;
}

const ALLOW: ApprovalVerdict = { verdict: "run" };
const REFUSE_WITHOUT_APPROVAL: ApprovalVerdict = {
  verdict: "refuse",
  reason:
    "Not called: it needs a person's approval, and this client cannot ask for it. Tell the person what you would have done.",
};

export function createApprovalPolicy(
  { config }: Pick<App, "config">,
  { catalog, allowed, canApprove, callContext }: ApprovalPolicyInput,
): ApprovalPolicy {
  return async (call, signal) => {
    const { name, values, isPaged } = resolveCall(call, catalog);
    const tool = catalog.find(name);
    if (!tool || !needsApproval(tool, config.approve)) return ALLOW;
    const scope = approvalScope(tool);
    if (allowed.includes(scope)) return ALLOW;
    // `ToolRunner` refuses to fetch all pages of such a tool, so nothing is sent.
    if (isPaged && (!tool.readOnly || tool.confirm === "always")) return ALLOW;
    if (!canApprove) return REFUSE_WITHOUT_APPROVAL;
    if (!("operation" in tool))
      return { verdict: "ask", scope, fingerprint: fingerprintOf([scope, stringifyJson(values)]) };
    const prepared = await catalog.toolbox.prepare(
      { ...call, name, arguments: values },
      { ...callContext(signal) },
      {
        dryRun: true,
      },
    );
    // An invalid call needs no approval: it fails when it is run, and the model reads why.
    if (prepared.outcome === "refused") return ALLOW;
    const request = maskRequest(prepared.request, prepared.secrets);
    const { method, url, body } = request;
    const preview = { method, url, ...previewBody(body) };
    return { verdict: "ask", scope, fingerprint: fingerprintRequest(scope, request), preview };
  };
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
function resolveCall(
  { name, arguments: args }: ToolCall,
  { builtinNames, find }: ToolCatalog,
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

/** Returns a call as text, for a person in a terminal or an MCP client. */
export function describeCall({ name, arguments: args }: ToolCall, preview: CallPreview | undefined): string {
  if (!preview) return `${name} ${stringifyJson(args)}`;
  return [`${preview.method} ${preview.url}`, preview.body].filter(Boolean).join("\n");
}

/** Characters of a body that are shown. */
const MAX_PREVIEW_LENGTH = 20_000;

function previewBody(body: RequestBodyValue): Pick<CallPreview, "body"> {
  if (body === null) return {};
  const text =
    typeof body === "string" ? body : isParts(body) ? body.map(formatPart).join("\n") : formatSize(body);
  return { body: text.length > MAX_PREVIEW_LENGTH ? `${text.slice(0, MAX_PREVIEW_LENGTH)}…` : text };
}

function isParts(body: Exclude<RequestBodyValue, string | null>): body is readonly MultipartPart[] {
  return Array.isArray(body);
}

function formatPart({ name, filename, content }: MultipartPart): string {
  const value = typeof content === "string" ? content : formatSize(content);
  return `${name}${filename === undefined ? "" : ` (${filename})`}: ${value}`;
}

function formatSize({ length }: Uint8Array): string {
  return `${length} bytes`;
}
