/** The dashboard protocol: request envelopes and their replies, paired by the client's `id`. Pure. `src/protocols/dashboard/PROTOCOL.md` */
import { createHash } from "node:crypto";
import type { ModelUsage, SessionId, ToolCall, ToolResult, Usage } from "../../chat/types.ts";
import { AppError } from "../../errors.ts";
import { isObject, type JsonObject as Json } from "../../json.ts";
import type { Session } from "../../store/types.ts";
import { parseClientJson } from "../shared/client-json.ts";
import { type DialogueMessage, sumTokens } from "../shared/dialogue.ts";
import type { ClientText } from "../shared/long-json.ts";

/** A request envelope. `fields` are those of `data`, or of the envelope itself when it has no `data`. */
export interface DashboardRequest {
  /** Empty when the client sent no `id`; the reply then has none either. */
  readonly id: { readonly id?: unknown };
  readonly type: unknown;
  readonly envelope: Json;
  readonly fields: Json;
}

/** Characters of an `id`. */
const MAX_ID_LENGTH = 1000;

/**
 * Returns undefined when the text is not JSON, or null. Any other value is a request, possibly of an unknown type.
 * @throws AppError `bad_request` beyond the limits of JSON, and for an `id` that is not a text or a number.
 */
export function decodeRequest(text: ClientText | undefined): DashboardRequest | undefined {
  const value = parse(text);
  if (value === undefined || value === null) return undefined;
  const envelope = isObject(value) ? value : {};
  const { id, type, data } = envelope;
  if ((typeof id === "object" && id !== null) || String(id).length > MAX_ID_LENGTH)
    throw new AppError("bad_request", `id: a string or a number of at most ${MAX_ID_LENGTH} characters.`);
  return { id: id === undefined ? {} : { id }, type, envelope, fields: isObject(data) ? data : envelope };
}

function parse(text: ClientText | undefined): unknown {
  try {
    return parseClientJson(text ?? "");
  } catch (error) {
    if (error instanceof AppError) throw error;
    return undefined;
  }
}

/** Returns a text or number among the fields, or undefined when it is absent or null. @throws AppError `bad_request` that names the field. */
export function readText(fields: Json, name: string): string | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  throw new AppError("bad_request", `${name}: must be a string`);
}

/** Returns an object among the fields, or undefined. @throws AppError `bad_request` that names the field. */
export function readObject(fields: Json, name: string): Json | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined || isObject(value)) return value;
  throw new AppError("bad_request", `${name}: must be an object`);
}

/** The first number with more than nine digits in base 36. */
export const CHAT_NUMBER_LIMIT = 36 ** 9;

/**
 * Returns a session id in the form of this protocol, `chat_<ms>_<9 digits in base 36>`. Both numbers fit in a UUID, so that each
 * id can be converted to the other.
 * @param number random, below {@link CHAT_NUMBER_LIMIT}.
 */
export function newChatId(ms: number, number: number): string {
  return `chat_${ms}_${number.toString(36).padStart(9, "0")}`;
}

/** Converts a chat id to a session id, a UUID of version 8 (RFC 9562, section 5.8). Returns undefined for any other text. */
export function sessionIdOf(chatId: unknown): SessionId | undefined {
  const [, ms, digits] = (typeof chatId === "string" && /^chat_(\d{13})_([0-9a-z]{9})$/.exec(chatId)) || [];
  if (ms === undefined || digits === undefined) return undefined;
  const time = Number(ms).toString(16).padStart(12, "0");
  const number = Number.parseInt(digits, 36).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-8000-8000-${number}` as SessionId;
}

/** Converts a session id to a chat id, the inverse of {@link sessionIdOf}. */
export function chatIdOf(id: SessionId): string {
  const [high = "", low = "", , , number = ""] = id.split("-");
  return newChatId(Number.parseInt(high + low, 16), Number.parseInt(number, 16));
}

/** Returns the id of a user message or of its reply. Both derive from the user message, before anything is stored. */
export function messageIdOf(
  userMessage: { readonly id: string; readonly at: string },
  role: DialogueMessage["role"],
): string {
  const hash = createHash("sha256").update(`${role} ${userMessage.id}`).digest("hex").slice(0, 12);
  const number = Number.parseInt(hash, 16) % CHAT_NUMBER_LIMIT;
  return `msg_${Date.parse(userMessage.at)}_${number.toString(36).padStart(9, "0")}`;
}

export function usageOf(usages: readonly Usage[]) {
  const { input, output } = sumTokens(usages);
  return { inputTokens: input, outputTokens: output, totalTokens: input + output };
}

export function toolContext(calls: readonly ToolCall[], results: readonly ToolResult[]) {
  return {
    toolsUsed: [...new Set(calls.map(({ name }) => name))],
    mcpCalls: calls.map(({ id, name, arguments: values }) => ({
      tool: name,
      arguments: values,
      success: results.some(({ callId, status }) => callId === id && status === "ok"),
    })),
  };
}

/** Encodes messages of one session. The first is a user message, or a reply whose user message was not read. */
export function encodeHistory(
  chatId: string,
  messages: readonly DialogueMessage[],
  cost: (spent: readonly ModelUsage[]) => number | null,
) {
  let userMessage = messages[0];
  return messages.map((message) => {
    if (message.role === "user") userMessage = message;
    const { role, content, at, spent } = message;
    const common = {
      id: messageIdOf(userMessage ?? message, role),
      sessionId: chatId,
      role,
      content,
      timestamp: at,
    };
    if (role === "user") return common;
    return { ...common, metadata: { usage: usageOf(spent.map(({ usage }) => usage)), costUsd: cost(spent) } };
  });
}

export function encodeSession({ id, title, model }: Session, configured: string) {
  return { sessionId: chatIdOf(id), title, backend: "bedrock", model: model ?? configured };
}

export function errorReply(id: DashboardRequest["id"], error: string) {
  return { ...id, type: "error", error };
}

/** Reports an unknown type. As in the original system, the frame has no `type`. */
export function unknownType({ id, type }: DashboardRequest) {
  return {
    ...id,
    error: {
      code: -32601,
      message: `Unknown message type: ${typeof type === "string" ? type.slice(0, 100) : typeof type}`,
    },
  };
}

export function internalError(id: DashboardRequest["id"], message: string) {
  return { ...id, error: { code: -32603, message, category: "internal", shouldRetry: true } };
}

export function authError(message: string) {
  const error = { message, code: "AUTH_FAILED", category: "authentication", shouldRetry: false };
  return { type: "auth_error", error };
}
