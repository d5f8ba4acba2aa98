/** Decodes the input of a run. Pure. */
import { z } from "zod";
import type { ClientTool } from "../../turns/client-tools.ts";
import type { ClientFile, ClientMessage, StatelessRequest } from "../../turns/stateless-request.ts";
import { decodeFileUrl, encodedFile } from "../shared/data-url.ts";
import { createCallDecoder, type DecodeCall } from "../shared/decode-call.ts";
import { decodeDecisions } from "./decode-decisions.ts";
import { isServerId } from "./open-message.ts";
import type { RunContentPart, RunInput, RunMessage } from "./requests.ts";

/** Decodes the input for a stateless turn. @throws AppError `bad_request` or `approval_not_found` */
export function decodeRun({ messages, tools, context, resume, forwardedProps }: RunInput): StatelessRequest {
  const decodeCall = createCallDecoder();
  const decided = new Set(resume?.map(({ interruptId }) => interruptId));
  const clientMessages = messages
    .filter((message) => !isOwnAnswer(message, decided))
    .flatMap((message) => decodeMessage(message, decodeCall));
  const model = z.object({ model: z.string() }).safeParse(forwardedProps).data?.model;
  const systemMessages = messages.flatMap((message) =>
    message.role === "system" || message.role === "developer" ? [message.content] : [],
  );
  return {
    messages: clientMessages,
    instructions: [
      ...systemMessages,
      ...(context ?? []).map(({ description, value }) => `${description}:\n${value}`),
    ],
    tools: tools?.map(decodeTool),
    model,
    ...(resume && resume.length > 0 && { decisions: decodeDecisions(resume, clientMessages) }),
  };
}

/**
 * Returns whether a tool message only repeats a decision of `resume`. Some clients send both. A result that the server sent has
 * an id of the server: its call was made.
 */
function isOwnAnswer(message: RunMessage, decided: ReadonlySet<string>): boolean {
  return message.role === "tool" && decided.has(message.toolCallId) && !isServerId(message.id ?? "");
}

function decodeMessage(message: RunMessage, decodeCall: DecodeCall): readonly ClientMessage[] {
  switch (message.role) {
    case "user":
      return [{ role: "user", text: textOf(message.content), files: filesOf(message.content) }];
    case "assistant": {
      const calls = (message.toolCalls ?? []).map(decodeCall);
      return [{ role: "assistant", text: textOf(message.content ?? ""), calls }];
    }
    case "tool": {
      const { toolCallId: callId, error } = message;
      const content = textOf(message.content);
      return [
        {
          role: "result",
          callId,
          content: content || (error ?? ""),
          status: error ? "failed" : "ok",
          files: filesOf(message.content),
        },
      ];
    }
    default:
      return [];
  }
}

function textOf(content: string | readonly RunContentPart[]): string {
  if (typeof content === "string") return content;
  return content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
}

function filesOf(content: string | readonly RunContentPart[]): readonly ClientFile[] {
  if (typeof content === "string") return [];
  return content.flatMap((part) => {
    if (part.type === "text") return [];
    if (part.type === "binary") {
      const { data, url, mimeType, filename } = part;
      if (data) return [encodedFile(data, mimeType, "file", filename ?? undefined)];
      return url ? [decodeFileUrl(url, "file", filename ?? undefined)] : [];
    }
    const { source, type } = part;
    return [
      source.type === "data"
        ? encodedFile(source.value, source.mimeType, type)
        : decodeFileUrl(source.value, type),
    ];
  });
}

function decodeTool({ name, description, parameters }: NonNullable<RunInput["tools"]>[number]): ClientTool {
  return { name, description, parameters };
}
