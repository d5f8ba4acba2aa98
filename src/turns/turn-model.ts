/** The model of one turn. */
import type { Model } from "../model/types.ts";

export type TurnModel = Pick<Model, "stream" | "limits" | "cost" | "estimateCost">;

export function replaceStream(model: TurnModel, stream: Model["stream"]): TurnModel {
  return {
    stream,
    limits: (id) => model.limits(id),
    cost: (id, usage) => model.cost(id, usage),
    estimateCost: (id, usage) => model.estimateCost?.(id, usage) ?? 0,
  };
}
