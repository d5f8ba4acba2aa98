/** The types of reports on what sessions have used. */
import type { ToolResult } from "../../chat/types.ts";
import type { Feedback } from "../../store/types.ts";

export const USAGE_KEYS = ["day", "organization", "user", "caller", "model", "operation"] as const;
export type UsageGroup = (typeof USAGE_KEYS)[number];

export interface UsageFigures {
  turns: number;
  /** Turns whose reply is missing or broke off: they failed, or were stopped before any text. */
  unansweredTurns: number;
  modelCalls: number;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  /** US dollars; null when a price is unknown. */
  costUsd: number | null;
  toolCalls: number;
  failedToolCalls: number;
  toolSeconds: number;
  ratedUp: number;
  ratedDown: number;
}

/** Days of UTC, such as 2026-11-29, both included. */
export interface UsageDays {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** What one message adds, and where. A key without a value is empty. */
export interface UsageFact {
  readonly keys: Readonly<Record<UsageGroup, string>>;
  readonly session: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly figures: Partial<UsageFigures>;
  /** The result of a tool call. */
  readonly result?: ToolResult;
  readonly feedback?: Feedback;
}
