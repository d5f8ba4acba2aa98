/** Renders calls and results as text, for requests without tools, in which tool blocks are not allowed. */
import type { Message, ToolCall, ToolResult } from "../../chat/types.ts";
import { stringifyJson } from "../../json.ts";

export function renderCallsAsText(messages: readonly Message[]): readonly Message[] {
  return messages.map((message): Message => {
    if (message.role === "assistant")
      return {
        ...message,
        parts: message.parts.map((part) =>
          part.type === "call" ? { type: "text", text: callText(part.call) } : part,
        ),
      };
    if (message.role === "results")
      return {
        role: "user",
        id: message.id,
        at: message.at,
        text: message.results.map(resultText).join("\n\n"),
      };
    return message;
  });
}

function callText({ name, arguments: input, malformed }: ToolCall): string {
  return `<tool_call>\n${stringifyJson({ name, arguments: malformed ?? input })}\n</tool_call>`;
}

function resultText({ name, status, content }: ToolResult): string {
  return `<tool_result name="${name}" status="${status}">\n${content}\n</tool_result>`;
}
