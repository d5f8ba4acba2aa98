/** The request body of the Messages API: https://docs.claude.com/en/api/messages */
import { z } from "zod";
import { convertBigints } from "../../tools/schema/schema.ts";
import { clientBase64, clientList, clientObject } from "../shared/client-json.ts";
import { MAX_MESSAGES, MAX_PARTS, MAX_TOOLS } from "../shared/history-limits.ts";

const text = z.object({ type: z.literal("text"), text: z.string() });
const source = z.discriminatedUnion("type", [
  z.object({ type: z.literal("base64"), media_type: z.string(), data: clientBase64() }),
  z.object({ type: z.literal("url"), url: z.string() }),
  z.object({ type: z.literal("text"), data: z.string() }),
  z.object({ type: z.literal("content"), content: z.union([z.string(), clientList(text, MAX_PARTS)]) }),
]);
const file = z.object({
  type: z.enum(["image", "document"]),
  source,
  title: z.string().nullish(),
});
const searchResult = z.object({
  type: z.literal("search_result"),
  title: z.string(),
  source: z.string(),
  content: clientList(text, MAX_PARTS),
});
const content = z.discriminatedUnion("type", [text, file, searchResult]);
export type MessageContent = z.output<typeof content>;

const toolResult = z.object({
  type: z.literal("tool_result"),
  tool_use_id: z.string(),
  content: z.union([z.string(), clientList(content, MAX_PARTS)]).nullish(),
  is_error: z.boolean().nullish(),
});
const toolUse = z.object({
  type: z.literal("tool_use"),
  id: z.string(),
  name: z.string(),
  input: clientObject().default({}),
});
/** Thinking, and blocks of tools that the service at Anthropic runs. Nothing of them reaches the model. */
const ignored = z.object({
  type: z.string().refine((type) => type !== "text" && type !== "tool_use", "invalid content block"),
});

const message = z.discriminatedUnion("role", [
  z.object({ role: z.literal("system"), content: z.union([z.string(), clientList(text, MAX_PARTS)]) }),
  z.object({
    role: z.literal("user"),
    content: z.union([
      z.string(),
      clientList(z.discriminatedUnion("type", [text, file, searchResult, toolResult]), MAX_PARTS),
    ]),
  }),
  z.object({
    role: z.literal("assistant"),
    content: z.union([z.string(), clientList(z.union([text, toolUse, ignored]), MAX_PARTS)]),
  }),
]);
export type MessageParam = z.output<typeof message>;

/** A schema, whose numbers are plain ones. Only the arguments of calls keep integers beyond 2^53. */
const schema = z.unknown().transform(convertBigints);

const tool = z.object({
  type: z.literal("custom", "only custom tools; the server runs the tools of its API itself").nullish(),
  name: z.string().min(1),
  description: z.string().nullish(),
  input_schema: schema.optional(),
});

const toolChoice = z.discriminatedUnion("type", [
  z.object({ type: z.enum(["auto", "any", "none"]) }),
  z.object({ type: z.literal("tool"), name: z.string() }),
]);

const format = z.object({ type: z.literal("json_schema"), schema });

/** The body of `POST /v1/messages/count_tokens`. Unknown fields are ignored. */
export const CountRequest = z.object({
  model: z.string(),
  messages: clientList(message, MAX_MESSAGES).refine((list) => list.length > 0, "at least one is needed"),
  system: z.union([z.string(), clientList(text, MAX_PARTS)]).nullish(),
  tools: clientList(tool, MAX_TOOLS).nullish(),
  tool_choice: toolChoice.nullish(),
  thinking: z.object({ type: z.string() }).nullish(),
  output_config: z.object({ format: format.nullish() }).nullish(),
  /** The older name of `output_config.format`. */
  output_format: format.nullish(),
});
export type CountRequest = z.output<typeof CountRequest>;

/** The body of `POST /v1/messages`. */
export const MessageRequest = CountRequest.extend({
  max_tokens: z.number().int().min(1).nullish(),
  stream: z.boolean().nullish(),
  stop_sequences: clientList(z.string(), MAX_PARTS).nullish(),
  temperature: z.number().min(0).max(1).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
});
export type MessageRequest = z.output<typeof MessageRequest>;
