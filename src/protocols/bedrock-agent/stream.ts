/** Streams one request of the bedrock-agent protocol: from an agent of Bedrock, or from our own engine under `--agent-name`. */
import { randomUUID } from "node:crypto";
import type { Client } from "../../access/client.ts";
import { recordOtherOwner } from "../../access/ownership.ts";
import type { TurnEnd } from "../../chat/types.ts";
import type { App } from "../../context.ts";
import { AppError, toInternalError } from "../../errors.ts";
import { readAwsError } from "../../model/agent/index.ts";
import type { SessionRegistry } from "../../sessions/session-registry.ts";
import { streamTurn } from "../../sessions/stream-turn.ts";
import type { LogFields } from "../../telemetry/log-formats.ts";
import { type AgentToolApp, createAgentTools } from "./agent-tools.ts";
import { AgentLines, type AgentStreamRequest, agentErrorText } from "./codec.ts";

export type AgentStreamApp = AgentToolApp &
  Pick<App, "agents" | "config" | "limits" | "log" | "now" | "telemetry">;

export interface AgentStreamContext {
  readonly app: AgentStreamApp;
  readonly sessions: SessionRegistry;
  readonly client: Client;
  /** Identifies the request in the log. */
  readonly id: string;
  readonly accumulate: boolean;
}

/** Yields the lines of the reply. Never throws: a failure is a line too. Aborting `signal` stops the turn or the agent at once. */
export async function* agentStream(
  request: AgentStreamRequest,
  context: AgentStreamContext,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const { app, id, accumulate } = context;
  const { agentId } = request;
  const sessionId = request.sessionId ?? newSessionId(app.now());
  const lines = new AgentLines({ sessionId, agentId, now: () => app.now().toISOString(), accumulate });
  const log = (level: "info" | "error", message: string, fields: LogFields) =>
    app.log.agent(level, message, { request_id: id, ...fields });
  let isOver = false;
  try {
    if (agentId !== app.config.agentName && !app.agents) {
      yield* lines.error("Bedrock client not initialized");
    } else {
      yield lines.start();
      yield* streamInvocation({ ...request, sessionId }, lines, context, signal);
      yield* lines.completion();
      const { chunks, length } = lines;
      log("info", "Agent invocation completed", {
        session_id: String(sessionId),
        chunks,
        content_length: length,
      });
    }
    isOver = true;
  } catch (error) {
    if (signal.aborted) return;
    const known = error instanceof AppError ? error : toInternalError(error);
    const aws = readAwsError(error);
    const text = agentErrorText(known, aws);
    isOver = true;
    log("error", "Agent invocation failed", {
      session_id: String(sessionId),
      type: "error",
      error: known.detail ?? text,
    });
    yield* lines.error(text, aws?.code);
  } finally {
    if (!isOver) log("info", "Client disconnected", { session_id: String(sessionId), chunks: lines.chunks });
  }
}

async function* streamInvocation(
  { sessionId, agentAliasId, ...request }: AgentStreamRequest,
  lines: AgentLines,
  context: AgentStreamContext,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  for (const [name, value] of Object.entries({ agentAliasId, sessionId }))
    if (typeof value !== "string")
      throw new AppError(
        "model_unavailable",
        `Parameter validation failed: Invalid type for parameter ${name}, valid types: <class 'str'>`,
      );
  const ids = { sessionId: String(sessionId), agentAliasId: String(agentAliasId) };
  if (request.agentId === context.app.config.agentName)
    yield* streamFromEngine({ ...request, ...ids }, lines, context, signal);
  else yield* streamFromBedrock({ ...request, ...ids }, lines, context, signal);
}

interface InvocationIds {
  readonly sessionId: string;
  readonly agentAliasId: string;
}

async function* streamFromEngine(
  { inputText, sessionId }: AgentStreamRequest & InvocationIds,
  lines: AgentLines,
  { app, sessions, client }: AgentStreamContext,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const session = await sessions.openNamed(sessionId, client, ["agent"]);
  const { caller, spender } = client;
  const request = { caller, message: inputText, spender };
  for await (const { event } of streamTurn(sessions, session, request, signal)) {
    if (event.type === "text_delta") yield* lines.text(event.text);
    else if (event.type === "call_started" && app.config.debugMode)
      yield* lines.trace({ sessionId, call: event.call });
    else if (event.type === "call_ended" && app.config.debugMode)
      yield* lines.trace({ sessionId, result: event.result });
    else if (event.type === "turn_ended" && event.end.outcome === "failed") throw event.end.error;
  }
}

async function* streamFromBedrock(
  { agentId, ...input }: AgentStreamRequest & InvocationIds,
  lines: AgentLines,
  { app, client }: AgentStreamContext,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const { agents } = app;
  if (!agents) return;
  const session = `${agentId}/${input.agentAliasId}/${input.sessionId}`;
  if (!agents.claims.claim(session, client.caller)) {
    recordOtherOwner(app.audit, `session ${session}`);
    throw new AppError("session_not_found", "The session belongs to another caller.");
  }
  const request = { ...input, agentId, trace: app.config.debugMode };
  const permit = await app.limits.startTurn(client.spender);
  const startedAt = app.now().getTime();
  let end: { outcome: TurnEnd["outcome"]; reason: string } = { outcome: "answered", reason: "stopped" };
  let isEmpty = true;
  try {
    for await (const event of agents.model.invoke(request, createAgentTools(app, client), signal)) {
      if (event.type === "text" || event.type === "return_control") isEmpty = false;
      if (event.type === "text") yield* lines.text(event.text);
      else if (event.type === "trace" && app.config.debugMode) yield* lines.trace(event.trace);
      else if (event.type === "return_control") yield* lines.returnControl(event.control);
    }
    if (!signal.aborted) end = { outcome: "answered", reason: "end_turn" };
  } catch (error) {
    if (!signal.aborted)
      end = { outcome: "failed", reason: error instanceof AppError ? error.code : "internal" };
    throw error;
  } finally {
    const seconds = (app.now().getTime() - startedAt) / 1000;
    app.telemetry.recordAgentRequest(end.outcome, end.reason, seconds);
    app.audit.record({
      event: "agent_call",
      session: input.sessionId,
      agent: agentId,
      outcome: end.reason,
    });
    await permit.release();
  }
  if (isEmpty && !signal.aborted) yield* lines.text("(The agent gave no reply. Please ask again.)");
}

function newSessionId(now: Date): string {
  return `session-${Math.floor(now.getTime() / 1000)}-${randomUUID().slice(0, 8)}`;
}
