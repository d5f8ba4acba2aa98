/** Converts the history that a client sends into messages of a session. */
import { randomUUID } from "node:crypto";
import type { AssistantPart, Message, MessageId, ToolCall, ToolResult, UserMessage } from "../chat/types.ts";
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

/** The newest assistant message, to which results and further calls are added. */
interface OpenRound {
  readonly parts: AssistantPart[];
  /** The name and the position of each call, by id. */
  readonly calls: Map<string, { readonly name: string; readonly position: number }>;
  results?: ToolResult[];
}

/** Leaves out results whose call is not in the history. Some clients send one message for the text and one for each call. */
export function toMessages(
  clientMessages: readonly FetchedMessage[],
  context: ConversionContext,
): readonly Message[] {
  const messages: Message[] = [];
  const rounds = new Set<OpenRound>();
  let round: OpenRound | undefined;
  for (const message of clientMessages) {
    switch (message.role) {
      case "user":
        round = undefined;
        messages.push(toUserMessage(message, context));
        break;
      case "assistant":
        round = addAssistantMessage(messages, message, round, context);
        if (round) rounds.add(round);
        break;
      case "result":
        addResult(messages, message, round, context);
    }
  }
  for (const each of rounds) sortResults(each);
  return messages;
}

function toUserMessage(
  { text, files }: MessageOf<"user">,
  { now, attachments }: ConversionContext,
): UserMessage {
  const saved = attachments.save(files);
  return { role: "user", ...stamp(now), text, ...(saved.length > 0 && { attachments: saved }) };
}

/** Returns the round that the message belongs to. */
function addAssistantMessage(
  messages: Message[],
  { text, calls: clientCalls }: MessageOf<"assistant">,
  round: OpenRound | undefined,
  { model, now, toModelCall = (call) => call, findHandedOver }: ConversionContext,
): OpenRound | undefined {
  const calls = clientCalls.map(toModelCall);
  const handedOver = calls[0] && findHandedOver?.(calls[0].id);
  if (handedOver && hasCalls(handedOver, calls)) return addHandedOver(messages, handedOver, now);
  const parts: readonly AssistantPart[] = [
    ...(text.trim() === "" ? [] : [{ type: "text", text } as const]),
    ...calls.map((call) => ({ type: "call", call }) as const),
  ];
  if (parts.length === 0) return round;
  if (round && !round.results) return addParts(round, parts);
  const opened = addParts({ parts: [], calls: new Map() }, parts);
  messages.push({ role: "assistant", ...stamp(now), parts: opened.parts, model, usage: NO_USAGE });
  return opened;
}

function addParts(round: OpenRound, parts: readonly AssistantPart[]): OpenRound {
  for (const part of parts) {
    if (part.type === "call" && !round.calls.has(part.call.id))
      round.calls.set(part.call.id, { name: part.call.name, position: round.parts.length });
    round.parts.push(part);
  }
  return round;
}

function addHandedOver(messages: Message[], handedOver: HandedOverRound, now: () => Date): OpenRound {
  const round = addParts({ parts: [], calls: new Map() }, partsOf(handedOver));
  const last = handedOver.messages.at(-1);
  messages.push(...handedOver.messages.slice(0, -1));
  if (last?.role === "assistant") messages.push({ ...last, parts: round.parts });
  if (handedOver.results.length === 0) return round;
  const results = [...handedOver.results];
  messages.push({ role: "results", ...stamp(now), results });
  return { ...round, results };
}

function partsOf({ messages }: HandedOverRound): readonly AssistantPart[] {
  const last = messages.at(-1);
  return last?.role === "assistant" ? last.parts : [];
}

/** Returns whether the last message of the round has all these calls, since a client may reuse an id. */
function hasCalls(round: HandedOverRound, calls: readonly ToolCall[]): boolean {
  const names = new Map(
    partsOf(round).flatMap((part) => (part.type === "call" ? [[part.call.id, part.call.name] as const] : [])),
  );
  return calls.every(({ id, name }) => names.get(id) === name);
}

function addResult(
  messages: Message[],
  message: MessageOf<"result">,
  round: OpenRound | undefined,
  { now, attachments }: ConversionContext,
): void {
  const call = round?.calls.get(message.callId);
  if (!round || !call) return;
  if (!round.results) {
    round.results = [];
    messages.push({ role: "results", ...stamp(now), results: round.results });
  }
  round.results.push(toToolResult(message, call.name, attachments));
}

/** Sorts results as their calls. */
function sortResults({ calls, results }: OpenRound): void {
  const positionOf = ({ callId }: ToolResult) => calls.get(callId)?.position ?? -1;
  results?.sort((a, b) => positionOf(a) - positionOf(b));
}

/** Models read one picture of a result. The result says which files they do not get. */
function toToolResult(
  { callId, content, status, files = [] }: MessageOf<"result">,
  name: string,
  attachments: SessionAttachments,
): ToolResult {
  const saved = attachments.save(files);
  const picture = saved.find(({ contents }) => contents?.kind === "image");
  const omitted = saved.filter((file) => file !== picture).map(({ name }) => `[${name} was left out.]`);
  return {
    callId,
    name,
    status,
    content: [content, ...omitted].filter(Boolean).join("\n") || "(empty)",
    durationMs: 0,
    ...(picture && { file: picture }),
  };
}

function stamp(now: () => Date): { readonly id: MessageId; readonly at: string } {
  return { id: randomUUID() as MessageId, at: now().toISOString() };
}
