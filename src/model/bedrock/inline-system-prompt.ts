/** Inlines the system prompt, for models that do not support one. */
import type { ModelRequest } from "../types.ts";

/** Moves the system prompt to the start of the first user message. */
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
