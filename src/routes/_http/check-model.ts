/** The model that a client of the APIs below `/v1` names. */
import { AppError } from "../../errors.ts";
import { permittedModels } from "../../turns/permitted-models.ts";
import type { RequestContext } from "./types.ts";

/** Checks that the caller may use the model. @throws AppError `not_found` */
export function checkModel(model: string, { app, caller }: Pick<RequestContext, "app" | "caller">): void {
  if (!permittedModels(app, caller).includes(model))
    throw new AppError("not_found", `The model ${JSON.stringify(model)} is not offered here.`);
}
