/** How frames change the answer they belong to. */
import type {
  AiResponse,
  ErrorFrame,
  FileFrame,
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
  return answer.status === "sent" || answer.status === "running" || answer.status === "stopping";
}

export function begun(answer: Answer): Answer {
  return answer.status === "sent" ? { ...answer, status: "running" } : answer;
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
  const call: CallPart = {
    type: "call",
    id: frame.tool_call_id,
    name: frame.name,
    arguments: frame.arguments,
    method: frame.method,
    path: frame.path,
    status: "running",
    httpStatus: undefined,
    durationMs: undefined,
    result: undefined,
    file: undefined,
  };
  return { ...answer, parts: [...answer.parts, call], progress: undefined };
}

export function withResult(answer: Answer, frame: ToolResultFrame): Answer {
  const parts = answer.parts.map((part) =>
    part.type === "call" && part.id === frame.tool_call_id
      ? {
          ...part,
          status: frame.status,
          httpStatus: frame.http_status,
          durationMs: frame.duration_ms,
          result: frame.result,
          file: frame.file,
        }
      : part,
  );
  return { ...answer, parts };
}

/** The closing frame says everything once more: what did not arrive before is taken from it. */
export function finished(answer: Answer, frame: AiResponse): Answer {
  return {
    ...answer,
    status: "done",
    parts: withoutRunningCalls(withWholeText(withMissingCalls(answer.parts, frame), frame.message)),
    progress: undefined,
    stopReason: frame.stop_reason,
    usage: frame.usage,
    costUsd: frame.cost_usd ?? undefined,
    model: frame.model,
  };
}

export function failed(answer: Answer, failure: Failure): Answer {
  const parts = withoutRunningCalls(answer.parts);
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
  const missing = frame.tool_calls.filter((call) => !known.has(call.id));
  const calls = missing.map((call): CallPart => {
    const result = frame.tool_results.find(({ tool_call_id }) => tool_call_id === call.id);
    return {
      type: "call",
      id: call.id,
      name: call.name,
      arguments: call.arguments,
      method: undefined,
      path: undefined,
      status: result?.status ?? "unknown",
      httpStatus: undefined,
      durationMs: undefined,
      result: result?.result,
      file: result?.file,
    };
  });
  return calls.length === 0 ? parts : [...calls, ...parts];
}

function withWholeText(parts: readonly Part[], whole: string): readonly Part[] {
  const seen = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  if (seen === whole) return parts;
  const others = parts.filter((part) => part.type !== "text");
  return whole === "" ? others : [...others, { type: "text", text: whole }];
}

function withoutRunningCalls(parts: readonly Part[]): readonly Part[] {
  return parts.map((part) =>
    part.type === "call" && part.status === "running" ? { ...part, status: "unknown" } : part,
  );
}
