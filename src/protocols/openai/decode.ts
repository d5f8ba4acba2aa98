/** Decodes requests of the openai protocol. Pure. */
import type { ClientTool } from "../../turns/client-tools.ts";
import type { ClientFile, ClientMessage, StatelessRequest } from "../../turns/stateless-request.ts";
import { decodeFileUrl, encodedFile } from "../shared/data-url.ts";
import { createCallDecoder, type DecodeCall } from "../shared/decode-call.ts";
import { addMissingResults } from "../shared/missing-results.ts";
import type { CompletionContentPart, CompletionRequest, FunctionTool } from "./requests.ts";

/** Decodes a request for a stateless turn. @throws AppError `bad_request` when the URL of a file cannot be used. */
export function decodeCompletion(request: CompletionRequest): StatelessRequest {
  const { messages, tools, tool_choice: choice, stop, temperature } = request;
  const decodeCall = createCallDecoder();
  const instructions = messages.flatMap((message) =>
    message.role === "system" || message.role === "developer" ? [textOf(message.content)] : [],
  );
  return {
    messages: addMissingResults(messages.flatMap((message) => decodeMessage(message, decodeCall))),
    instructions,
    tools: tools?.map(decodeTool),
    withoutTools: choice === "none",
    toolChoice: decodeToolChoice(choice),
    output: decodeOutput(request.response_format),
    omitsServerCalls: true,
    model: request.model,
    // Models on Bedrock accept temperatures up to 1.
    temperature: temperature === null || temperature === undefined ? undefined : Math.min(temperature, 1),
    topP: request.top_p ?? undefined,
    maxTokens: request.max_completion_tokens ?? request.max_tokens ?? undefined,
    stopSequences: [stop ?? []].flat(),
  };
}

function decodeToolChoice(choice: CompletionRequest["tool_choice"]): StatelessRequest["toolChoice"] {
  if (typeof choice === "object" && choice?.type === "function") return { tool: choice.function.name };
  return choice === "required" || choice === "any" ? "any" : undefined;
}

function decodeOutput(format: CompletionRequest["response_format"]): StatelessRequest["output"] {
  if (format?.type === "json_object") return { name: "JSON" };
  if (format?.type !== "json_schema") return undefined;
  const { name, description, schema } = format.json_schema;
  return { name, description: description ?? undefined, schema: schema ?? undefined };
}

function decodeMessage(
  message: CompletionRequest["messages"][number],
  decodeCall: DecodeCall,
): readonly ClientMessage[] {
  switch (message.role) {
    case "system":
    case "developer":
      return [];
    case "user":
      return [{ role: "user", text: textOf(message.content), files: filesOf(message.content) }];
    case "assistant": {
      const calls = (message.tool_calls ?? []).map(decodeCall);
      return [{ role: "assistant", text: textOf(message.content), calls }];
    }
    case "tool":
      return [
        {
          role: "result",
          callId: message.tool_call_id,
          content: textOf(message.content),
          status: "ok",
          files: filesOf(message.content),
        },
      ];
  }
}

function textOf(content: string | readonly CompletionContentPart[] | null | undefined): string {
  if (content === null || content === undefined) return "";
  if (typeof content === "string") return content;
  return content
    .flatMap((part) => ("text" in part ? [part.text] : part.type === "refusal" ? [part.refusal] : []))
    .join("\n");
}

function filesOf(
  content: string | readonly CompletionContentPart[] | null | undefined,
): readonly ClientFile[] {
  if (typeof content === "string" || !content) return [];
  return content.flatMap((part) => {
    if (part.type === "image_url") return [decodeFileUrl(part.image_url, "image")];
    if (part.type === "file") return [decodeFileUrl(part.file.file_data, "file", part.file.filename)];
    if (part.type === "input_audio")
      return [encodedFile(part.input_audio.data, `audio/${part.input_audio.format}`, "audio")];
    return [];
  });
}

function decodeTool({ function: { name, description, parameters } }: FunctionTool): ClientTool {
  return { name, description: description ?? "", parameters };
}
