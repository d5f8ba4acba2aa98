import type { TurnLimits } from "../../src/chat/turn.ts";

/** The defaults of the settings. */
export const LIMITS: TurnLimits = {
  maxTokens: 4096,
  temperature: undefined,
  topP: undefined,
  maxToolCalls: 10,
  maxToolCallRounds: 10,
  maxParallelCalls: 8,
  approvalTimeout: 3600,
  maxTurnSeconds: undefined,
  maxTurnCostUsd: undefined,
  maxConversationMessages: 20,
  conversationStrategy: "sliding_window",
  preserveSystemMessage: true,
  enableMessageChunking: true,
  maxMessageSize: 100_000,
  chunkSize: 80_000,
  chunkOverlap: 1000,
  chunkingStrategy: "preserve_context",
};
