/**
 * Translates an agent's return of control into tool calls, and their results into its invocation results.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/agents-returncontrol.html
 */
import type { ToolCall, ToolResult } from "../../chat/types.ts";
import { parseJson } from "../../json.ts";
import { isRecord } from "../bedrock/calls.ts";
import type { AgentJson, AgentTools } from "./types.ts";

export interface ControlCall {
  readonly call: ToolCall;
  /** The invocation input; the invocation result repeats its identifiers. */
  readonly input: AgentJson;
}

/**
 * Returns the tool calls of a return of control. Returns undefined, for the client to handle it, when one of them has
 * no tool here or requires the user's confirmation.
 */
export function readControlCalls(control: AgentJson, tools: AgentTools): readonly ControlCall[] | undefined {
  const inputs = filterRecords(control.invocationInputs);
  const calls = inputs.flatMap((input, index): ControlCall[] => {
    const invocation = [input.apiInvocationInput, input.functionInvocationInput].find(isRecord);
    const name = invocation && isRunnable(invocation) ? findTool(invocation, tools) : undefined;
    if (!invocation || name === undefined) return [];
    const id = `${String(control.invocationId)}_${index + 1}`;
    return [{ call: { id, name, arguments: readArguments(invocation) }, input }];
  });
  return calls.length > 0 && calls.length === inputs.length ? calls : undefined;
}

function isRunnable({ actionInvocationType }: AgentJson): boolean {
  return actionInvocationType === undefined || actionInvocationType === "RESULT";
}

function findTool({ function: name, httpMethod, apiPath }: AgentJson, tools: AgentTools): string | undefined {
  if (typeof name === "string") return tools.findByName(name);
  if (typeof httpMethod !== "string" || typeof apiPath !== "string") return undefined;
  return tools.findByPath(httpMethod.toUpperCase(), apiPath);
}

/** Merges parameters and body properties; the tool assigns them to their places in the request. */
function readArguments({ parameters, requestBody }: AgentJson): AgentJson {
  const content = isRecord(requestBody) && isRecord(requestBody.content) ? requestBody.content : {};
  const [media] = Object.values(content);
  const entries = [...filterRecords(parameters), ...filterRecords(isRecord(media) ? media.properties : [])];
  return Object.fromEntries(entries.map(({ name, type, value }) => [String(name), parseValue(type, value)]));
}

/** Parses a value; agents send every value as text, with its type. */
function parseValue(type: unknown, value: unknown): unknown {
  if (typeof value !== "string" || type === "string") return value;
  try {
    return parseJson(value);
  } catch {
    return value;
  }
}

/** Builds one entry of `returnControlInvocationResults`. A failed call asks the agent to try again (`REPROMPT`). */
export function toInvocationResult(
  { input }: ControlCall,
  { status, content, httpStatus }: ToolResult,
): AgentJson {
  const failed = status === "failed" && { responseState: "REPROMPT" };
  const responseBody = { TEXT: { body: content } };
  if (isRecord(input.apiInvocationInput)) {
    const { actionGroup, httpMethod, apiPath, agentId } = input.apiInvocationInput;
    const code = httpStatus === undefined ? {} : { httpStatusCode: httpStatus };
    // API results are keyed by media type, function results by `TEXT`.
    const body = { "application/json": { body: content } };
    return {
      apiResult: omitNullish({
        actionGroup,
        httpMethod,
        apiPath,
        agentId,
        ...code,
        ...failed,
        responseBody: body,
      }),
    };
  }
  const {
    actionGroup,
    function: name,
    agentId,
  } = isRecord(input.functionInvocationInput) ? input.functionInvocationInput : {};
  return { functionResult: omitNullish({ actionGroup, function: name, agentId, ...failed, responseBody }) };
}

function omitNullish(fields: AgentJson): AgentJson {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
  );
}

function filterRecords(value: unknown): readonly AgentJson[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
