/** The request body of the openai protocol: https://platform.openai.com/docs/api-reference/chat/create */
import { z } from "zod";
import { clientBase64, clientList, clientObject } from "../shared/client-json.ts";
import { MAX_CALLS, MAX_MESSAGES, MAX_PARTS, MAX_TOOLS } from "../shared/history-limits.ts";

const contentPart = z.discriminatedUnion("type", [
  z.object({ type: z.enum(["text", "input_text", "output_text"]), text: z.string() }),
  z.object({ type: z.literal("refusal"), refusal: z.string() }),
  z.object({
    type: z.literal("image_url"),
    // Some clients send the URL by itself.
    image_url: z.union([z.string(), z.object({ url: z.string() }).transform(({ url }) => url)]),
  }),
  z.object({
    type: z.literal("file"),
    file: z.object({ file_data: z.string(), filename: z.string().optional() }),
  }),
  z.object({
    type: z.literal("input_audio"),
    input_audio: z.object({ data: clientBase64(), format: z.string().regex(/^\w+$/) }),
  }),
]);
export type CompletionContentPart = z.output<typeof contentPart>;
const content = z.union([z.string(), clientList(contentPart, MAX_PARTS)]).nullish();

const toolCall = z.object({
  id: z.string(),
  function: z.object({
    name: z.string(),
    // Some clients send an object, or nothing for no arguments.
    arguments: z
      .union([z.string(), clientObject().transform((values) => JSON.stringify(values))])
      .nullish()
      .transform((text) => text ?? ""),
  }),
});

const message = z.discriminatedUnion("role", [
  z.object({ role: z.enum(["system", "developer"]), content }),
  z.object({ role: z.literal("user"), content }),
  z.object({
    role: z.literal("assistant"),
    content,
    tool_calls: clientList(toolCall, MAX_CALLS).nullish(),
  }),
  z.object({ role: z.literal("tool"), tool_call_id: z.string(), content }),
]);

const tool = z.object({
  type: z.literal("function"),
  function: z.object({
    name: z.string().min(1),
    description: z.string().nullish(),
    parameters: z.unknown().optional(),
  }),
});

const toolChoice = z.union([
  z.enum(["none", "auto", "required", "any"]),
  z.object({ type: z.literal("function"), function: z.object({ name: z.string() }) }),
]);

const responseFormat = z.discriminatedUnion("type", [
  z.object({ type: z.enum(["text", "json_object"]) }),
  z.object({
    type: z.literal("json_schema"),
    json_schema: z.object({
      name: z.string().default("reply"),
      description: z.string().nullish(),
      schema: z.unknown().optional(),
    }),
  }),
]);

/** The body of `POST /v1/chat/completions`. Unknown fields are ignored. */
export const CompletionRequest = z.object({
  model: z.string(),
  messages: clientList(message, MAX_MESSAGES).refine((list) => list.length > 0, "at least one is needed"),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  tools: clientList(tool, MAX_TOOLS).nullish(),
  tool_choice: toolChoice.nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  max_tokens: z.number().int().min(1).nullish(),
  max_completion_tokens: z.number().int().min(1).nullish(),
  stop: z.union([z.string(), clientList(z.string(), MAX_PARTS)]).nullish(),
  n: z.literal(1, "only one answer a request").nullish(),
  response_format: responseFormat.nullish(),
});
export type CompletionRequest = z.output<typeof CompletionRequest>;
export type FunctionTool = z.output<typeof tool>;
