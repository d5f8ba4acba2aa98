/** Models on Amazon Bedrock, behind the port Model. */
import { capabilitiesOf } from "../capabilities.ts";
import { costOf } from "../prices.ts";
import type { Model, ModelEvent, ModelRequest } from "../types.ts";
import { attempt } from "./attempt.ts";
import { Breaker } from "./breaker.ts";
import { appErrorOf } from "./errors.ts";
import { withFallback } from "./fallback.ts";
import { Health } from "./health.ts";
import { Lessons } from "./learn.ts";
import { plan } from "./plan.ts";
import { cancelled, withRetries } from "./retry.ts";
import type { Batch, BedrockIo, BedrockOptions, Service } from "./types.ts";
import { upstreamErrorOf } from "./upstream.ts";

export { checkModelId, type ModelIdCheck } from "./model-id.ts";
export type { BedrockIo, BedrockOptions } from "./types.ts";

/** `options.model` is the one asked for by default: health speaks of it. The SDK is loaded at the first use. */
export function createBedrock(options: BedrockOptions & { readonly model: string }, io: BedrockIo): Model {
  let connected: Promise<Service> | undefined;
  const service = () => {
    connected ??= import("./service.ts")
      .then(({ connect }) => connect(options))
      .catch((error: unknown) => {
        connected = undefined;
        throw error;
      });
    return connected;
  };
  const asked = (model: string) => ({ model, region: options.region, profile: options.profile });
  const identify = async () => (await service()).identify();
  const health = new Health(identify, asked(options.model), io);
  const breaker = new Breaker(options.breaker ?? { failures: 5, pauseMs: 30_000 }, io);
  const lessons = new Lessons();
  const newId = () => `call_${Math.floor(io.random() * 2 ** 52).toString(36)}`;
  const capabilities = (model: string) => lessons.apply(model, capabilitiesOf(model, options.modelFamily));

  /** One try. A refusal that teaches something about the model is not a failure: the changed request goes out at once. */
  async function* once(request: ModelRequest, signal: AbortSignal): AsyncGenerator<Batch> {
    const known = capabilities(request.model);
    try {
      const { call, read } = plan(request, known, options, newId);
      yield* read(attempt(await service(), call, signal));
    } catch (error) {
      const upstream = upstreamErrorOf(error);
      const learned = upstream && !signal.aborted ? lessons.learn(request.model, upstream, known) : undefined;
      if (learned === undefined) throw error;
      io.warn(`${request.model} ${learned}.`);
      yield* once(request, signal);
    }
  }

  async function* judged(request: ModelRequest, signal: AbortSignal): AsyncGenerator<Batch> {
    try {
      yield* once(request, signal);
    } catch (error) {
      if (signal.aborted) throw cancelled();
      const failure = appErrorOf(error, asked(request.model));
      // A model that a client chose says nothing about the server.
      if (failure && request.model === options.model) health.failed(failure);
      throw failure ?? error;
    }
    if (signal.aborted) throw cancelled();
    health.succeeded();
  }

  async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    if (signal.aborted) throw cancelled();
    const models = [...new Set([request.model, ...(options.fallbackModels ?? [])])];
    const answer = withFallback(models, (model) =>
      breaker.guard(model, () =>
        withRetries(() => judged({ ...request, model }, signal), options, io, signal),
      ),
    );
    for await (const batch of answer) for (const event of batch) yield event;
  }

  return {
    stream,
    health: () => health.report(),
    limits: (model) => {
      const { contextTokens, maxOutputTokens } = capabilities(model);
      return { contextTokens, maxOutputTokens };
    },
    cost: (model, usage) => costOf(capabilities(model).price, usage),
    close: () => {
      void connected?.then((open) => open.close());
    },
  };
}
