/** Converts the history that a client sends into messages of a session. */
import { randomUUID } from "node:crypto";
import type {
  AssistantMessage,
  AssistantPart,
  Message,
  MessageId,
  ToolCall,
  ToolResult,
  UserMessage,
} from "../chat/types.ts";
import { NO_USAGE } from "../chat/usage.ts";
import type { HandedOverRound } from "../store/handed-over-rounds.ts";
import type { FileContent } from "../tools/types.ts";
import type { SessionAttachments } from "./attachments.ts";
import type { ClientMessage } from "./stateless-request.ts";

export interface ConversionContext {
  readonly model: string;
  readonly now: () => Date;
  readonly attachments: SessionAttachments;
  /** Converts a call of the client's history for the model. */
  readonly toModelCall?: ((call: ToolCall) => ToolCall) | undefined;
  /** Returns what a turn added before it handed this call over. */
  readonly findHandedOver?: ((callId: string) => HandedOverRound | undefined) | undefined;
}

/** A message whose files are all here. */
export type FetchedMessage = ClientMessage<FileContent>;
type MessageOf<Role extends FetchedMessage["role"]> = Extract<FetchedMessage, { readonly role: Role }>;

/** Leaves out results whose call is not in the history. Some clients send one message for the text and one for each call. */
export function toMessages(
  clientMessages: readonly FetchedMessage[],
  context: ConversionContext,
): readonly Message[] {
  const messages: Message[] = [];
  for (const message of clientMessages) {
    switch (message.role) {
      case "user":
        messages.push(toUserMessage(message, context));
        break;
      case "assistant":
        addAssistantMessage(messages, message, context);
        break;
      case "result":
        addResult(messages, message, context);
    }
  }
  return messages.map((message, index) => sortResults(message, messages[index - 1]));
}

/** Sorts results as the calls before them. */
function sortResults(message: Message, before: Message | undefined): Message {
  if (message.role !== "results" || before?.role !== "assistant") return message;
  const ids = before.parts.flatMap((part) => (part.type === "call" ? [part.call.id] : []));
  const results = message.results.toSorted((a, b) => ids.indexOf(a.callId) - ids.indexOf(b.callId));
  return { ...message, results };
}

function toUserMessage(
  { text, files }: MessageOf<"user">,
  { now, attachments }: ConversionContext,
): UserMessage {
  const saved = attachments.save(files);
  return { role: "user", ...stamp(now), text, ...(saved.length > 0 && { attachments: saved }) };
}

function addAssistantMessage(
  messages: Message[],
  { text, calls: clientCalls }: MessageOf<"assistant">,
  { model, now, toModelCall = (call) => call, findHandedOver }: ConversionContext,
): void {
  const calls = clientCalls.map(toModelCall);
  const handedOver = calls[0] && findHandedOver?.(calls[0].id);
  if (handedOver && hasCalls(handedOver, calls)) {
    messages.push(...handedOver.messages);
    if (handedOver.results.length > 0)
      messages.push({ role: "results", ...stamp(now), results: handedOver.results });
    return;
  }
  const parts: readonly AssistantPart[] = [
    ...(text.trim() === "" ? [] : [{ type: "text", text } as const]),
    ...calls.map((call) => ({ type: "call", call }) as const),
  ];
  const last = messages.at(-1);
  if (last?.role === "assistant")
    messages[messages.length - 1] = { ...last, parts: [...last.parts, ...parts] };
  else if (parts.length > 0)
    messages.push({ role: "assistant", ...stamp(now), parts, model, usage: NO_USAGE });
}

/** Returns whether the last message of the round has all these calls, since a client may reuse an id. */
function hasCalls({ messages }: HandedOverRound, calls: readonly ToolCall[]): boolean {
  const last = messages.at(-1);
  if (last?.role !== "assistant") return false;
  return calls.every((call) =>
    last.parts.some(
      (part) => part.type === "call" && part.call.id === call.id && part.call.name === call.name,
    ),
  );
}

function addResult(
  messages: Message[],
  message: MessageOf<"result">,
  { now, attachments }: ConversionContext,
): void {
  const last = messages.at(-1);
  const assistantMessage = last?.role === "results" ? messages.at(-2) : last;
  const result =
    assistantMessage?.role === "assistant" ? toToolResult(message, assistantMessage, attachments) : undefined;
  if (!result) return;
  if (last?.role === "results")
    messages[messages.length - 1] = { ...last, results: [...last.results, result] };
  else messages.push({ role: "results", ...stamp(now), results: [result] });
}

/** Models read one picture of a result. The result says which files they do not get. */
function toToolResult(
  { callId, content, status, files = [] }: MessageOf<"result">,
  { parts }: AssistantMessage,
  attachments: SessionAttachments,
): ToolResult | undefined {
  const part = parts.find((part) => part.type === "call" && part.call.id === callId);
  if (part?.type !== "call") return undefined;
  const saved = attachments.save(files);
  const picture = saved.find(({ contents }) => contents?.kind === "image");
  const omitted = saved.filter((file) => file !== picture).map(({ name }) => `[${name} was left out.]`);
  return {
    callId,
    name: part.call.name,
    status,
    content: [content, ...omitted].filter(Boolean).join("\n") || "(empty)",
    durationMs: 0,
    ...(picture && { file: picture }),
  };
}

function stamp(now: () => Date): { readonly id: MessageId; readonly at: string } {
  return { id: randomUUID() as MessageId, at: now().toISOString() };
}
