/** Runs the calls of API tools: reads the arguments, builds the request, adds credentials and sends it. */
import type { ToolCall } from "../chat/types.ts";
import { readArguments } from "./arguments/arguments.ts";
import { resolveAttachments } from "./arguments/attachments.ts";
import { createValidator } from "./arguments/validator.ts";
import { applyCredentials, selectCredentials } from "./auth/credentials.ts";
import { answerDigestChallenge } from "./auth/digest.ts";
import { collectSecrets } from "./auth/secret-values.ts";
import type { TokenSource } from "./auth/token-source.ts";
import { createToolFinder, findNearestNames } from "./catalog/find-tool.ts";
import type { ApiTools } from "./catalog/make-tools.ts";
import type { Execute } from "./http/execute.ts";
import { maskSecrets } from "./http/mask-secrets.ts";
import { describeResponse } from "./http/response.ts";
import type { HttpResult } from "./http/types.ts";
import { addQuery, buildRequest } from "./request/request.ts";
import type { CallContext, PreparedCall, ReceivedResult, Tool, Toolbox, ToolOutput } from "./types.ts";

export interface ToolboxOptions {
  readonly execute: Execute;
  readonly tokenSource: TokenSource;
  /** What to tell the person when an operation is unavailable, with `{endpoint}` for its method and path. */
  readonly endpointText?: string | undefined;
  /** A clock in milliseconds, for durations. */
  readonly now: () => number;
}

/** Begins the result of a call whose arguments are wrong. */
export const REQUEST_NOT_SENT = "Request not sent";

export function createToolbox(
  { tools, rejected, effects, warnings }: ApiTools,
  options: ToolboxOptions,
  validate = createValidator(),
): Toolbox {
  const find = createToolFinder(tools);

  async function prepare(
    call: ToolCall,
    context: CallContext,
    { dryRun = false }: { readonly dryRun?: boolean } = {},
  ): Promise<PreparedCall> {
    const tool = find(call.name);
    if (!tool) return refuse(describeUnknownTool(call.name, tools));
    if (call.malformed !== undefined)
      return refuse(
        `${REQUEST_NOT_SENT}: the arguments of ${tool.name} are not a JSON object. Call it again with one.`,
      );
    const parsed = readArguments(tool, call.arguments, validate);
    if (parsed.outcome === "refused") return refuse(formatProblems(tool, parsed.problems));
    const { form } = parsed;
    const findAttachment = context.findAttachment ?? (() => undefined);
    const resolved = resolveAttachments(tool, form, parsed.values, findAttachment);
    if (resolved.outcome === "refused") return refuse(formatProblems(tool, resolved.problems));
    const built = buildRequest(tool, resolved.values, form);
    if (built.outcome === "refused") return refuse(formatProblems(tool, built.problems));
    const caller = Object.hasOwn(context.credentials, tool.api.name)
      ? context.credentials[tool.api.name]
      : undefined;
    const tokens = await options.tokenSource(selectCredentials(tool, caller), tool.api, {
      dryRun,
      signal: context.signal,
    });
    if (tokens.outcome === "failed")
      return refuse(maskSecrets(tokens.problem, collectSecrets(tool.api, caller, [])));
    const pageRequest = call.extraQuery ? addQuery(built.request, call.extraQuery) : built.request;
    const { request, secrets, digest } = applyCredentials(pageRequest, tool.api, tokens.credentials, caller);
    const { invalidateToken } = tokens;
    const secretValues = collectSecrets(tool.api, caller, tokens.credentials);
    return {
      outcome: "ready",
      tool,
      request,
      secrets,
      digest,
      invalidateToken,
      ...(secretValues.length > 0 && { secretValues }),
      ...(parsed.notes && { notes: parsed.notes }),
    };
  }

  const send: Toolbox["send"] = (prepared, signal) => sendPrepared(prepared, options.execute, signal);

  return {
    tools,
    rejected,
    effects,
    warnings,
    find,
    prepare,
    send,
    restrict: (tools) => createToolbox({ tools, rejected, effects, warnings }, options, validate),
    run: createRun({ find, prepare, send }, options),
  };
}

/** Creates the function that runs a call, from its arguments to the description of the response. */
function createRun(
  { find, prepare, send }: Pick<Toolbox, "find" | "prepare" | "send">,
  options: Pick<ToolboxOptions, "endpointText" | "now">,
): Toolbox["run"] {
  return async (call, context) => {
    const startedAt = options.now();
    const name = find(call.name)?.name ?? call.name;
    const finish = (
      output: ToolOutput,
      received = output.content,
      secrets: readonly string[] = [],
    ): ReceivedResult => ({
      result: { callId: call.id, name, ...output, durationMs: Math.round(options.now() - startedAt) },
      received,
      secrets,
    });
    if (context.signal.aborted) return finish({ status: "failed", content: "The call was stopped." });
    const prepared = await prepare(call, context);
    if (prepared.outcome === "refused") {
      const { problem: content } = prepared;
      const isUnfit = content.startsWith(REQUEST_NOT_SENT);
      return finish({ status: "failed", content, ...(isUnfit && { refused: "arguments" }) });
    }
    const result = await send(prepared, context.signal);
    const { tool, notes = [], secretValues: secrets = [] } = prepared;
    const { received, ...output } = await describeResponse(result, tool.operation, {
      ...context,
      secrets,
      notes,
    });
    return finish(addEndpointText(output, result, tool, options.endpointText), received, secrets);
  };
}

/** Sends a request, and again when the API challenges a Digest credential. */
async function sendPrepared(
  { tool, request, secrets, digest, invalidateToken }: Parameters<Toolbox["send"]>[0],
  execute: Execute,
  signal: AbortSignal,
): Promise<HttpResult> {
  const { baseUrl, tls } = tool.api;
  const result = await execute({ request, secrets, baseUrl, tls }, signal);
  if (result.outcome !== "received" || result.status !== 401) return result;
  invalidateToken?.();
  const challenge = result.headers["www-authenticate"];
  const authorization =
    digest && challenge && answerDigestChallenge(challenge, digest, request, crypto.randomUUID());
  if (!authorization) return result;
  const answered = { ...request, headers: { ...request.headers, Authorization: authorization } };
  const answeredSecrets = { ...secrets, headers: [...secrets.headers, "authorization"] };
  return await execute({ request: answered, secrets: answeredSecrets, baseUrl, tls }, signal);
}

/** Adds the configured text for people when the operation is unavailable. */
function addEndpointText(
  output: ToolOutput,
  result: HttpResult,
  { operation }: Tool,
  text: string | undefined,
): ToolOutput {
  const isUnavailable = result.outcome === "failed" || result.status >= 500;
  if (!isUnavailable || text === undefined) return output;
  const filled = text.replaceAll("{endpoint}", () => `${operation.method} ${operation.path}`);
  return { ...output, content: `Tell the person: ${filled}\n\n${output.content}` };
}

function refuse(problem: string): PreparedCall {
  return { outcome: "refused", problem };
}

function formatProblems(tool: Tool, problems: readonly string[]): string {
  return `${REQUEST_NOT_SENT}: invalid arguments for ${tool.name}.\n${problems.map((problem) => `- ${problem}`).join("\n")}`;
}

function describeUnknownTool(name: string, tools: readonly Tool[]): string {
  const nearest = findNearestNames(
    name,
    tools.map((tool) => tool.name),
  );
  return `Unknown tool ${JSON.stringify(name)}.${nearest.length > 0 ? ` The most similar: ${nearest.join(", ")}.` : ""}`;
}
