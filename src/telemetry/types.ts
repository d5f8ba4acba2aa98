/** The types of metrics, costs and traces. */
import type { CallerId } from "../access/types.ts";
import type {
  ModelStopReason,
  ModelUsage,
  SessionId,
  TurnEnd,
  TurnEvent,
  TurnId,
  Usage,
} from "../chat/types.ts";

/** The session, caller and turn of an event. */
export interface CallAttributes {
  readonly session: SessionId;
  readonly caller: CallerId;
  readonly turn: TurnId;
  /** Returns `GET /users/{id}` for an operation, `tool NAME` for another tool, or undefined for an unknown tool. */
  readonly endpoint: (tool: string) => string | undefined;
}

/** Costs in USD. Null when a model with an unknown price contributed: a partial sum would look complete. */
export interface Costs {
  readonly session: number | null;
  /** The cost of the caller today, in UTC. */
  readonly caller: number | null;
  readonly today: number | null;
}

export interface Telemetry {
  /** Records an event of a turn. Not called for deltas and `message_added`. */
  observe(event: TurnEvent, attributes: CallAttributes): void;
  /** Records a request to an agent of Bedrock, which is no turn. `reason` is a stop reason or the code of an error. */
  recordAgentRequest(outcome: TurnEnd["outcome"], reason: string, seconds: number): void;
  /** Records model calls outside of turns. */
  recordUsage(spent: readonly ModelUsage[], attributes: Pick<CallAttributes, "session" | "caller">): void;
  /** Records a request or a turn that a limit refused. */
  recordRefusal(scope: string, kind: string): void;
  /** Returns the costs since the start of the server. */
  costs(session: SessionId, caller: CallerId): Costs;
  /** Returns the metrics in Prometheus' text format. */
  metrics(): Promise<{ readonly text: string; readonly contentType: string }>;
}

export interface ModelSpan {
  readonly model: string;
  readonly session: string | undefined;
  readonly caller: string | undefined;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly usage: Usage | undefined;
  readonly stopReason: ModelStopReason | undefined;
  readonly costUsd: number | null;
  /** The reason when the call failed. */
  readonly error: string | undefined;
}

export interface Traces {
  /** Queues a span for export. Never throws. */
  record(span: ModelSpan): void;
  /** Exports the queued spans, if the collector accepts them in time. */
  close(): Promise<void>;
}
