/** The request body of the Responses API: https://platform.openai.com/docs/api-reference/responses/create */
import { z } from "zod";
import { clientList, clientObject } from "../shared/client-json.ts";
import { MAX_MESSAGES, MAX_PARTS, MAX_TOOLS } from "../shared/history-limits.ts";

const part = z.discriminatedUnion("type", [
  z.object({ type: z.enum(["input_text", "output_text", "text", "summary_text"]), text: z.string() }),
  z.object({ type: z.literal("refusal"), refusal: z.string() }),
  z.object({
    type: z.literal("input_image"),
    image_url: z.string("a data: URL or a URL is needed; stored files are not known here"),
  }),
  z.object({
    type: z.literal("input_file"),
    file_data: z.string().nullish(),
    file_url: z.string().nullish(),
    filename: z.string().nullish(),
  }),
]);
export type ResponsePart = z.output<typeof part>;
const content = z.union([z.string(), clientList(part, MAX_PARTS)]);

const message = z.object({
  type: z.literal("message").default("message"),
  role: z.enum(["user", "assistant", "system", "developer"]),
  content,
});
const item = z.discriminatedUnion("type", [
  message,
  z.object({
    type: z.literal("function_call"),
    call_id: z.string(),
    name: z.string(),
    arguments: z.string(),
  }),
  z.object({ type: z.literal("function_call_output"), call_id: z.string(), output: content }),
  // The output of an earlier response.
  z.object({ type: z.literal("item_reference"), id: z.string() }),
  z.object({ type: z.literal("reasoning") }),
]);
export type ResponseInputItem = z.output<typeof item>;

const format = z.discriminatedUnion("type", [
  z.object({ type: z.enum(["text", "json_object"]) }),
  z.object({
    type: z.literal("json_schema"),
    name: z.string().default("reply"),
    description: z.string().nullish(),
    schema: z.unknown(),
  }),
]);

const tool = z.object({
  type: z.literal("function", "only functions; the server runs the tools of its API itself"),
  name: z.string().min(1),
  description: z.string().nullish(),
  parameters: z.unknown().optional(),
});

/** The body of `POST /v1/responses`. Unknown fields are ignored. */
export const ResponseRequest = z.object({
  model: z.string(),
  input: z.union([z.string(), clientList(item, MAX_MESSAGES)]),
  instructions: z.string().nullish(),
  previous_response_id: z.string().nullish(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  tools: clientList(tool, MAX_TOOLS).nullish(),
  tool_choice: z
    .union([
      z.enum(["none", "auto", "required"]),
      z.object({ type: z.literal("function"), name: z.string() }),
    ])
    .nullish(),
  text: z.object({ format: format.nullish() }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  max_output_tokens: z.number().int().min(1).nullish(),
  metadata: clientObject().nullish(),
});
export type ResponseRequest = z.output<typeof ResponseRequest>;
