/** The request body of the ai-sdk protocol: a UI message or decisions on tool calls. Pure. `src/protocols/ai-sdk/PROTOCOL.md` */
import { z } from "zod";
import type { EncodedFile } from "../../turns/stateless-request.ts";
import { clientList } from "../shared/client-json.ts";
import { MAX_MESSAGES, MAX_PARTS } from "../shared/history-limits.ts";

const part = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  /** Fields of a file. */
  mediaType: z.string().optional(),
  filename: z.string().optional(),
  url: z.string().optional(),
  /** Fields of a tool call. */
  state: z.string().optional(),
  approval: z
    .looseObject({ id: z.string(), approved: z.boolean().optional(), reason: z.string().optional() })
    .optional(),
});

/** The body of `POST {base}/ai`. Only its last message is read; the earlier ones are stored already. */
export const aiSdkRequest = z.looseObject({
  id: z.string().min(1).max(200),
  messages: clientList(
    z.looseObject({
      id: z.string(),
      role: z.enum(["system", "user", "assistant"]),
      parts: clientList(part, MAX_PARTS),
    }),
    MAX_MESSAGES,
  ).refine((list) => list.length > 0, "at least one is needed"),
  model: z.string().optional(),
  trigger: z.string().optional(),
  /** Set when a message is edited or answered again. */
  messageId: z.string().nullish(),
});
export type AiSdkRequest = z.output<typeof aiSdkRequest>;

export interface AiSdkUserMessage {
  readonly type: "message";
  /** The client's id of the message. */
  readonly id: string;
  /** A request with the same key repeats this one. Undefined when the client does not say which reply it regenerates. */
  readonly key: string | undefined;
  readonly isRegeneration: boolean;
  readonly message: string;
  readonly files: readonly EncodedFile[];
}

export interface AiSdkDecisions {
  readonly type: "decisions";
  readonly decisions: readonly AiSdkDecision[];
}

/** A decision on one pending call. */
export interface AiSdkDecision {
  readonly approvalId: string;
  readonly callId: string;
  readonly approved: boolean;
  readonly reason?: string | undefined;
}

/** Decodes the last message: a user message or decisions on calls. Returns an error text when it is neither. */
export function decodeAiSdk({
  messages,
  trigger,
  messageId,
}: AiSdkRequest): AiSdkUserMessage | AiSdkDecisions | string {
  const last = messages.at(-1);
  if (last?.role === "user") {
    const parts = last.parts.filter(({ type }) => type === "file");
    const files = parts.flatMap((part) => decodeFilePart(part) ?? []);
    if (files.length < parts.length) return "Files are taken as data: URLs alone.";
    const message = textOfMessage(last);
    if (message.trim() === "" && files.length === 0) return "The newest message is empty.";
    const { id } = last;
    const isRegeneration = trigger === "regenerate-message";
    const key = isRegeneration ? keyOfRegeneration(messages, messageId) : id;
    return { type: "message", id, key, isRegeneration, message, files };
  }
  const decisions =
    last?.role === "assistant" ? last.parts.flatMap((part) => decodeDecision(part) ?? []) : [];
  return decisions.length > 0
    ? { type: "decisions", decisions }
    : "The last message must be a user message or a decision on a tool call.";
}

/** Identifies a regeneration by the reply that it replaces: the next one replaces another reply. */
function keyOfRegeneration(
  messages: AiSdkRequest["messages"],
  messageId: AiSdkRequest["messageId"],
): string | undefined {
  return messageId && messages.every(({ id }) => id !== messageId) ? `again ${messageId}` : undefined;
}

export function textOfMessage({ parts }: Pick<AiSdkRequest["messages"][number], "parts">): string {
  return parts.flatMap(({ type, text }) => (type === "text" && text ? [text] : [])).join("\n");
}

function decodeFilePart({ url, mediaType, filename }: z.output<typeof part>) {
  const comma = url?.indexOf(",") ?? -1;
  if (!url || !/^data:.*;base64$/s.test(url.slice(0, Math.max(comma, 0)))) return undefined;
  const name = filename ?? "file";
  return {
    base64: url.slice(comma + 1),
    mediaType: mediaType ?? "application/octet-stream",
    label: name,
    name,
  };
}

function decodeDecision({ state, approval }: z.output<typeof part>): AiSdkDecision | undefined {
  if (state !== "approval-responded" || approval?.approved === undefined) return undefined;
  const [approvalId = "", ...callId] = approval.id.split(":");
  return { approvalId, callId: callId.join(":"), approved: approval.approved, reason: approval.reason };
}
