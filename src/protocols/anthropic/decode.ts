/** Decodes requests of the anthropic protocol. Pure. */
import type { ToolCall } from "../../chat/types.ts";
import type { ClientFile, ClientMessage, StatelessRequest } from "../../turns/stateless-request.ts";
import { decodeFileUrl, encodedFile } from "../shared/data-url.ts";
import { addMissingResults } from "../shared/missing-results.ts";
import type { CountRequest, MessageContent, MessageParam, MessageRequest } from "./requests.ts";

/** Decodes a request for a stateless turn. @throws AppError `bad_request` when a file has an unusable URL. */
export function decodeMessageRequest(request: CountRequest & Partial<MessageRequest>): StatelessRequest {
  const { messages, system, tools, tool_choice: choice, stop_sequences: stop } = request;
  const instructions = messages.flatMap((message) =>
    message.role === "system" ? [textOf(message.content)] : [],
  );
  const format = request.output_config?.format ?? request.output_format;
  return {
    messages: addMissingResults(messages.flatMap(decodeMessage)),
    instructions: [...(system ? [textOf(system)] : []), ...instructions],
    tools: tools?.map(({ name, description, input_schema: parameters }) => ({
      name,
      description: description ?? "",
      parameters,
    })),
    withoutTools: choice?.type === "none",
    toolChoice: choice?.type === "tool" ? { tool: choice.name } : choice?.type === "any" ? "any" : undefined,
    output: format ? { name: "reply", schema: format.schema } : undefined,
    omitsServerCalls: true,
    model: request.model,
    temperature: request.temperature ?? undefined,
    topP: request.top_p ?? undefined,
    maxTokens: request.max_tokens ?? undefined,
    stopSequences: stop ?? undefined,
  };
}

/** Returns whether the client reads the model's reasoning. */
export function wantsThinking({ thinking }: Pick<CountRequest, "thinking">): boolean {
  return thinking !== null && thinking !== undefined && thinking.type !== "disabled";
}

function decodeMessage(message: MessageParam): readonly ClientMessage[] {
  if (message.role === "system") return [];
  if (message.role === "assistant") {
    const { content } = message;
    const calls = typeof content === "string" ? [] : content.flatMap(decodeToolUse);
    return [{ role: "assistant", text: textOf(content), calls }];
  }
  const { content } = message;
  if (typeof content === "string") return [{ role: "user", text: content, files: [] }];
  const results = content.filter((block) => block.type === "tool_result");
  const others = content.filter((block) => block.type !== "tool_result");
  return [
    ...results.map(
      ({ tool_use_id: callId, content, is_error: isError }): ClientMessage => ({
        role: "result",
        callId,
        content: textOf(content ?? ""),
        status: isError ? "failed" : "ok",
        files: filesOf(content ?? []),
      }),
    ),
    ...(others.length > 0 ? [{ role: "user", text: textOf(others), files: filesOf(others) } as const] : []),
  ];
}

type Block = Exclude<Extract<MessageParam, { role: "assistant" }>["content"], string>[number];

function decodeToolUse(block: Block): readonly ToolCall[] {
  return "input" in block ? [{ id: block.id, name: block.name, arguments: block.input }] : [];
}

function textOf(content: string | readonly (MessageContent | Block | { readonly type: string })[]): string {
  if (typeof content === "string") return content;
  return content.flatMap(textsOf).join("\n");
}

function textsOf(block: MessageContent | Block | { readonly type: string }): readonly string[] {
  if ("text" in block) return [block.text];
  if ("content" in block && "source" in block && typeof block.source === "string")
    return [`${block.title} (${block.source})`, ...block.content.map(({ text }) => text)];
  return [];
}

function filesOf(content: string | readonly { readonly type: string }[]): readonly ClientFile[] {
  if (typeof content === "string") return [];
  return content.flatMap((block) => (isFile(block) ? [decodeFile(block)] : []));
}

type FileBlock = Extract<MessageContent, { source: object }>;

function isFile(block: { readonly type: string }): block is FileBlock {
  return block.type === "image" || block.type === "document";
}

function decodeFile({ type, title, source }: FileBlock): ClientFile {
  const name = title ?? undefined;
  switch (source.type) {
    case "base64":
      return encodedFile(source.data, source.media_type, type, name);
    case "url":
      return decodeFileUrl(source.url, type, name);
    case "text":
      return textFile(source.data, name);
    case "content":
      return textFile(textOf(source.content), name);
  }
}

function textFile(text: string, name = "document.txt"): ClientFile {
  return { name, mediaType: "text/plain", bytes: new TextEncoder().encode(text) };
}
