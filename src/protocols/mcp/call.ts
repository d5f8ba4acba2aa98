/** Runs one tool call for an MCP client: approval policy, tool, telemetry. */
import { keyScope } from "../../access/ownership.ts";
import { resultBudget } from "../../chat/context/result-budget.ts";
import { AppError } from "../../errors.ts";
import { stringifyJson } from "../../json.ts";
import type { ResultId } from "../../results/types.ts";
import type { FileContent } from "../../tools/types.ts";
import { createApprovalPolicy } from "../../turns/approval-policy.ts";
import { describeCall } from "../../turns/call-preview.ts";
import { permittedCatalog } from "../../turns/permitted-catalog.ts";
import { saveFile } from "../../turns/save-file.ts";
import { recordCall } from "../../turns/telemetry-context.ts";
import { createTurnTools } from "../../turns/turn-tools.ts";
import { encodeToolResult, failedResult } from "./result.ts";
import type { McpCallOutcome, McpContext, McpToolRequest } from "./types.ts";

/** Runs a call. Never rejects: a failure is a failed result. */
export async function callTool(context: McpContext, request: McpToolRequest): Promise<McpCallOutcome> {
  const signal = AbortSignal.any([request.signal, context.stopping]);
  const work = reviewAndRun(context, { ...request, signal });
  context.running.add(work);
  try {
    return await work;
  } finally {
    context.running.delete(work);
  }
}

async function reviewAndRun(context: McpContext, request: McpToolRequest): Promise<McpCallOutcome> {
  const { app, approvals, results } = context;
  const { client, call, signal, decision } = request;
  // The decision on a call that was counted when it was asked about.
  if (!decision || !approvals.has(decision.id)) {
    const refusal = await client.admit?.().catch(toRefusal);
    if (refusal) return toOutcome(failedResult(refusal));
  }
  const { caller } = client;
  const catalog = permittedCatalog(app, caller);
  const sessionRef = { id: client.session, owner: caller.id };
  const callContext = (signal: AbortSignal) => ({
    signal,
    credentials: client.credentials,
    saveFile: (file: FileContent) => saveFile(app, sessionRef, file),
  });
  const reviewCall = createApprovalPolicy(app, {
    caller,
    catalog,
    allowed: [],
    canApprove: request.canApprove,
    callContext,
    // What the model of the client has read is not known here.
    untrusted: { isRead: false },
  });
  const verdict = await reviewCall(call, signal, decision !== undefined);
  if (verdict.verdict === "refuse") return toOutcome(failedResult(verdict.reason));
  if (verdict.verdict === "ask") {
    const callText = stringifyJson([keyScope(caller), call.name, call.arguments, verdict.fingerprint ?? ""]);
    if (!decision || !approvals.consume(decision.id, callText))
      return {
        type: "ask",
        id: approvals.create(callText),
        message: `Allow this call?\n${describeCall(call, verdict.preview)}`,
      };
    const outcome = decision.approved ? "approved" : "refused";
    app.audit.record({
      event: "approval",
      session: client.session,
      approval: decision.id,
      outcome,
      tools: [call.name],
    });
    if (!decision.approved) return toOutcome(failedResult(REFUSED));
  }

  const approvedCalls = new Set(verdict.verdict === "ask" ? [call.id] : []);
  let resultId: ResultId | undefined;
  const tools = createTurnTools(
    {
      ...app,
      results: {
        save: async (_session, text, chunkSize) => {
          resultId = await results.save(caller.id, text, chunkSize);
          return resultId;
        },
        find: (_session, id) => results.find(caller, id),
      },
    },
    { ...client, model: app.modelId, catalog, callContext, approvedCalls, onProgress: request.onProgress },
  );
  const result = await tools.run(call, signal);
  recordCall(app, client, result);
  const { contextTokens } = app.model.limits(app.modelId);
  const truncated = await tools.truncate(result, resultBudget(contextTokens, app.config.maxMessageSize, []));
  const file = result.file && app.files.read(result.file.id);
  return toOutcome(encodeToolResult(truncated, { resultId, resultLength: result.content.length, file }));
}

function toRefusal(error: unknown): string {
  if (error instanceof AppError) return error.message;
  throw error;
}

const REFUSED = "Not called: the person refused it. Do not try it again unless they ask for it.";

function toOutcome(result: (McpCallOutcome & { type: "done" })["result"]): McpCallOutcome {
  return { type: "done", result };
}
