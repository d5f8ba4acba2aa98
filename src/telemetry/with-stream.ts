/** Replaces the stream of a model. */
import type { Model } from "../model/types.ts";

export function withStream(model: Model, stream: Model["stream"]): Model {
  return {
    stream,
    health: () => model.health(),
    limits: (name) => model.limits(name),
    cost: (name, usage) => model.cost(name, usage),
    estimateCost: (name, usage) => model.estimateCost?.(name, usage) ?? 0,
    load: () => model.load?.() ?? [],
    close: () => model.close(),
  };
}
