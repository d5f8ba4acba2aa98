/** Which calls a person is asked about, and what they are shown of them. */

import type { Apis } from "../apis/load-apis.ts";
import type { Review, ReviewCall } from "../chat/approval.ts";
import type { CallPreview, ToolCall } from "../chat/types.ts";
import type { Config } from "../config/settings.ts";
import type { App } from "../context.ts";
import { isObject, stringifyJson } from "../json.ts";
import { FILTER, folded, hasFilter, ownNames } from "../results/definitions.ts";
import { maskRequest } from "../tools/http/mask.ts";
import type { AnyTool, CallContext, Part, RequestBodyValue } from "../tools/types.ts";

export interface ReviewInput {
  readonly apis: Apis;
  /** Tools that the person allowed for the session. */
  readonly allowed: readonly string[];
  /** Whether whoever asked can be asked in turn. */
  readonly canAsk: boolean;
  readonly context: (signal: AbortSignal) => CallContext;
}

const RUN: Review = { verdict: "run" };
const CANNOT_ASK: Review = {
  verdict: "refuse",
  reason:
    "Not called: it needs a person's approval, and this client cannot ask for it. Tell the person what you would have done.",
};

export function createReview(
  { config }: Pick<App, "config">,
  { apis, allowed, canAsk, context }: ReviewInput,
): ReviewCall {
  return async (call, signal) => {
    const { name, values, isPages } = called(call, apis);
    const tool = apis.find(name);
    if (!tool || allowed.includes(tool.name) || !needsApproval(tool, config.approve)) return RUN;
    if (isPages && (!tool.readOnly || tool.confirm === "always")) return RUN;
    if (!canAsk) return CANNOT_ASK;
    if (!("operation" in tool)) return { verdict: "ask" };
    const prepared = await apis.toolbox.prepare(
      { ...call, name, arguments: values },
      { ...context(signal) },
      {
        dryRun: true,
      },
    );
    // It would not be sent: nobody is asked about what cannot be done, and the model learns why when it is run.
    if (prepared.outcome === "refused") return RUN;
    const { method, url, body } = maskRequest(prepared.request, prepared.secrets);
    return { verdict: "ask", preview: { method, url, ...bodyPreview(body) } };
  };
}

/** `writes`: what changes something. What a document, an overlay or a module says of a tool wins. */
export function needsApproval(
  { confirm, readOnly }: Pick<AnyTool, "confirm" | "readOnly">,
  mode: Config["approve"],
): boolean {
  if (confirm !== undefined) return confirm === "always";
  return mode === "all" || (mode === "writes" && !readOnly);
}

/** The tool behind a call. `isPages`: it is called page by page, which takes no tool that changes something. */
function called(
  { name, arguments: given }: ToolCall,
  { tools, find }: Apis,
): { readonly name: string; readonly values: ToolCall["arguments"]; readonly isPages: boolean } {
  if (folded(name) === folded(ownNames(tools).fetchAll)) {
    const { tool, arguments: values } = given;
    return { name: String(tool), values: isObject(values) ? values : {}, isPages: true };
  }
  const tool = find(name);
  if (!Object.hasOwn(given, FILTER) || (tool && hasFilter(tool)))
    return { name, values: given, isPages: false };
  const { [FILTER]: _filter, ...values } = given;
  return { name, values, isPages: false };
}

/** What a person is asked about, as text. */
export function describeCall({ name, arguments: given }: ToolCall, preview: CallPreview | undefined): string {
  if (!preview) return `${name} ${stringifyJson(given)}`;
  return [`${preview.method} ${preview.url}`, preview.body].filter(Boolean).join("\n");
}

/** Characters of a body that are shown. */
const MOST_SHOWN = 20_000;

function bodyPreview(body: RequestBodyValue): Pick<CallPreview, "body"> {
  if (body === null) return {};
  const text = typeof body === "string" ? body : isParts(body) ? body.map(partLine).join("\n") : bytes(body);
  return { body: text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text };
}

function isParts(body: Exclude<RequestBodyValue, string | null>): body is readonly Part[] {
  return Array.isArray(body);
}

function partLine({ name, filename, content }: Part): string {
  const value = typeof content === "string" ? content : bytes(content);
  return `${name}${filename === undefined ? "" : ` (${filename})`}: ${value}`;
}

function bytes({ length }: Uint8Array): string {
  return `${length} bytes`;
}
