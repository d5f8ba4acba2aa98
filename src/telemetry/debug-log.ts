/** Logs the content of model requests and tool calls, for `--debug-mode`. Credentials are in neither. */
import type { ToolCall, ToolResult } from "../chat/types.ts";
import type { Model } from "../model/types.ts";
import type { Log } from "./log.ts";
import type { CallAttributes } from "./types.ts";
import { withStream } from "./with-stream.ts";

/** Characters of a text in the log. */
const MAX_TEXT = 2000;

/** Returns the model with a log line for each request and each reply. */
export function withRequestLog(model: Model, log: Pick<Log, "debug">): Model {
  return withStream(model, async function* stream(request, signal) {
    log.debug("model request", {
      session: request.session,
      model: request.model,
      tools: request.tools.length,
      system: shorten(request.system),
      messages: describe(request.messages),
    });
    let text = "";
    for await (const event of model.stream(request, signal)) {
      if (event.type === "text" && text.length < MAX_TEXT) text += event.text;
      if (event.type === "end")
        log.debug("model reply", { session: request.session, stop: event.stopReason, text: shorten(text) });
      yield event;
    }
  });
}

export function logCallStart(
  log: Pick<Log, "debug">,
  { id, name, arguments: args }: ToolCall,
  { session, endpoint }: CallAttributes,
): void {
  log.debug("tool call", {
    session,
    call: id,
    tool: name,
    endpoint: endpoint(name),
    arguments: shorten(describe(args)),
  });
}

export function logCallResult(
  log: Pick<Log, "debug">,
  { callId, name, status, content }: ToolResult,
  { session }: Pick<CallAttributes, "session">,
): void {
  log.debug("tool result", { session, call: callId, tool: name, status, content: shorten(content) });
}

/** Returns a value as JSON, with each text shortened and without the bytes of attachments. */
function describe(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part instanceof Uint8Array) return `${part.length} bytes`;
    if (typeof part === "bigint") return String(part);
    return typeof part === "string" ? shorten(part) : part;
  });
}

function shorten(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}… (${text.length} characters)`;
}
