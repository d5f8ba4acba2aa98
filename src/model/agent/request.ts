/** A request to an agent as the input of InvokeAgent. Pure. */
import { stringifyJson } from "../../json.ts";
import type { AgentRequest, Json } from "./types.ts";

/** Without streamFinalResponse the whole answer would come as one chunk, at its end. */
export function invokeInput(request: AgentRequest): Json {
  const { agentId, agentAliasId, sessionId, inputText, trace = false, returned } = request;
  const sessionState = {
    ...(request.sessionAttributes && { sessionAttributes: texts(request.sessionAttributes) }),
    ...(request.promptSessionAttributes && {
      promptSessionAttributes: texts(request.promptSessionAttributes),
    }),
    ...(returned && {
      invocationId: returned.invocationId,
      returnControlInvocationResults: returned.results,
    }),
  };
  return {
    agentId,
    agentAliasId,
    sessionId,
    ...(!returned && { inputText }),
    ...(trace && { enableTrace: true }),
    ...(Object.keys(sessionState).length > 0 && { sessionState }),
    streamingConfigurations: { streamFinalResponse: true },
  };
}

function texts(attributes: Json): Json {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      typeof value === "string" ? value : stringifyJson(value ?? null),
    ]),
  );
}
