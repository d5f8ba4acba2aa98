/** The input of a run in the ag-ui protocol: https://docs.ag-ui.com/spec/1.0 */
import { z } from "zod";
import { clientBase64, clientList } from "../shared/client-json.ts";
import { MAX_CALLS, MAX_ID_LENGTH, MAX_MESSAGES, MAX_PARTS, MAX_TOOLS } from "../shared/history-limits.ts";

const source = z.discriminatedUnion("type", [
  z.object({ type: z.literal("data"), value: clientBase64(), mimeType: z.string() }),
  z.object({ type: z.literal("url"), value: z.string() }),
]);
const contentPart = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({ type: z.enum(["image", "audio", "video", "document"]), source }),
  // The files of clients before version 1.0. The content is in `data` or in a `data:` URL.
  z.object({
    type: z.literal("binary"),
    mimeType: z.string(),
    data: clientBase64().nullish(),
    url: z.string().nullish(),
    filename: z.string().nullish(),
  }),
]);
export type RunContentPart = z.output<typeof contentPart>;
const content = z.union([z.string(), clientList(contentPart, MAX_PARTS)]);

const toolCall = z.object({
  id: z.string(),
  function: z.object({ name: z.string(), arguments: z.string() }),
});

const message = z.discriminatedUnion("role", [
  z.object({ role: z.enum(["system", "developer"]), content: z.string() }),
  z.object({ role: z.literal("user"), content }),
  z.object({
    role: z.literal("assistant"),
    content: content.nullish(),
    toolCalls: clientList(toolCall, MAX_CALLS).nullish(),
  }),
  z.object({
    role: z.literal("tool"),
    id: z.string().optional(),
    toolCallId: z.string(),
    content,
    error: z.string().nullish(),
  }),
  z.object({ role: z.enum(["reasoning", "activity"]) }),
]);
export type RunMessage = z.output<typeof message>;

const resume = z.object({
  interruptId: z.string().max(MAX_ID_LENGTH),
  status: z.enum(["resolved", "cancelled"]),
  payload: z.unknown().optional(),
});

const tool = z.object({
  name: z.string().min(1),
  description: z.string().default(""),
  parameters: z.unknown().optional(),
});

/** The body of `POST {base}/ag-ui`. Unknown fields are ignored; specchat has no shared state. */
export const RunInput = z.object({
  threadId: z.string().max(MAX_ID_LENGTH),
  runId: z.string().max(MAX_ID_LENGTH),
  protocolVersion: z.string().max(MAX_ID_LENGTH).nullish(),
  messages: clientList(message, MAX_MESSAGES),
  tools: clientList(tool, MAX_TOOLS).nullish(),
  context: clientList(z.object({ description: z.string(), value: z.string() }), MAX_PARTS).nullish(),
  resume: clientList(resume, MAX_CALLS).nullish(),
  forwardedProps: z.unknown().optional(),
});
export type RunInput = z.output<typeof RunInput>;
