/** A turn over a conversation that its client keeps: nothing of it is stored here, and whoever leaves stops it. */
import { randomUUID } from "node:crypto";
import type { App } from "./app.ts";
import { continueTurn, turn } from "./chat/turn.ts";
import type { ApprovalId, SessionId, ToldEvent, TurnId } from "./chat/types.ts";
import type { Client } from "./client.ts";
import { toldError } from "./config/error-texts.ts";
import { createReview } from "./review.ts";
import { logTurn } from "./telemetry/turn-log.ts";
import { endpointOf } from "./tools/endpoint.ts";
import { turnSystem, turnTools } from "./turn-tools.ts";
import type { AgUiConversation } from "./wire/ag-ui.ts";

/** A client's own tools take the place of ours: the turn then ends with `turn_waiting` where they are called. */
export async function* agUiTurn(
  app: App,
  { caller, credentials }: Client,
  { history, asked, instructions, tools: own }: AgUiConversation,
  signal: AbortSignal,
): AsyncGenerator<ToldEvent, void> {
  const { config, modelId: model, telemetry } = app;
  const apis = app.apis.current;
  const session = randomUUID() as SessionId;
  const id = randomUUID() as TurnId;
  const isOwn = own.length > 0;
  const system = isOwn ? (config.systemPrompt ?? "You are a helpful assistant.") : turnSystem(app, apis);
  const input = {
    id,
    history: { messages: history, skipped: 0 },
    model,
    system: instructions === "" ? system : `${system}\n\n${instructions}`,
    tools: isOwn ? own : apis.offered,
    toolTokens: isOwn ? Math.ceil(JSON.stringify(own).length / 3) : apis.toolTokens,
    caller: caller.id,
  };
  // A file would be kept for a session that nobody can come back to.
  const context = (signal: AbortSignal) => ({ signal, credentials });
  const ports = {
    model: app.model,
    ...turnTools(app, { session, caller, model, apis, context, progress: () => {} }),
    review: isOwn
      ? async () => ({ verdict: "ask" }) as const
      : createReview(app, { apis, allowed: [], canAsk: false, context }),
    now: app.now,
    newId: randomUUID,
  };
  const events =
    "question" in asked
      ? turn({ ...input, message: asked.question }, config, ports, signal)
      : continueTurn(
          { ...input, messages: asked.messages, waiting: carriedOut(asked) },
          config,
          ports,
          signal,
        );
  function carriedOut({ results }: Exclude<typeof asked, { question: string }>) {
    const approval = { id: "" as ApprovalId, calls: [], expiresAt: "" };
    return { status: "waiting", id, approval, decisions: [], results, model, text: "" } as const;
  }
  const endpoint = (name: string) => {
    const tool = apis.find(name);
    return tool && endpointOf(tool);
  };
  const place = { session, caller: caller.id, turn: id, endpoint };
  try {
    for await (const event of events) {
      if (event.type === "message_added") continue;
      telemetry.observe(event, place);
      if (event.type !== "turn_ended") {
        yield event;
        continue;
      }
      const { end } = event;
      if (end.outcome === "answered" || config.logErrors)
        logTurn(app.log, end, place, telemetry.costs(session, caller.id), app.model.cost);
      yield end.outcome === "answered"
        ? event
        : { ...event, end: { ...end, error: toldError(end.error, config) } };
    }
  } finally {
    await app.results.forget(session);
  }
}
