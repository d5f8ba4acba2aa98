/** The request bodies and queries of the langchain protocol: `src/protocols/langchain/PROTOCOL.md`. */
import { z } from "zod";
import { clientList } from "../shared/client-json.ts";

const MAX_ENTRIES = 100;
/** Characters of the metadata of a session, as JSON. */
const MAX_METADATA = 16_000;

/** Fields of features that specchat does not have (retrieval, MCP servers) are validated and ignored. */
export const ChatRequest = z.object({
  message: z.string().min(1),
  images: clientList(z.string(), MAX_ENTRIES).nullish(),
  session_id: z.string().min(1).max(200).nullish(),
  provider: z.string().nullish(),
  model: z.string().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  max_tokens: z.int().positive().nullish(),
  enable_memory: z.boolean().nullish(),
  memory_trigger_count: z.int().positive().nullish(),
  memory_keep_recent: z.int().positive().nullish(),
  mcp_servers: clientList(z.string(), MAX_ENTRIES).nullish(),
  enable_rag: z.boolean().nullish(),
  rag_top_k: z.int().min(1).max(50).nullish(),
  rag_min_score: z.number().min(0).max(1).nullish(),
});
export type ChatRequest = z.output<typeof ChatRequest>;

export const SessionRequest = z.object({
  metadata: z
    .record(z.string(), z.unknown())
    .refine(
      (values) => JSON.stringify(values).length <= MAX_METADATA,
      `at most ${MAX_METADATA} characters as JSON`,
    )
    .nullish(),
});
export const ListQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(10),
  offset: z.coerce.number().int().min(0).default(0),
});
export const ValidateRequest = z.object({
  provider: z.string(),
  model: z.string(),
  temperature: z.number().min(0).max(2).nullish(),
});
export const DecisionRequest = z.object({ reason: z.string().max(10_000).nullish() });
