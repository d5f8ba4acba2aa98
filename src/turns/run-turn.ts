/** Runs one turn: collects its input and its ports, starts the chat engine and records the events. */
import { randomUUID } from "node:crypto";
import type { Caller } from "../access/types.ts";
import { runInSlices } from "../apis/slices.ts";
import { historyWindow } from "../chat/context/history-window.ts";
import { messageTokenBudget } from "../chat/context/request.ts";
import { endWhenSuspended } from "../chat/end-when-suspended.ts";
import { continueTurn, startTurn, type TurnInput, type TurnPorts } from "../chat/turn.ts";
import type { Decision, Message, ToolCall, TurnEvent, TurnId } from "../chat/types.ts";
import { lastResultNumber } from "../results/shape.ts";
import type { FileContent } from "../tools/types.ts";
import { createApprovalPolicy } from "./approval-policy.ts";
import { recordDecisions } from "./call-audit.ts";
import { applyClientOverrides, applyReplyOptions, delegateCalls } from "./client-overrides.ts";
import { meterModel } from "./metered-model.ts";
import { permittedCatalog } from "./permitted-catalog.ts";
import { permittedModels, withPermittedModels } from "./permitted-models.ts";
import { recordEvents } from "./record-events.ts";
import { saveFile } from "./save-file.ts";
import { withSearchedTools } from "./searched-tools.ts";
import { createCallAttributes } from "./telemetry-context.ts";
import { applyRequestSettings } from "./turn-request.ts";
import { buildTurnSystemPrompt, createTurnTools } from "./turn-tools.ts";
import type { TurnContext, TurnOutcome, TurnStart } from "./types.ts";
import { UntrustedText } from "./untrusted-text.ts";

/** Never rejects: an error becomes the end of the turn. Aborting `signal` stops the turn. */
export async function runTurn(
  context: TurnContext,
  start: TurnStart,
  signal: AbortSignal,
): Promise<TurnOutcome> {
  const { app, session, history, attachments, ratios } = context;
  const { config, model: port } = app;
  const id = "decided" in start ? start.id : (randomUUID() as TurnId);
  attachments.restore(history.messages);
  app.results.restoreCount(session.id, () => lastResultNumber(history.messages), session.owner);
  const input = createInput(context, start, id);
  const ports = createPorts(context, start, input);
  const { model } = input;
  const isResumed = "decided" in start;
  const sink = {
    context,
    id,
    requestId: isResumed ? undefined : start.request.requestId,
    attributes: createCallAttributes(app.apis.current, session.id, session.owner, id),
  };
  const run = () => {
    // The decisions of a client that keeps the history come with its request.
    if (isResumed && !context.journal)
      recordDecisions(app.audit, id, start.decided.decisions, listCalls(start.messages));
    return recordEvents(generateEvents(context, start, input, ports, signal), sink);
  };
  const beginning = { session: session.id, caller: session.owner, turn: id, model, isResumed };
  await app.telemetry.runInScope(app.telemetry.beginTurn(beginning), () =>
    app.audit.within({ session: session.id, turn: id }, run),
  );
  return {
    model,
    messageTokenBudget: messageTokenBudget(input, config, port.limits(model), ratios.get(model)),
  };
}

function createInput({ app, session, history, clientOverrides }: TurnContext, start: TurnStart, id: TurnId) {
  const { config, files } = app;
  const caller = callerOf(start);
  const catalog = permittedCatalog(app, caller);
  const defaults = {
    system: buildTurnSystemPrompt(app, catalog),
    tools: catalog.advertised,
    toolTokens: catalog.toolTokens,
  };
  return {
    id,
    history: historyWindow(history, history.summary),
    model:
      "decided" in start
        ? start.decided.model
        : (start.request.model ?? permittedModels(app, caller)[0] ?? app.modelId),
    ...(clientOverrides ? applyClientOverrides(defaults, clientOverrides, config) : defaults),
    caller: session.owner,
    session: session.id,
    file: (id: string) => files.read(id)?.bytes,
  };
}

