/** Applies frames to the reply that they belong to. */
import { translateServerText } from "../language/language.ts";
import type {
  AiResponseFrame,
  ErrorFrame,
  FileFrame,
  HistoryMessage,
  NoticeFrame,
  ToolCallFrame,
  ToolResultFrame,
} from "../protocol.ts";
import type { CallPart, Failure, Part, Reply } from "./types.ts";

export function createReply(id: string): Reply {
  return {
    kind: "reply",
    id,
    status: "sent",
    turnId: undefined,
    parts: [],
    notices: [],
    progress: undefined,
    failure: undefined,
    stopReason: undefined,
    usage: undefined,
    costUsd: undefined,
    model: undefined,
  };
}

export function isLive(reply: Reply): boolean {
  return reply.status !== "done" && reply.status !== "failed";
}

export function markRunning(reply: Reply): Reply {
  return reply.status === "sent" || reply.status === "unconfirmed" ? { ...reply, status: "running" } : reply;
}

export function withDelta(reply: Reply, type: "text" | "reasoning", text: string): Reply {
  const last = reply.parts.at(-1);
  const parts: readonly Part[] =
    last?.type === type
      ? [...reply.parts.slice(0, -1), { type, text: last.text + text }]
      : [...reply.parts, { type, text }];
  return { ...reply, parts, progress: undefined };
}

export function withCall(reply: Reply, frame: ToolCallFrame): Reply {
  const isKnown = reply.parts.some((part) => part.type === "call" && part.id === frame.tool_call_id);
  const parts = isKnown
    ? updateCall(reply.parts, frame.tool_call_id, (call) => ({ ...call, status: "running" }))
    : [...reply.parts, createCall(frame, "running")];
  return { ...reply, parts, progress: undefined };
}

export function createCall(
  frame: Omit<ToolCallFrame, "arguments"> & { readonly arguments: unknown },
  status: CallPart["status"],
): CallPart {
  return {
    type: "call",
    id: frame.tool_call_id,
    name: frame.name,
    arguments: frame.arguments,
    method: frame.method,
    path: frame.path,
    summary: frame.summary,
    isChart: frame.chart,
    security: frame.security,
    status,
    approval: undefined,
    httpStatus: undefined,
    durationMs: undefined,
    result: undefined,
    file: undefined,
  };
}

function updateCall(
  parts: readonly Part[],
  id: string,
  change: (call: CallPart) => CallPart,
): readonly Part[] {
  return parts.map((part) => (part.type === "call" && part.id === id ? change(part) : part));
}

export function withResult(reply: Reply, frame: ToolResultFrame): Reply {
  const parts = updateCall(reply.parts, frame.tool_call_id, (call) => applyResult(call, frame));
  return { ...reply, parts };
}

/** Adds a result to a call. A result from a history may lack the HTTP status and the duration. */
export function applyResult(call: CallPart, result: HistoryMessage["tool_results"][number]): CallPart {
  return {
    ...call,
    status: result.status,
    httpStatus: result.http_status,
    durationMs: result.duration_ms,
    result: result.result,
    wholeLength: result.whole_length,
    rows: result.rows,
    refused: result.refused,
    file: result.file,
    ...(result.sent_arguments !== undefined && { arguments: result.sent_arguments, isEdited: true }),
  };
}

/** Ends a reply. The final frame repeats all text, calls and results; missing ones are added from it. */
export function finishReply(reply: Reply, frame: AiResponseFrame): Reply {
  return {
    ...reply,
    status: "done",
    parts: closeOpenCalls(withFullText(withMissingCalls(reply.parts, frame), frame.message)),
    progress: undefined,
    stopReason: frame.stop_reason,
    usage: frame.usage,
    costUsd: frame.cost_usd ?? undefined,
    model: frame.model,
    ...(frame.context && { context: frame.context }),
  };
}

export function failReply(reply: Reply, failure: Failure): Reply {
  const parts = closeOpenCalls(reply.parts);
  return { ...reply, status: "failed", parts, progress: undefined, failure };
}

/** Adds a notice to the reply. A transient notice replaces the previous one. */
export function withNotice(reply: Reply, { code, message }: NoticeFrame): Reply {
  if (TRANSIENT_NOTICES.has(code)) return { ...reply, progress: translateServerText(code, message).message };
  return reply.notices.includes(message) ? reply : { ...reply, notices: [...reply.notices, message] };
}

const TRANSIENT_NOTICES: ReadonlySet<string> = new Set(["queued", "retrying", "progress"]);

/** Returns the files that the calls of a reply returned. */
export function filesOf(reply: Reply): readonly FileFrame[] {
  return reply.parts.flatMap((part) => (part.type === "call" && part.file !== undefined ? [part.file] : []));
}

export function toFailure(frame: ErrorFrame): Failure {
  return {
    ...translateServerText(frame.code, frame.message),
    code: frame.code,
    retryable: frame.retryable,
    retryAfterMs: frame.retry_after_ms ?? 0,
  };
}

/** Returns the text of a reply as it is copied to the clipboard. */
export function textOf(reply: Reply): string {
  return reply.parts
    .filter((part) => part.type === "text")
    .map((part) => part.text.trim())
    .join("\n\n");
}

function withMissingCalls(parts: readonly Part[], frame: AiResponseFrame): readonly Part[] {
  const knownIds = new Set(parts.flatMap((part) => (part.type === "call" ? [part.id] : [])));
  const missing = toPastCalls(frame).filter(({ id }) => !knownIds.has(id));
  const completed = parts.map((part) => {
    const isOpen = part.type === "call" && (part.status === "running" || part.status === "waiting");
    const result = isOpen && frame.tool_results.find(({ tool_call_id }) => tool_call_id === part.id);
    return result ? applyResult(part, result) : part;
  });
  return [...missing, ...completed];
}

/** Converts the calls of a finished message, with their results. */
export function toPastCalls({
  tool_calls,
  tool_results,
}: Pick<HistoryMessage, "tool_calls" | "tool_results">): readonly CallPart[] {
  return tool_calls.map(({ id, name, arguments: values, method, path, summary, chart, security }) => {
    const frame = { tool_call_id: id, name, arguments: values };
    const call = { ...createCall(frame, "unknown"), method, path, summary, isChart: chart, security };
    const result = tool_results.find(({ tool_call_id }) => tool_call_id === id);
    return result === undefined ? call : applyResult(call, result);
  });
}

function withFullText(parts: readonly Part[], fullText: string): readonly Part[] {
  const currentText = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  if (currentText === fullText) return parts;
  const others = parts.filter((part) => part.type !== "text");
  return fullText === "" ? others : [...others, { type: "text", text: fullText }];
}

function closeOpenCalls(parts: readonly Part[]): readonly Part[] {
  return parts.map((part) =>
    part.type === "call" && (part.status === "running" || part.status === "waiting")
      ? { ...part, status: "unknown" }
      : part,
  );
}
