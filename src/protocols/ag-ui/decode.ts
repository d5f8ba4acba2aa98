/** Decodes the input of a run. Pure. */
import { z } from "zod";
import type { ToolDefinition } from "../../chat/types.ts";
import type { FileContent } from "../../tools/types.ts";
import type { ClientMessage, StatelessRequest } from "../../turns/stateless-request.ts";
import { decodeBase64File, decodeDataUrl } from "../shared/data-url.ts";
import { decodeCall } from "../shared/decode-call.ts";
import { decodeDecisions } from "./decode-decisions.ts";
import type { RunContentPart, RunInput, RunMessage } from "./requests.ts";

/** Decodes the input for a stateless turn. @throws AppError `bad_request` or `approval_not_found` */
export function decodeRun({ messages, tools, context, resume, forwardedProps }: RunInput): StatelessRequest {
  const clientMessages = messages.flatMap(decodeMessage);
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
    tools: tools && tools.length > 0 ? tools.map(decodeTool) : undefined,
    model,
    ...(resume && resume.length > 0 && { decisions: decodeDecisions(resume, clientMessages) }),
  };
}

function decodeMessage(message: RunMessage): readonly ClientMessage[] {
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
      return [{ role: "result", callId, content: content || (error ?? ""), status: error ? "failed" : "ok" }];
    }
    default:
      return [];
  }
}

function textOf(content: string | readonly RunContentPart[]): string {
  if (typeof content === "string") return content;
  return content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
}

function filesOf(content: string | readonly RunContentPart[]): readonly FileContent[] {
  if (typeof content === "string") return [];
  return content.flatMap((part) => {
    if (part.type === "text") return [];
    const { source, type } = part;
    return [
      source.type === "data"
        ? decodeBase64File(source.value, source.mimeType, type)
        : decodeDataUrl(source.value, type),
    ];
  });
}

function decodeTool({
  name,
  description,
  parameters,
}: NonNullable<RunInput["tools"]>[number]): ToolDefinition {
  const schema = typeof parameters === "object" && parameters !== null ? parameters : { properties: {} };
  return { name, description, inputSchema: { ...schema, type: "object" } };
}
