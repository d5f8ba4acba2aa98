import type { ToolCall, ToolResult } from "../chat/types.ts";
import type { ApiDescription } from "../openapi/types.ts";
import { readArguments } from "./arguments/arguments.ts";
import { withAttachments } from "./arguments/attachments.ts";
import { createValidator } from "./arguments/validator.ts";
import { chooseProofs, sign } from "./auth/credentials.ts";
import type { TokenSource } from "./auth/token-source.ts";
import { createFinder, nearestNames } from "./catalog/find-tool.ts";
import { type ApiTools, makeTools, type Selection } from "./catalog/make-tools.ts";
import type { Execute } from "./http/execute.ts";
import { describeAnswer } from "./http/response.ts";
import { buildRequest } from "./request/request.ts";
import type { Answer, Api, CallContext, Preparation, Tool, Toolbox } from "./types.ts";

export interface ToolboxOptions extends Selection {
  readonly apis: readonly { readonly api: Api; readonly description: ApiDescription }[];
  readonly execute: Execute;
  /** Fetches the tokens of OAuth2 clients. */
  readonly tokens: TokenSource;
  /** Milliseconds, for durations. */
  readonly now: () => number;
}

export function createToolbox(options: ToolboxOptions): Toolbox {
  const { tools, rejected, effects, warnings }: ApiTools = makeTools(options.apis, options);
  const find = createFinder(tools);
  const validate = createValidator();

  async function prepare(
    call: ToolCall,
    context: CallContext,
    { dryRun = false }: { readonly dryRun?: boolean } = {},
  ): Promise<Preparation> {
    const tool = find(call.name);
    if (!tool) return refused(unknownTool(call.name, tools));
    if (call.malformed !== undefined)
      return refused(`The arguments of ${tool.name} are no JSON object; send them again as one.`);
    const read = readArguments(tool, call.arguments, validate);
    if (read.outcome === "refused") return refused(problemList(tool, read.problems));
    const attached = withAttachments(tool, read.values, context.attachment ?? (() => undefined));
    if (attached.outcome === "refused") return refused(problemList(tool, attached.problems));
    const built = buildRequest(tool, attached.values);
    if (built.outcome === "refused") return refused(problemList(tool, built.problems));
    const caller = Object.hasOwn(context.credentials, tool.api.name)
      ? context.credentials[tool.api.name]
      : undefined;
    const proofs = await options.tokens(chooseProofs(tool, caller), tool.api, {
      dryRun,
      signal: context.signal,
    });
    if (proofs.outcome === "failed") return refused(proofs.problem);
    const { request, secrets } = sign(built.request, tool.api, proofs.proofs, caller);
    return { outcome: "ready", tool, request, secrets, forget: proofs.forget };
  }

  const send: Toolbox["send"] = async ({ tool, request, secrets, forget }, signal) => {
    const { baseUrl, tls } = tool.api;
    const exchange = await options.execute({ request, secrets, baseUrl, tls }, signal);
    if (exchange.outcome === "answered" && exchange.status === 401) forget?.();
    return exchange;
  };

  return {
    tools,
    rejected,
    effects,
    warnings,
    find,
    prepare,
    send,
    async run(call, context): Promise<ToolResult> {
      const started = options.now();
      const name = find(call.name)?.name ?? call.name;
      const end = (answer: Answer): ToolResult => ({
        callId: call.id,
        name,
        ...answer,
        durationMs: Math.round(options.now() - started),
      });
      if (context.signal.aborted) return end({ status: "failed", content: "The call was stopped." });
      const prepared = await prepare(call, context);
      if (prepared.outcome === "refused") return end({ status: "failed", content: prepared.problem });
      const exchange = await send(prepared, context.signal);
      return end(describeAnswer(exchange, prepared.tool.operation, context.keepFile));
    },
  };
}

function refused(problem: string): Preparation {
  return { outcome: "refused", problem };
}

function problemList(tool: Tool, problems: readonly string[]): string {
  return `Nothing was sent: the arguments of ${tool.name} are not right.\n${problems.map((problem) => `- ${problem}`).join("\n")}`;
}

function unknownTool(name: string, tools: readonly Tool[]): string {
  const near = nearestNames(
    name,
    tools.map((tool) => tool.name),
  );
  return `There is no tool ${JSON.stringify(name)}.${near.length > 0 ? ` The nearest: ${near.join(", ")}.` : ""}`;
}
