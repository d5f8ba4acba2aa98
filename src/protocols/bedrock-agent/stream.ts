/** One question of the Bedrock Agent Streaming API: to an agent of Bedrock, or to our own engine under an agent's name. */
import { randomUUID } from "node:crypto";
import type { Client } from "../../access/client.ts";
import type { App } from "../../context.ts";
import { AppError, bug } from "../../errors.ts";
import { awsErrorOf } from "../../model/agent/index.ts";
import type { LiveSessions } from "../../sessions/session-registry.ts";
import { askOnce } from "../../sessions/stream-turn.ts";
import { agentLogLine } from "../../telemetry/agent-log.ts";
import type { LogFields } from "../../telemetry/log.ts";
import { agentTools } from "./agent-tools.ts";
import { AgentLines, type AgentQuestion, agentErrorText } from "./codec.ts";

export interface AgentVisit {
  readonly app: App;
  readonly sessions: LiveSessions;
  readonly client: Client;
  /** Of the request. */
  readonly id: string;
  readonly accumulate: boolean;
}

/** The answer's lines, failures included: it never throws. Aborting `signal` closes what is upstream at once. */
export async function* agentStream(
  question: AgentQuestion,
  visit: AgentVisit,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const { app, id, accumulate } = visit;
  const { agentId } = question;
  const sessionId = question.sessionId ?? newSessionId(app.now());
  const lines = new AgentLines({ sessionId, agentId, now: () => app.now().toISOString(), accumulate });
  const log = (level: "info" | "error", message: string, fields: LogFields) =>
    app.log.line(level, (at) => agentLogLine(at, level, message, { request_id: id, ...fields }));
  let isOver = false;
  try {
    if (agentId !== app.config.agentName && !app.agents) {
      yield* lines.error("Bedrock client not initialized");
    } else {
      yield lines.start();
      yield* told({ ...question, sessionId }, lines, visit, signal);
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
    const known = error instanceof AppError ? error : bug(error);
    const aws = awsErrorOf(error);
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

async function* told(
  { sessionId, agentAliasId, ...question }: AgentQuestion,
  lines: AgentLines,
  visit: AgentVisit,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  for (const [name, value] of Object.entries({ agentAliasId, sessionId }))
    if (typeof value !== "string")
      throw new AppError(
        "model_unavailable",
        `Parameter validation failed: Invalid type for parameter ${name}, valid types: <class 'str'>`,
      );
  const ids = { sessionId: String(sessionId), agentAliasId: String(agentAliasId) };
  if (question.agentId === visit.app.config.agentName)
    yield* ours({ ...question, ...ids }, lines, visit, signal);
  else yield* ofBedrock({ ...question, ...ids }, lines, visit, signal);
}

interface Ids {
  readonly sessionId: string;
  readonly agentAliasId: string;
}

async function* ours(
  { inputText, sessionId }: AgentQuestion & Ids,
  lines: AgentLines,
  { app, sessions, client }: AgentVisit,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const session = await sessions.named(sessionId, client, ["agent"]);
  for await (const { event } of askOnce(sessions, session, { message: inputText }, signal)) {
    if (event.type === "text_delta") yield* lines.text(event.text);
    else if (event.type === "call_started" && app.config.debugMode)
      yield* lines.trace({ sessionId, call: event.call });
    else if (event.type === "call_ended" && app.config.debugMode)
      yield* lines.trace({ sessionId, result: event.result });
    else if (event.type === "turn_ended" && event.end.outcome === "failed") throw event.end.error;
  }
}

async function* ofBedrock(
  { agentId, ...question }: AgentQuestion & Ids,
  lines: AgentLines,
  { app, client }: AgentVisit,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const { agents } = app;
  if (!agents) return;
  const isTheirs = agents.claims.claim(
    `${agentId}/${question.agentAliasId}/${question.sessionId}`,
    client.caller,
  );
  if (!isTheirs) throw new AppError("session_not_found", "This session is somebody else's.");
  const request = { ...question, agentId, trace: app.config.debugMode };
  for await (const event of agents.model.invoke(request, agentTools(app, client), signal)) {
    if (event.type === "text") yield* lines.text(event.text);
    else if (event.type === "trace" && app.config.debugMode) yield* lines.trace(event.trace);
    else if (event.type === "return_control") yield* lines.returnControl(event.control);
  }
}

function newSessionId(now: Date): string {
  return `session-${Math.floor(now.getTime() / 1000)}-${randomUUID().slice(0, 8)}`;
}
