/** The models that a caller may use. */
import type { Caller } from "../access/types.ts";
import type { App } from "../context.ts";
import { AppError } from "../errors.ts";
import type { Model } from "../model/types.ts";
import { replaceStream, type TurnModel } from "./turn-model.ts";

type ModelsApp = Pick<App, "authorizer" | "modelId" | "models">;

/** Returns the models that a caller may select, the default first. */
export function permittedModels(
  { authorizer, modelId, models }: ModelsApp,
  caller: Caller,
): readonly string[] {
  const { allowsModel, defaultModels } = authorizer.permissionsFor(caller);
  const offered = models.filter(allowsModel);
  const first = [...defaultModels, modelId].find((id) => offered.includes(id));
  return first === undefined ? offered : [first, ...offered.filter((id) => id !== first)];
}

/** Returns the model of a request that names none. @throws AppError `forbidden` when the caller may use none */
export function defaultModel(app: ModelsApp, caller: Caller): string {
  const [first] = permittedModels(app, caller);
  if (first === undefined)
    throw new AppError("forbidden", "Your roles allow none of the models of this server.", {
      reason: "model",
    });
  return first;
}

/**
 * Checks the model that a client selects.
 * @throws AppError `bad_request` when it is not offered, also because the caller may not use it
 */
export function checkSelectedModel(app: ModelsApp, caller: Caller, model: string): void {
  const offered = permittedModels(app, caller);
  if (!offered.includes(model))
    throw new AppError(
      "bad_request",
      `The model ${JSON.stringify(model)} is not offered here; offered are ${offered.join(", ")}.`,
    );
}

/** Returns the model for one caller. It calls no model that the caller may not use, not even in place of another. */
export function withPermittedModels(
  model: TurnModel,
  { authorizer }: Pick<App, "authorizer">,
  caller: Caller,
): TurnModel {
  const stream: Model["stream"] = (request, signal) => {
    const { allowsModel } = authorizer.permissionsFor(caller);
    if (!allowsModel(request.model))
      throw new AppError("forbidden", `Your roles do not allow the model ${request.model}.`, {
        reason: "model",
      });
    return model.stream({ ...request, allowsFallback: allowsModel }, signal);
  };
  return replaceStream(model, stream);
}
