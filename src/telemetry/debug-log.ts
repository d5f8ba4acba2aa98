/** Logs model requests and the events of turns with their content, for `--debug-mode`. Credentials are in neither. */
import type { ChatEvent } from "../chat/types.ts";
import { AppError } from "../errors.ts";
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
    const { session } = request;
    let [text, reasoning, stop] = ["", "", "none"];
    const calls: string[] = [];
    try {
      for await (const event of model.stream(request, signal)) {
        if (event.type === "text" && text.length < MAX_TEXT) text += event.text;
        if (event.type === "reasoning" && reasoning.length < MAX_TEXT) reasoning += event.text;
        if (event.type === "call") calls.push(event.call.name);
        if (event.type === "end") stop = event.stopReason;
        yield event;
      }
    } catch (error) {
      stop = error instanceof AppError ? error.code : "failed";
      throw error;
    } finally {
      // The reader may stop before the end.
      log.debug("model reply", {
        session,
        stop,
        text: shorten(text),
        ...(reasoning !== "" && { reasoning: shorten(reasoning) }),
        ...(calls.length > 0 && { calls: calls.join(", ") }),
      });
    }
  });
}

/** Logs an event of a turn. Text and reasoning are in the line of the model's reply, and the end of a turn has a line of its own. */
export function logTurnEvent(
  log: Pick<Log, "debug">,
  event: ChatEvent,
  { session, turn, endpoint }: CallAttributes,
): void {
  const described = describeEvent(event, endpoint);
  if (described) log.debug(described.text, { session, turn, ...described.fields });
}

function describeEvent(event: ChatEvent, endpoint: CallAttributes["endpoint"]) {
  switch (event.type) {
    case "turn_started":
      return { text: "turn started", fields: { message: shorten(event.question.text) } };
    case "call_started": {
      const { id: call, name: tool, arguments: args } = event.call;
      const fields = { call, tool, endpoint: endpoint(tool), arguments: shorten(describe(args)) };
      return { text: "tool call", fields };
    }
    case "call_ended": {
      const { callId: call, name: tool, status, content } = event.result;
      return { text: "tool result", fields: { call, tool, status, content: shorten(content) } };
    }
    case "notice":
      return { text: "notice", fields: { code: event.code, message: event.message } };
    case "turn_waiting": {
      const { id: approval, calls, expiresAt } = event.turn.approval;
      const tools = calls.map(({ call }) => call.name).join(", ");
      return { text: "approval requested", fields: { approval, tools, expiresAt } };
    }
    default:
      return undefined;
  }
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
