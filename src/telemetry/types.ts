/** What is counted of the turns, and where it is read. */
import type { CallerId } from "../access/types.ts";
import type { ModelStopReason, ModelUsage, SessionId, TurnEvent, TurnId, Usage } from "../chat/types.ts";

/** Where an event happened. */
export interface CallAttributes {
  readonly session: SessionId;
  readonly caller: CallerId;
  readonly turn: TurnId;
  /** `GET /users/{id}`, or `tool NAME` of one that is no operation; undefined: there is no such tool. */
  readonly endpoint: (tool: string) => string | undefined;
}

/** USD. Null: a model whose price is unknown took part, and the rest would pass for all of it. */
export interface Costs {
  readonly session: number | null;
  /** Today, in UTC. */
  readonly caller: number | null;
  readonly today: number | null;
}

export interface Telemetry {
  /** Every event of every turn. */
  observe(event: TurnEvent, attributes: CallAttributes): void;
  /** Model calls between the turns of a session. */
  recordUsage(spent: readonly ModelUsage[], attributes: Pick<CallAttributes, "session" | "caller">): void;
  /** Since the start of the server. */
  costs(session: SessionId, caller: CallerId): Costs;
  /** In Prometheus' text format. */
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
  /** Why there was no answer. */
  readonly error: string | undefined;
}

export interface Traces {
  /** Returns at once, and never throws. */
  record(span: ModelSpan): void;
  /** What was recorded is sent, as far as the collector takes it in time. */
  close(): Promise<void>;
}