function createPorts(
  { app, session, credentials, attachments, permit, ratios, publish, clientOverrides }: TurnContext,
  start: TurnStart,
  { id, model, history, toolTokens }: TurnInput,
): TurnPorts {
  const caller = callerOf(start);
  const catalog = permittedCatalog(app, caller);
  const callContext = (signal: AbortSignal) => ({
    signal,
    credentials: credentials.all,
    saveFile: (file: FileContent) => saveFile(app, session, file),
    findAttachment: (name: string) => attachments.find(name),
  });
  const canApprove = "decided" in start ? (start.canApprove ?? true) : start.request.canApprove === true;
  const untrusted = new UntrustedText(catalog, start);
  const allowedCalls = new Set<string>();
  const policy = createApprovalPolicy(app, {
    caller,
    catalog,
    allowed: session.allowed,
    onAllowed: (callId) => allowedCalls.add(callId),
    canApprove,
    callContext,
    untrusted,
  });
  const tools = createTurnTools(app, {
    session: session.id,
    caller,
    model,
    catalog,
    callContext,
    ...("decided" in start && { approvedCalls: listApproved(start.decided.decisions) }),
    allowedCalls,
    onProgress: (message) => publish({ type: "notice", code: "progress", message }, id),
  });
  const permittedModel = withPermittedModels(app.model, app, caller);
  const isClientCall = (call: ToolCall) => clientOverrides?.tools?.has(call.name) ?? false;
  const turnModel = withSearchedTools(
    clientOverrides ? applyReplyOptions(permittedModel, clientOverrides) : permittedModel,
    catalog,
    history.messages,
  );
  const budget = permit.openBudget(({ message }) => publish({ type: "notice", code: "budget", message }, id));
  return {
    ...(budget ? meterModel(turnModel, { id: model, toolTokens }, budget) : { model: turnModel }),
    ...tools,
    run: untrusted.watch(async (call, signal) => {
      const sent = credentials.all;
      const result = await tools.run(call, signal);
      const tool = catalog.find(call.name);
      if (tool && "operation" in tool) credentials.judge(tool, sent[tool.api.name], result);
      return result;
    }),
    // The client limits its own calls.
    isFree: (call) => isClientCall(call) || (tools.isFree?.(call) ?? false),
    approvalPolicy: clientOverrides ? delegateCalls(clientOverrides, policy) : policy,
    clientKeepsHistory: clientOverrides !== undefined,
    runInSlices,
    ratios,
    now: app.now,
    newId: randomUUID,
  };
}

function callerOf(start: TurnStart): Caller {
  return "decided" in start ? start.caller : start.request.caller;
}

function listCalls(messages: readonly Message[]): readonly ToolCall[] {
  return messages.flatMap((message) =>
    message.role === "assistant"
      ? message.parts.flatMap((part) => (part.type === "call" ? [part.call] : []))
      : [],
  );
}

function listApproved(decisions: readonly Decision[]): ReadonlySet<string> {
  return new Set(decisions.flatMap(({ callId, outcome }) => (outcome === "approved" ? [callId] : [])));
}

function generateEvents(
  { app, attachments, clientOverrides }: TurnContext,
  start: TurnStart,
  input: TurnInput,
  ports: TurnPorts,
  signal: AbortSignal,
): AsyncGenerator<TurnEvent, void> {
  const { config, now } = app;
  if ("decided" in start) {
    const { decided, messages } = start;
    const events = continueTurn({ ...input, decided, messages }, config, ports, signal);
    return clientOverrides ? endWhenSuspended(events, now) : events;
  }
  const { request } = start;
  const events = startTurn(
    {
      ...input,
      message: request.message,
      clientId: request.clientId,
      attachments: attachments.save(request.attachments ?? []),
    },
    applyRequestSettings(request, config),
    ports,
    signal,
  );
  return clientOverrides ? endWhenSuspended(events, now) : events;
}
