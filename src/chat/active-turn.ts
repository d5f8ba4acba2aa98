/** The inputs, limits and ports of one turn, and the state that its rounds share. */
import type { AppError } from "../errors.ts";
import type { Model } from "../model/types.ts";
import type { ApprovalPolicy } from "./approval.ts";
import { UnsupportedAttachments } from "./attachments/unsupported-attachments.ts";
import type { RunCall } from "./calls.ts";
import { ChangeTracker } from "./changes.ts";
import type { HistoryWindow } from "./context/history-window.ts";
import { TurnRequestBuilder } from "./context/overflow.ts";
import { buildModelRequest, type RequestInput, type RequestLimits } from "./context/request.ts";
import type { TurnQuota } from "./limits.ts";
import type { StampSource } from "./messages.ts";
import type { TurnRecord } from "./record.ts";
import { withCallDeduplication } from "./repeats.ts";
import { TokenRatios } from "./tokens.ts";
import type { ToolCall, ToolResult, TurnId } from "./types.ts";

export interface TurnInput extends RequestInput {
  readonly id: TurnId;
  /** The history before the turn's own messages. */
  readonly history: HistoryWindow;
}

export interface TurnLimits extends RequestLimits, TurnQuota {
  readonly maxParallelCalls: number;
  /** Seconds until a pending approval expires. */
  readonly approvalTimeout: number;
}

export interface TurnPorts extends StampSource {
  readonly model: Pick<Model, "stream" | "limits" | "cost" | "estimateCost">;
  readonly run: RunCall;
  /** Shortens a result to `budget` characters or slightly more. Never rejects. */
  readonly truncate: (result: ToolResult, budget: number) => Promise<ToolResult>;
  /** Decides which calls need a person's approval. */
  readonly approvalPolicy: ApprovalPolicy;
  /** Returns whether a call counts towards no limit. Default: every call counts. */
  readonly isFree?: (call: ToolCall) => boolean;
  /** Returns whether a tool changes nothing, so that repeated calls can share a result. Default: no tool is read-only. */
  readonly isReadOnly?: (tool: string) => boolean;
  /** Reserves the next model call from the budgets. Returns the error that ends the turn when one is used up. */
  readonly reserveCall?: (() => Promise<AppError | undefined>) | undefined;
  /** The client sends the history with each request: a repeated request repeats no call of an earlier one. */
  readonly clientKeepsHistory?: boolean;
  /** Runs long work in steps, so that others are served between them. Default: at once, when its result is needed. */
  readonly runInSlices?: (steps: Generator<void, void>) => Promise<void>;
  /** Token ratios of the session. The turn updates them. */
  readonly ratios?: TokenRatios;
}

/** A turn in progress. Its rounds add to `record`; everything else stays the same. */
export interface ActiveTurn {
  readonly input: TurnInput;
  readonly limits: TurnLimits;
  readonly ports: TurnPorts;
  readonly signal: AbortSignal;
  readonly record: TurnRecord;
  readonly ratios: TokenRatios;
  readonly requests: TurnRequestBuilder;
  /** Runs a call, or reuses the result of an identical one. */
  readonly run: RunCall;
  readonly changes: ChangeTracker;
  readonly unsupportedAttachments: UnsupportedAttachments;
}

export function createActiveTurn(
  record: TurnRecord,
  input: TurnInput,
  limits: TurnLimits,
  ports: TurnPorts,
  signal: AbortSignal,
  earlierResults: readonly ToolResult[] = [],
): ActiveTurn {
  const ratios = ports.ratios ?? new TokenRatios();
  const requests = new TurnRequestBuilder(
    (calibration) =>
      buildModelRequest(input.history, record.messages, input, limits, ports.model, calibration),
    ratios.get(input.model),
  );
  const isReadOnly = ports.isReadOnly ?? (() => false);
  const changes = new ChangeTracker(isReadOnly, ports.clientKeepsHistory ? [] : earlierResults);
  const run = withCallDeduplication(changes.track(ports.run), isReadOnly, record.calls);
  const unsupportedAttachments = new UnsupportedAttachments();
  return { input, limits, ports, signal, record, ratios, requests, run, changes, unsupportedAttachments };
}
