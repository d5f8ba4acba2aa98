/** Replies in the format that a client asks for: any JSON object, or JSON that matches a schema. */
import { randomUUID } from "node:crypto";
import type { AssistantPart, Message, MessageId, ToolCall, ToolDefinition } from "../chat/types.ts";
import { addUsage, NO_USAGE } from "../chat/usage.ts";
import { AppError } from "../errors.ts";
import { isObject, parseJson, stringifyJson } from "../json.ts";
import type { Model, ModelEvent, ModelRequest } from "../model/types.ts";
import { type ClientSchema, createClientSchema } from "../tools/custom/client-schema.ts";
import { replaceStream, type TurnModel } from "./turn-model.ts";

/** The format of a reply. Without a schema, any JSON object. */
export interface OutputFormat {
  readonly name: string;
  readonly description?: string | undefined;
  readonly schema?: unknown;
}

/** Model calls for one reply: the model corrects a reply that does not match. */
const MAX_ATTEMPTS = 3;

/** Reads a reply. Returns its JSON text, or its problem in words for the model. */
type ReadReply = (value: unknown) => { readonly text: string } | { readonly problem: string };

/** A format whose schema was converted. */
export interface ConvertedFormat extends OutputFormat {
  readonly converted: ClientSchema | undefined;
}

/** @throws AppError `bad_request` with the name of the format */
export function convertFormat(format: OutputFormat): ConvertedFormat {
  const { name, schema } = format;
  try {
    return { ...format, converted: schema === undefined ? undefined : createClientSchema(schema) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError(
      "bad_request",
      `The schema ${JSON.stringify(name.slice(0, 100))} cannot be used: ${reason}.`,
    );
  }
}

/** Returns the model with replies in the format, each as one text. */
export function withStructuredOutput(model: TurnModel, format: ConvertedFormat): TurnModel {
  const { converted } = format;
  const stream: Model["stream"] = (request, signal) =>
    converted
      ? streamSchema(model, request, format, converted, signal)
      : streamObject(model, request, signal);
  return replaceStream(model, stream);
}

/** The model replies with a call of a tool whose parameters are the schema. */
function streamSchema(
  model: Pick<Model, "stream">,
  request: ModelRequest,
  format: OutputFormat,
  schema: ClientSchema,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent> {
  const name = uniqueName(request.tools);
  const reply: ToolDefinition = {
    name,
    description: `Gives your complete reply (${format.name}).${format.description ? ` ${format.description}` : ""}`,
    inputSchema: schema.inputSchema,
  };
  const instruction = `Reply by calling the tool ${name} once, when you know everything that the reply needs. Its arguments are the whole reply. Write no other text.`;
  const forced = request.toolChoice ?? (request.tools.length === 0 ? { tool: name } : "any");
  const read: ReadReply = (value) => {
    if (!isObject(value)) return { problem: `Call the tool ${name}.` };
    const { value: output, problems } = schema.read(value);
    return problems.length > 0 ? { problem: problems.join("\n") } : { text: stringifyJson(output) };
  };
  const structured = {
    ...request,
    system: `${request.system}\n\n${instruction}`.trim(),
    tools: [...request.tools, reply],
    toolChoice: forced,
  };
  return streamAttempts(model, structured, name, read, signal);
}

function streamObject(
  model: Pick<Model, "stream">,
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent> {
  const instruction = "Reply with one JSON object and nothing else: no text around it and no code fence.";
  const read: ReadReply = (value) =>
    isObject(value) ? { text: stringifyJson(value) } : { problem: instruction };
  const structured = { ...request, system: `${request.system}\n\n${instruction}`.trim() };
  return streamAttempts(model, structured, undefined, read, signal);
}

/** Yields a reply once it matches. Calls of other tools pass through, and end the attempts. */
async function* streamAttempts(
  model: Pick<Model, "stream">,
  request: ModelRequest,
  toolName: string | undefined,
  read: ReadReply,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent> {
  let spent = NO_USAGE;
  let corrections: readonly Message[] = [];
  for (let attempt = 1; ; attempt++) {
    const reply = { text: "", calls: [] as ToolCall[], hasOtherCalls: false };
    let end: Extract<ModelEvent, { type: "end" }> | undefined;
    for await (const event of model.stream(appendMessages(request, corrections), signal)) {
      if (event.type === "text") reply.text += event.text;
      else if (event.type === "call" && event.call.name === toolName) reply.calls.push(event.call);
      else if (event.type === "end") end = event;
      else {
        reply.hasOtherCalls ||= event.type === "call";
        yield event;
      }
    }
    if (!end) return;
    spent = addUsage(spent, end.usage);
    const isComplete = ["end_turn", "tool_use", "stop_sequence", "malformed"].includes(end.stopReason);
    if (reply.hasOtherCalls || !isComplete) {
      if (!reply.hasOtherCalls && reply.text !== "") yield { type: "text", text: reply.text };
      return yield { ...end, usage: spent };
    }
    const result = readReply(reply, read);
    if ("text" in result) {
      yield { type: "text", text: result.text };
      return yield { ...end, stopReason: "end_turn", usage: spent };
    }
    if (attempt === MAX_ATTEMPTS)
      throw new AppError("model_refused", "The model's reply does not match the requested format.", {
        detail: result.problem,
      });
    corrections = [...corrections, ...describeProblem(reply, result.problem, request.model)];
  }
}

type Attempt = { readonly text: string; readonly calls: readonly ToolCall[] };

function readReply({ text, calls }: Attempt, read: ReadReply): ReturnType<ReadReply> {
  const [call] = calls;
  if (call?.malformed !== undefined) return { problem: "The arguments are not a JSON object." };
  return read(call ? call.arguments : findJson(text));
}

/** Returns the JSON object in a text, which may be in a code fence or between words. */
function findJson(text: string): unknown {
  const first = text.indexOf("{");
  const last = text.lastIndexOf("}");
  try {
    return first === -1 ? undefined : parseJson(text.slice(first, last + 1));
  } catch {
    return undefined;
  }
}

function describeProblem(
  { text, calls: [call] }: Attempt,
  problem: string,
  model: string,
): readonly Message[] {
  const stamp = () => ({ id: randomUUID() as MessageId, at: new Date(0).toISOString() });
  const part: AssistantPart = call
    ? { type: "call", call }
    : { type: "text", text: text.trim() || "(empty)" };
  const reply: Message = { role: "assistant", ...stamp(), parts: [part], model, usage: NO_USAGE };
  if (!call) return [reply, { role: "user", ...stamp(), text: problem }];
  const result = {
    callId: call.id,
    name: call.name,
    status: "failed",
    content: problem,
    durationMs: 0,
  } as const;
  return [reply, { role: "results", ...stamp(), results: [result] }];
}

function appendMessages(request: ModelRequest, messages: readonly Message[]): ModelRequest {
  const { refit } = request;
  if (messages.length === 0) return request;
  return {
    ...request,
    messages: [...request.messages, ...messages],
    refit:
      refit &&
      ((limits) => {
        const fitted = refit(limits);
        return fitted && [...fitted, ...messages];
      }),
  };
}

function uniqueName(tools: readonly ToolDefinition[]): string {
  let name = "json_reply";
  while (tools.some((tool) => tool.name === name)) name = `${name}_`;
  return name;
}
