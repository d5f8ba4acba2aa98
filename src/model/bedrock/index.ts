/** Models on Amazon Bedrock, behind the port Model. */
import { capabilitiesOf } from "../capabilities.ts";
import { costOf, namedPrice } from "../prices.ts";
import type { Model, ModelEvent, ModelRequest } from "../types.ts";
import { attempt } from "./attempt.ts";
import { Breaker } from "./breaker.ts";
import { Gate, type GateOptions } from "./concurrency-limiter.ts";
import { appErrorOf } from "./errors.ts";
import { withFallback } from "./fallback.ts";
import { Health } from "./health.ts";
import { Identity } from "./identity.ts";
import { Lessons } from "./learned-capabilities.ts";
import { limitsOf } from "./limits.ts";
import { plan } from "./plan.ts";
import { cancelled, withRetries } from "./retry.ts";
import { Services } from "./services.ts";
import { type Target, targetOf } from "./target.ts";
import type { Batch, BedrockIo, BedrockOptions } from "./types.ts";
import { exceeds, isAboutFiles, refitted, unreadNotice } from "./unsupported-files.ts";
import { upstreamErrorOf } from "./upstream.ts";

export { readPrices } from "../prices.ts";
export { checkModelId, type ModelIdCheck } from "./model-id.ts";
export type { BedrockIo, BedrockOptions } from "./types.ts";

/** `options.model` is the one asked for by default: health speaks of it. The SDK is loaded at the first use. */
export function createBedrock(options: BedrockOptions & { readonly model: string }, io: BedrockIo): Model {
  const services = new Services(options);
  const target = (name: string) => targetOf(name, options.region);
  const asked = ({ model, region }: Target) => ({ model, region, profile: options.profile });
  const main = target(options.model);
  const identity = new Identity(async (signal) => (await services.of(main.region)).account(signal), io);
  const identify = async () => {
    await (await services.of(main.region)).identify();
    return await identity.account();
  };
  const health = new Health(identify, asked(main), io);
  const breaker = new Breaker(options.breaker ?? { failures: 5, pauseMs: 30_000 }, io);
  const gates = new Map<string, Gate>();
  const gate = (key: string) => gates.getOrInsertComputed(key, () => new Gate(gateOptions(options), io.now));
  const lessons = new Lessons();
  const newId = () => `call_${Math.floor(io.random() * 2 ** 52).toString(36)}`;
  const capabilities = (model: string) => lessons.apply(model, capabilitiesOf(model, options.modelFamily));
  const limits = (model: string) => limitsOf(capabilities(model));

  /** One try. A refusal that teaches something about the model is not a failure: the changed request goes out at once. */
  async function* once(request: ModelRequest, region: string, signal: AbortSignal): AsyncGenerator<Batch> {
    const known = capabilities(request.model);
    const readable = limitsOf(known);
    const isTooMuch = exceeds(request, readable);
    if (isTooMuch) yield* unreadNotice(request, readable);
    const fitting = isTooMuch ? refitted(request, readable) : request;
    let seen = false;
    try {
      const { call, read } = plan(fitting, known, options, newId);
      for await (const batch of read(attempt(await services.of(region), call, signal))) {
        seen = true;
        yield batch;
      }
    } catch (error) {
      const refusal = seen || signal.aborted ? undefined : upstreamErrorOf(error);
      const learned = refusal && lessons.learn(request.model, refusal, known);
      if (learned?.isNew) io.warn(`${request.model} ${learned.words}.`);
      if (learned) return yield* once(request, region, signal);
      const withoutFiles = { ...readable, files: "refused" } as const;
      if (!refusal || !isAboutFiles(refusal) || !exceeds(fitting, withoutFiles)) throw error;
      const bare = refitted(request, withoutFiles);
      if (exceeds(bare, withoutFiles)) throw error;
      io.warn(`${request.model} refused files, and is asked without them: ${refusal.message}`);
      yield* unreadNotice(request, withoutFiles);
      yield* once(bare, region, signal);
    }
  }

  async function* judged(request: ModelRequest, region: string, signal: AbortSignal): AsyncGenerator<Batch> {
    try {
      for await (const batch of once(request, region, signal)) {
        const end = batch.at(-1);
        if (end?.type === "end" && end.reason !== undefined)
          io.warn(`The guardrail intervened for ${request.model}: ${end.reason}.`);
        yield batch;
      }
    } catch (error) {
      if (signal.aborted) throw cancelled();
      const failure = appErrorOf(error, asked({ model: request.model, region }));
      // A model that a client chose says nothing about the server.
      if (failure && request.model === main.model && region === main.region) health.failed(failure);
      throw failure ?? error;
    }
    if (signal.aborted) throw cancelled();
    health.succeeded();
  }

  async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    if (signal.aborted) throw cancelled();
    const targets = candidates(request, [request.model, ...(options.fallbackModels ?? [])].map(target));
    const usual = { model: request.model, region: options.region };
    const answer = withFallback(targets, usual, ({ model, region }) => {
      const fitted = fit(request, model);
      const key = `${region}/${model}`;
      const once = () => gate(key).pass(request.caller ?? "", signal, () => judged(fitted, region, signal));
      const told = isAsked(request, model) ? [] : unreadNotice(request, limits(model));
      return after(
        told,
        breaker.guard(key, () => withRetries(once, options, io, signal)),
      );
    });
    for await (const batch of answer) for (const event of batch) yield event;
  }

  /** Each once; those behind the first only if the request fits them. */
  function candidates(request: ModelRequest, targets: readonly Target[]): readonly Target[] {
    return targets.filter(
      ({ model, region }, index) =>
        targets.findIndex((other) => other.model === model && other.region === region) === index &&
        (index === 0 || request.refit === undefined || request.refit(limits(model)) !== undefined),
    );
  }

  /** A fallback may read less than the model that the messages were trimmed for. */
  function fit(request: ModelRequest, model: string): ModelRequest {
    return { ...(isAsked(request, model) ? request : refitted(request, limits(model))), model };
  }

  function isAsked(request: ModelRequest, model: string): boolean {
    return model === target(request.model).model;
  }

  return {
    stream,
    health: () => health.report(),
    limits: (name) => limits(target(name).model),
    cost: (name, usage) => {
      const { model } = target(name);
      return costOf(namedPrice(model, options.prices) ?? capabilities(model).price, usage);
    },
    close: () => services.close(),
  };
}

async function* after(told: readonly Batch[], batches: AsyncIterable<Batch>): AsyncGenerator<Batch> {
  yield* told;
  yield* batches;
}

function gateOptions({ maxConcurrentRequests = 500, requestQueueSize = 1000 }: BedrockOptions): GateOptions {
  return { maxConcurrentRequests, requestQueueSize };
}
