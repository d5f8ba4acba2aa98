/** How frames change the answer they belong to. */
import type {
  AiResponse,
  ErrorFrame,
  FileFrame,
  HistoryMessage,
  NoticeFrame,
  ToolCallFrame,
  ToolResultFrame,
} from "../protocol.ts";
import type { Answer, CallPart, Failure, Part } from "./types.ts";

export function newAnswer(id: string): Answer {
  return {
    kind: "answer",
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

export function isLive(answer: Answer): boolean {
  return answer.status !== "done" && answer.status !== "failed";
}

export function begun(answer: Answer): Answer {
  return answer.status === "sent" || answer.status === "unsure" ? { ...answer, status: "running" } : answer;
}

export function withDelta(answer: Answer, type: "text" | "reasoning", text: string): Answer {
  const last = answer.parts.at(-1);
  const parts: readonly Part[] =
    last?.type === type
      ? [...answer.parts.slice(0, -1), { type, text: last.text + text }]
      : [...answer.parts, { type, text }];
  return { ...answer, parts, progress: undefined };
}

export function withCall(answer: Answer, frame: ToolCallFrame): Answer {
  const isKnown = answer.parts.some((part) => part.type === "call" && part.id === frame.tool_call_id);
  const parts = isKnown
    ? changedCall(answer.parts, frame.tool_call_id, (call) => ({ ...call, status: "running" }))
    : [...answer.parts, newCall(frame, "running")];
  return { ...answer, parts, progress: undefined };
}

export function newCall(
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
    status,
    held: undefined,
    httpStatus: undefined,
    durationMs: undefined,
    result: undefined,
    file: undefined,
  };
}

function changedCall(
  parts: readonly Part[],
  id: string,
  change: (call: CallPart) => CallPart,
): readonly Part[] {
  return parts.map((part) => (part.type === "call" && part.id === id ? change(part) : part));
}

export function withResult(answer: Answer, frame: ToolResultFrame): Answer {
  const parts = changedCall(answer.parts, frame.tool_call_id, (call) => resultOf(call, frame));
  return { ...answer, parts };
}

/** A history does not tell all of it. */
export function resultOf(call: CallPart, result: HistoryMessage["tool_results"][number]): CallPart {
  return {
    ...call,
    status: result.status,
    httpStatus: result.http_status,
    durationMs: result.duration_ms,
    result: result.result,
    file: result.file,
  };
}

/** The closing frame says everything once more: what did not arrive before is taken from it. */
export function finished(answer: Answer, frame: AiResponse): Answer {
  return {
    ...answer,
    status: "done",
    parts: withoutOpenCalls(withWholeText(withMissingCalls(answer.parts, frame), frame.message)),
    progress: undefined,
    stopReason: frame.stop_reason,
    usage: frame.usage,
    costUsd: frame.cost_usd ?? undefined,
    model: frame.model,
  };
}

export function failed(answer: Answer, failure: Failure): Answer {
  const parts = withoutOpenCalls(answer.parts);
  return { ...answer, status: "failed", parts, progress: undefined, failure };
}

/** What the server told of the turn: what passes takes the place of what was said before it. */
export function withNotice(answer: Answer, { code, message }: NoticeFrame): Answer {
  if (PASSING.has(code)) return { ...answer, progress: message };
  return answer.notices.includes(message) ? answer : { ...answer, notices: [...answer.notices, message] };
}

const PASSING: ReadonlySet<string> = new Set(["queued", "retrying", "progress"]);

/** The files that its calls brought. */
export function filesOf(answer: Answer): readonly FileFrame[] {
  return answer.parts.flatMap((part) => (part.type === "call" && part.file !== undefined ? [part.file] : []));
}

export function failureOf(frame: ErrorFrame): Failure {
  return {
    message: frame.message,
    code: frame.code,
    retryable: frame.retryable,
    retryAfterMs: frame.retry_after_ms ?? 0,
  };
}

/** The text of an answer, as it is copied. */
export function textOf(answer: Answer): string {
  return answer.parts
    .filter((part) => part.type === "text")
    .map((part) => part.text.trim())
    .join("\n\n");
}

function withMissingCalls(parts: readonly Part[], frame: AiResponse): readonly Part[] {
  const known = new Set(parts.flatMap((part) => (part.type === "call" ? [part.id] : [])));
  const missing = pastCalls(frame).filter(({ id }) => !known.has(id));
  const completed = parts.map((part) => {
    const isOpen = part.type === "call" && (part.status === "running" || part.status === "waiting");
    const result = isOpen && frame.tool_results.find(({ tool_call_id }) => tool_call_id === part.id);
    return result ? resultOf(part, result) : part;
  });
  return [...missing, ...completed];
}

/** Calls as they are listed when they are over. */
export function pastCalls({
  tool_calls,
  tool_results,
}: Pick<HistoryMessage, "tool_calls" | "tool_results">): readonly CallPart[] {
  return tool_calls.map(({ id, name, arguments: values, method, path }) => {
    const frame = { tool_call_id: id, name, arguments: values };
    const call = { ...newCall(frame, "unknown"), method, path };
    const result = tool_results.find(({ tool_call_id }) => tool_call_id === id);
    return result === undefined ? call : resultOf(call, result);
  });
}

function withWholeText(parts: readonly Part[], whole: string): readonly Part[] {
  const seen = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  if (seen === whole) return parts;
  const others = parts.filter((part) => part.type !== "text");
  return whole === "" ? others : [...others, { type: "text", text: whole }];
}

function withoutOpenCalls(parts: readonly Part[]): readonly Part[] {
  return parts.map((part) =>
    part.type === "call" && (part.status === "running" || part.status === "waiting")
      ? { ...part, status: "unknown" }
      : part,
  );
}
