/** Makes the model call a tool, as a client asks for. */
import { AppError } from "../errors.ts";
import type { Model, ModelRequest, ToolChoice } from "../model/types.ts";
import { replaceStream, type TurnModel } from "./turn-model.ts";

/**
 * Returns the model with forced calls. A tool of that name is called first. With `any`, every reply is a call until one is
 * handed over to the client; where the client runs no tools, only the first.
 */
export function withForcedCalls(
  model: TurnModel,
  toolChoice: ToolChoice,
  isClientTool: (name: string) => boolean,
): TurnModel {
  let hasCalled = false;
  const stream: Model["stream"] = async function* (request, signal) {
    const hasClientTools = request.tools.some(({ name }) => isClientTool(name));
    const isForced = !hasCalled || (toolChoice === "any" && hasClientTools);
    for await (const event of model.stream(isForced ? { ...request, toolChoice } : request, signal)) {
      hasCalled ||= event.type === "call";
      yield event;
    }
  };
  return replaceStream(model, stream);
}

/** @throws AppError `bad_request` when no tool has the name. */
export function checkToolChoice(toolChoice: ToolChoice | undefined, tools: ModelRequest["tools"]): void {
  if (toolChoice === undefined || toolChoice === "any" || tools.some(({ name }) => name === toolChoice.tool))
    return;
  throw new AppError("bad_request", `tool_choice: there is no tool ${JSON.stringify(toolChoice.tool)}.`);
}
