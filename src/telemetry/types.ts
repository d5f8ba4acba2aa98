/** The types of metrics, costs and traces. */
import type { CallerId } from "../access/types.ts";
import type {
  ModelUsage,
  SessionId,
  ToolCall,
  ToolResult,
  TurnEnd,
  TurnEvent,
  TurnId,
  Usage,
} from "../chat/types.ts";

import type { CounterName, GaugeName, HistogramName, LabelsOf } from "./metrics/declarations.ts";

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

/** The place of a span in a trace: https://www.w3.org/TR/trace-context/ */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly isSampled: boolean;
}

/** What the running code works for. */
export interface Scope {
  /** The id of the HTTP request. */
  readonly request?: string | undefined;
  readonly session?: string | undefined;
  readonly turn?: string | undefined;
  /** The span that contains the spans of this scope. */
  readonly trace?: TraceContext | undefined;
}

export interface TurnBeginning {
  readonly session: SessionId;
  readonly caller: CallerId;
  readonly turn: TurnId;
  readonly model: string;
  /** The turn waited for an approval. The time of its reply says nothing about the server. */
  readonly isResumed: boolean;
}

export interface ModelCallFigures {
  readonly requestedModel: string;
  /** The model that replied. */
  readonly model: string;
  /** A stop reason or an error code. */
  readonly outcome: string;
  /** The error code of a call that failed. */
  readonly errorCode: string | undefined;
  readonly seconds: number;
  /** Seconds until the first text, reasoning or tool call. */
  readonly firstOutputSeconds: number | undefined;
  readonly usage: Usage | undefined;
}

/** Sets gauges when the metrics are read. */
export type MetricCollector = (
  set: <Name extends GaugeName | CounterName>(name: Name, labels: LabelsOf<Name>, value: number) => void,
) => void;

export interface Telemetry {
  /** Records an event of a turn. Not called for deltas and `message_added`. */
  observe(event: TurnEvent, attributes: CallAttributes): void;
  /** Records a request to an agent of Bedrock, which is no turn. `reason` is a stop reason or the code of an error. */
  recordAgentRequest(outcome: TurnEnd["outcome"], reason: string, seconds: number | undefined): void;
  /** Begins a turn, or goes on with one that waited, and returns the scope to run it in. */
  beginTurn(turn: TurnBeginning): Scope;
  /** Runs a tool call in a scope of its own. */
  runCall(call: ToolCall, caller: string, run: () => Promise<ToolResult>): Promise<ToolResult>;
  /** Records how one model call went. */
  recordModelCall(call: ModelCallFigures): void;
  /** Records the usage of model calls outside of turns. */
  recordUsage(spent: readonly ModelUsage[], attributes: Pick<CallAttributes, "session" | "caller">): void;
  /** Returns the costs since the start of the server. */
  costs(session: SessionId, caller: CallerId): Costs;
  /** Adds to a counter. */
  count<Name extends CounterName>(name: Name, labels: LabelsOf<Name>, by?: number): void;
  /** Observes a value of a histogram. */
  time<Name extends HistogramName>(name: Name, labels: LabelsOf<Name>, value: number): void;
  /** Registers a collector. Returns the function that removes it. */
  collect(collector: MetricCollector): () => void;
  /** Returns the metrics as text, in the format that an `Accept` header asks for. */
  metrics(accept: string | null): { readonly text: string; readonly contentType: string };
  /** Returns the scope of an HTTP request, in the trace of its `traceparent` header. */
  requestScope(request: string, traceparent: string | null): Scope;
  /** Returns the scope of the running code. */
  scope(): Scope;
  /** Returns a function that runs work later as if it ran now: in this scope, and for this client of the audit log. */
  capture(): <Result>(work: () => Result) => Result;
  /** Runs a function in a scope, which replaces the current one. */
  runInScope<Result>(scope: Scope, run: () => Result): Result;
}

export type SpanAttributes = Readonly<
  Record<string, string | number | boolean | readonly string[] | null | undefined>
>;

/** A span that has ended. */
export interface FinishedSpan {
  readonly name: string;
  readonly kind: "client" | "internal";
  readonly context: TraceContext;
  readonly parent: TraceContext | undefined;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Those that are null or undefined are left out. */
  readonly attributes: SpanAttributes;
  /** The reason when it failed. */
  readonly error: string | undefined;
}

export interface Traces {
  /** Spans have the content of messages and calls. */
  readonly hasContent: boolean;
  /** Returns the context of a new span. A new trace begins without a parent. */
  start(parent: TraceContext | undefined): TraceContext;
  /** Queues a sampled span for export, and ignores any other. Never throws. */
  record(span: FinishedSpan): void;
  /** Exports the queued spans, if the collector accepts them in time. */
  close(): Promise<void>;
}

export interface TraceOptions {
  /** The address of the collector, OTLP over HTTP. */
  readonly endpoint: string;
  /** Headers for the collector, such as its credentials. */
  readonly headers: Readonly<Record<string, string>>;
  /** The share of traces that are exported, from 0 to 1. */
  readonly ratio: number;
  readonly hasContent: boolean;
  readonly version: string;
  /** Called once each time the export begins to fail. */
  readonly warn: (problem: string) => void;
}

/** Sends the spans to a collector. */
export interface SpanSender {
  send(span: FinishedSpan): void;
  close(): Promise<void>;
}
