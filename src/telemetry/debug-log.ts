/** Logs the content of model requests and tool calls, for `--debug-mode`. Credentials are in neither. */
import type { ToolCall, ToolResult } from "../chat/types.ts";
import { stringifyJson } from "../json.ts";
import type { Model, ModelRequest } from "../model/types.ts";
import type { Log } from "./log.ts";
import type { CallAttributes } from "./types.ts";

/** Characters of a text in the log. */
const MAX_TEXT = 2000;

/** Returns the model with a log line for each request and each reply. */
export function withRequestLog(model: Model, log: Pick<Log, "debug">): Model {
  return {
    async *stream(request, signal) {
      log.debug("model request", {
        session: request.session,
        model: request.model,
        tools: request.tools.length,
        system: shorten(request.system),
        messages: describeMessages(request.messages),
      });
      let text = "";
      for await (const event of model.stream(request, signal)) {
        if (event.type === "text" && text.length < MAX_TEXT) text += event.text;
        if (event.type === "end")
          log.debug("model reply", { session: request.session, stop: event.stopReason, text: shorten(text) });
        yield event;
      }
    },
    health: () => model.health(),
    limits: (name) => model.limits(name),
    cost: (name, usage) => model.cost(name, usage),
    estimateCost: (name, usage) => model.estimateCost?.(name, usage) ?? 0,
    close: () => model.close(),
  };
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
    arguments: shorten(stringifyJson(args)),
  });
}

export function logCallResult(
  log: Pick<Log, "debug">,
  { callId, name, status, content }: ToolResult,
  { session }: Pick<CallAttributes, "session">,
): void {
  log.debug("tool result", { session, call: callId, tool: name, status, content: shorten(content) });
}

/** Returns the messages as JSON, each of them shortened, without the bytes of attachments. */
function describeMessages(messages: ModelRequest["messages"]): string {
  const withoutBytes = (_key: string, value: unknown) => {
    if (value instanceof Uint8Array) return `${value.length} bytes`;
    return typeof value === "string" ? shorten(value) : value;
  };
  return JSON.stringify(messages, withoutBytes);
}

function shorten(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}… (${text.length} characters)`;
}
