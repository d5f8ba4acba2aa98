/** The model that a client of the APIs below `/v1` names. */
import type { App } from "../../context.ts";
import { AppError } from "../../errors.ts";

/** @throws AppError `not_found` */
export function checkModel(model: string, { models }: Pick<App, "models">): void {
  if (!models.includes(model))
    throw new AppError("not_found", `The model ${JSON.stringify(model)} is not offered here.`);
}
