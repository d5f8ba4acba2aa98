import type { ModelRequest } from "../types.ts";

/** For a model without a system prompt: it stands before the words of the first user message. */
export function inlineSystemPrompt(request: ModelRequest): ModelRequest {
  if (request.system.trim() === "") return request;
  const first = request.messages.findIndex((message) => message.role === "user");
  return {
    ...request,
    system: "",
    messages: request.messages.map((message, index) =>
      index === first && message.role === "user"
        ? { ...message, text: `${request.system}\n\n${message.text}` }
        : message,
    ),
  };
}
