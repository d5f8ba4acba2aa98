import { integer, number, oneOf, storeAddress, text, toggle } from "../kinds.ts";
import { declareGroup } from "./declare.ts";

const { setting, optional } = declareGroup("Conversations");

export const conversationGroup = {
  maxToolCalls: setting(integer({ min: 1 }), 10, "tool calls in one turn", {
    env: ["BEDROCK_MAX_TOOL_CALLS", "MAX_TOOL_CALLS"],
  }),
  maxToolCallRounds: setting(integer({ min: 1 }), 10, "model calls of one turn that may ask for tools", {
    env: ["BEDROCK_MAX_TOOL_CALL_ROUNDS"],
  }),
  maxParallelCalls: setting(integer({ min: 1 }), 8, "tool calls of one round that run at the same time"),
  maxConversationMessages: setting(integer({ min: 1 }), 20, "messages of the history the model sees", {
    env: ["BEDROCK_MAX_CONVERSATION_MESSAGES"],
  }),
  conversationStrategy: setting(
    oneOf(["sliding_window", "truncate", "smart_prune"]),
    "sliding_window",
    "what is left out of a long history: the oldest part in steps that keep the model's cache, no more than needed, or tool calls before dialogue",
    { env: ["BEDROCK_CONVERSATION_STRATEGY"] },
  ),
  preserveSystemMessage: setting(
    toggle(),
    true,
    "send the system prompt even when the oldest messages are left out",
    { env: ["BEDROCK_PRESERVE_SYSTEM_MESSAGE"] },
  ),
  summarize: setting(
    toggle(),
    true,
    "have the model take notes, between two turns, on what is about to be left out",
    { env: ["BEDROCK_SUMMARIZE", "MEMORY_ENABLED"] },
  ),
  summarizeAfter: optional(
    integer({ min: 2 }),
    "messages after which notes are taken; --max-conversation-messages when unset, and never later",
    { env: ["MEMORY_TRIGGER_MESSAGE_COUNT"] },
  ),
  summarizeKeep: optional(
    integer({ min: 1 }),
    "newest messages that are then shown beside the notes; half of that when unset",
    { env: ["MEMORY_KEEP_RECENT_COUNT"] },
  ),
  summaryModel: optional(text("ID"), "model that takes the notes; the turn's own when unset", {
    env: ["MEMORY_SUMMARIZATION_MODEL"],
  }),
  approve: setting(
    oneOf(["writes", "all", "none"]),
    "writes",
    "which calls a person is asked about before they are carried out",
  ),
  approvalTimeout: setting(
    number({ above: 0 }),
    86_400,
    "seconds a call may wait for approval; then it is not carried out",
  ),
  maxTurnSeconds: optional(
    number({ above: 0 }),
    "seconds after which a turn makes no further tool calls and is asked for its answer",
  ),
  maxTurnCostUsd: optional(
    number({ above: 0 }),
    "USD after which a turn makes no further tool calls and is asked for its answer",
  ),
  maxMessageSize: setting(
    integer({ min: 100 }),
    100_000,
    "characters of a user message beyond which the model gets it in chunks, and of one tool result the model is shown",
    { env: ["BEDROCK_MAX_MESSAGE_SIZE"] },
  ),
  enableMessageChunking: setting(toggle(), true, "send longer messages in chunks; otherwise whole", {
    env: ["BEDROCK_ENABLE_MESSAGE_CHUNKING"],
  }),
  chunkSize: setting(integer({ min: 100 }), 80_000, "characters of a chunk, header included", {
    env: ["BEDROCK_CHUNK_SIZE"],
  }),
  chunkOverlap: setting(
    integer({ min: 0 }),
    1000,
    "characters that a chunk repeats of the one before; less than --chunk-size",
    { env: ["BEDROCK_CHUNK_OVERLAP"] },
  ),
  chunkingStrategy: setting(
    oneOf(["simple", "preserve_context", "semantic"]),
    "preserve_context",
    "where long messages are cut: by length, between records, paragraphs, lines or words, or where the topic changes",
    { env: ["BEDROCK_CHUNKING_STRATEGY"] },
  ),
  maxFilesSize: setting(
    integer({ min: 0 }),
    200_000_000,
    "bytes of files from APIs that are kept for people to fetch, in all; beyond it the oldest go",
  ),
  maxPages: setting(integer({ min: 1 }), 50, "pages of a list that one call of fetch_all gets"),
  maxItems: setting(integer({ min: 1 }), 10_000, "records after which fetch_all gets no further page"),
  maxSessionResults: setting(
    integer({ min: 0 }),
    50_000_000,
    "characters of long API answers kept whole for one session; beyond it the oldest go",
  ),
  maxResultsMemory: setting(
    integer({ min: 0 }),
    100_000_000,
    "characters of them kept in memory, of all sessions; beyond it the oldest go to disk",
  ),
  maxResultsDisk: setting(
    integer({ min: 0 }),
    1_000_000_000,
    "characters of them kept on disk; beyond it the oldest are gone, and the model is told",
  ),
  maxAttachmentsSize: setting(integer({ min: 0 }), 10_000_000, "bytes of the files one message may bring"),
  maxInputSize: setting(integer({ min: 1 }), 1_000_000, "characters of one user message", {
    env: ["BEDROCK_MAX_INPUT_SIZE"],
  }),
  store: setting(
    storeAddress(),
    "sqlite",
    "where conversations are kept: sqlite (a file below --data-dir), memory, redis://HOST:PORT/DATABASE, rediss://… or dynamodb://TABLE?region=REGION",
    { env: ["REDIS_URL"] },
  ),
  retentionHours: setting(
    number({ above: 0 }),
    720,
    "hours a conversation is kept after it was last used; 720 are 30 days",
    { env: ["SESSION_TTL_HOURS"] },
  ),
  detachGrace: setting(
    number({ min: 0 }),
    600,
    "seconds a turn goes on although nobody is connected to its session any more",
  ),
  maxSessions: setting(
    integer({ min: 1 }),
    1000,
    "live sessions kept in memory; beyond it the oldest idle one goes",
    { env: ["BEDROCK_MAX_SESSIONS"] },
  ),
  sessionTimeout: setting(number({ above: 0 }), 3600, "seconds an idle session is kept in memory", {
    env: ["BEDROCK_SESSION_TIMEOUT"],
  }),
};
