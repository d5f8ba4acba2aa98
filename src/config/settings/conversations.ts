/** Settings of sessions and turns: limits, trimming, approval and storage. */
import { integer, number, oneOf, storeAddress, text, toggle } from "../kinds.ts";
import { declareGroup } from "./declare.ts";

const { setting, optional } = declareGroup("Conversations");

export const conversationGroup = {
  maxToolCalls: setting(integer({ min: 1 }), 10, "maximum tool calls in a turn", {
    env: ["BEDROCK_MAX_TOOL_CALLS", "MAX_TOOL_CALLS"],
  }),
  maxToolCallRounds: setting(
    integer({ min: 1 }),
    10,
    "maximum model calls in a turn that may request tools",
    {
      env: ["BEDROCK_MAX_TOOL_CALL_ROUNDS"],
    },
  ),
  maxParallelCalls: setting(integer({ min: 1 }), 8, "maximum tool calls of a round that run in parallel"),
  maxConversationMessages: setting(
    integer({ min: 1 }),
    20,
    "maximum messages of the history that the model sees",
    {
      env: ["BEDROCK_MAX_CONVERSATION_MESSAGES"],
    },
  ),
  conversationStrategy: setting(
    oneOf(["sliding_window", "truncate", "smart_prune"]),
    "sliding_window",
    "trimming of a long history: in steps that keep the prompt cache (sliding_window), no more than needed (truncate), or tool calls before dialogue (smart_prune)",
    { env: ["BEDROCK_CONVERSATION_STRATEGY"] },
  ),
  preserveSystemMessage: setting(toggle(), true, "keep the system prompt when old messages are trimmed", {
    env: ["BEDROCK_PRESERVE_SYSTEM_MESSAGE"],
  }),
  summarize: setting(toggle(), true, "summarize messages, between turns, before they are trimmed", {
    env: ["BEDROCK_SUMMARIZE", "MEMORY_ENABLED"],
  }),
  summarizeAfter: optional(
    integer({ min: 2 }),
    "messages after which a summary is written; at most --max-conversation-messages, the value when unset",
    { env: ["MEMORY_TRIGGER_MESSAGE_COUNT"] },
  ),
  summarizeKeep: optional(
    integer({ min: 1 }),
    "newest messages that stay in full with the summary; half of --summarize-after when unset",
    { env: ["MEMORY_KEEP_RECENT_COUNT"] },
  ),
  summaryModel: optional(text("ID"), "model that writes the summaries; the turn's model when unset", {
    env: ["MEMORY_SUMMARIZATION_MODEL"],
  }),
  clientTools: setting(
    oneOf(["beside", "instead"]),
    "beside",
    "tools that a client sends (openai, anthropic, ag-ui) are offered together with those of the API, or instead of them",
  ),
  approve: setting(oneOf(["writes", "all", "none"]), "writes", "tool calls that require approval"),
  guardUntrusted: setting(
    toggle(),
    false,
    "require approval of calls that change something once the turn has read a result or a file, also with --approve none",
  ),
  approvalTimeout: setting(
    number({ above: 0 }),
    86_400,
    "time limit for an approval, in seconds; the call is then rejected",
  ),
  maxTurnSeconds: optional(
    number({ above: 0 }),
    "time limit of a turn, in seconds; it then makes no more tool calls and the model must reply",
  ),
  maxTurnCostUsd: optional(
    number({ above: 0 }),
    "cost limit of a turn, in USD; it then makes no more tool calls and the model must reply",
  ),
  charts: setting(toggle(), true, "offer the assistant a tool that shows charts on the page"),
  maxMessageSize: setting(
    integer({ min: 100 }),
    100_000,
    "characters above which a user message is split into chunks and a tool result is truncated for the model",
    { env: ["BEDROCK_MAX_MESSAGE_SIZE"] },
  ),
  enableMessageChunking: setting(toggle(), true, "split longer user messages into chunks", {
    env: ["BEDROCK_ENABLE_MESSAGE_CHUNKING"],
  }),
  chunkSize: setting(integer({ min: 100 }), 80_000, "maximum characters of a chunk, header included", {
    env: ["BEDROCK_CHUNK_SIZE"],
  }),
  chunkOverlap: setting(
    integer({ min: 0 }),
    1000,
    "characters that a chunk repeats from the previous one; less than --chunk-size",
    { env: ["BEDROCK_CHUNK_OVERLAP"] },
  ),
  chunkingStrategy: setting(
    oneOf(["simple", "preserve_context", "semantic"]),
    "preserve_context",
    "split points of long messages: by length (simple), between records, paragraphs, lines or words (preserve_context), or at topic changes (semantic)",
    { env: ["BEDROCK_CHUNKING_STRATEGY"] },
  ),
  maxFilesSize: setting(
    integer({ min: 0 }),
    200_000_000,
    "maximum bytes of files from APIs stored for download, in total; oldest are evicted first",
  ),
  maxPages: setting(integer({ min: 1 }), 50, "maximum pages of a list per fetch_all call"),
  maxItems: setting(integer({ min: 1 }), 10_000, "records after which fetch_all requests no further page"),
  maxSessionResults: setting(
    integer({ min: 0 }),
    50_000_000,
    "maximum characters of stored API responses per session; oldest are evicted first",
  ),
  maxResultsMemory: setting(
    integer({ min: 0 }),
    100_000_000,
    "maximum characters of stored API responses in memory, for all sessions; oldest are moved to disk first",
  ),
  maxResultsDisk: setting(
    integer({ min: 0 }),
    1_000_000_000,
    "maximum characters of stored API responses on disk; oldest are deleted first, and the model is informed",
  ),
  maxAttachmentsSize: setting(
    integer({ min: 0 }),
    10_000_000,
    "maximum bytes of the attachments of a message",
  ),
  maxInputSize: setting(integer({ min: 1 }), 1_000_000, "maximum characters of a user message", {
    env: ["BEDROCK_MAX_INPUT_SIZE"],
  }),
  store: setting(
    storeAddress(),
    "sqlite",
    "session store: sqlite (a file in --data-dir), memory, redis://HOST:PORT/DATABASE, rediss://… or dynamodb://TABLE?region=REGION",
    { env: ["REDIS_URL"] },
  ),
  sqliteSynchronous: setting(
    oneOf(["normal", "full"]),
    "normal",
    "what survives a power failure with --store sqlite: normal may lose the turns of the last moments, full waits for the disk at each write and loses none",
  ),
  retentionHours: setting(
    number({ above: 0, max: 8_760_000 }),
    720,
    "hours after which an unused session is deleted; 720 hours are 30 days, 8760000 keep everything; to store nothing, use --store memory",
    { env: ["SESSION_TTL_HOURS"] },
  ),
  detachGrace: setting(number({ min: 0 }), 600, "seconds that a turn continues with no client connected"),
  maxSessions: setting(
    integer({ min: 1 }),
    1000,
    "maximum live sessions in memory; oldest idle sessions are evicted first",
    { env: ["BEDROCK_MAX_SESSIONS"] },
  ),
  sessionTimeout: setting(number({ above: 0 }), 3600, "seconds that an idle session stays in memory", {
    env: ["BEDROCK_SESSION_TIMEOUT"],
  }),
};
