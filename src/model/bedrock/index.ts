/** Models on Amazon Bedrock, behind the port Model. */
import { capabilitiesOf } from "../capabilities.ts";
import { costOf, findPrice } from "../prices.ts";
import type { Model, ModelEvent, ModelRequest } from "../types.ts";
import { callService } from "./attempt.ts";
import { CircuitBreaker } from "./breaker.ts";
import { ConcurrencyLimiter, type ConcurrencyOptions } from "./concurrency-limiter.ts";
import { toAppError } from "./errors.ts";
import { withFallback } from "./fallback.ts";
import { HealthMonitor } from "./health.ts";
import { AccountLookup } from "./identity.ts";
import { LearnedCapabilities } from "./learned-capabilities.ts";
import { limitsOf } from "./limits.ts";
import { planRequest } from "./plan.ts";
import { cancelledError, withRetries } from "./retry.ts";
import { ServicePool } from "./services.ts";
import { type ModelTarget, parseTarget } from "./target.ts";
import type { BedrockIo, BedrockOptions, EventBatch } from "./types.ts";
import {
  createUnsupportedNotice,
  hasUnsupportedFiles,
  isFileError,
  refitRequest,
} from "./unsupported-files.ts";
import { toUpstreamError } from "./upstream.ts";

export { parsePrices } from "../prices.ts";
export { checkModelId, type ModelIdCheck } from "./model-id.ts";
export type { BedrockIo, BedrockOptions } from "./types.ts";

/** `options.model` is the one asked for by default: health speaks of it. The SDK is loaded at the first use. */
export function createBedrock(options: BedrockOptions & { readonly model: string }, io: BedrockIo): Model {
  const services = new ServicePool(options);
  const target = (name: string) => parseTarget(name, options.region);
  const errorContext = ({ model, region }: ModelTarget) => ({ model, region, profile: options.profile });
  const defaultTarget = target(options.model);
  const identity = new AccountLookup(
    async (signal) => (await services.get(defaultTarget.region)).account(signal),
    io,
  );
  const identify = async () => {
    await (await services.get(defaultTarget.region)).identify();
    return await identity.account();
  };
  const health = new HealthMonitor(identify, errorContext(defaultTarget), io);
  const breaker = new CircuitBreaker(options.breaker ?? { failures: 5, pauseMs: 30_000 }, io);
  const limiters = new Map<string, ConcurrencyLimiter>();
  const limiterFor = (key: string) =>
    limiters.getOrInsertComputed(key, () => new ConcurrencyLimiter(concurrencyOptions(options), io.now));
  const learnedCapabilities = new LearnedCapabilities();
  const newId = () => `call_${Math.floor(io.random() * 2 ** 52).toString(36)}`;
  const capabilities = (model: string) =>
    learnedCapabilities.apply(model, capabilitiesOf(model, options.modelFamily));
  const limits = (model: string) => limitsOf(capabilities(model));

  /** One try. A refusal that teaches something about the model is not a failure: the changed request goes out at once. */
  async function* attempt(
    request: ModelRequest,
    region: string,
    signal: AbortSignal,
  ): AsyncGenerator<EventBatch> {
    const modelCapabilities = capabilities(request.model);
    const modelLimits = limitsOf(modelCapabilities);
    const hasUnsupported = hasUnsupportedFiles(request, modelLimits);
    if (hasUnsupported) yield* createUnsupportedNotice(request, modelLimits);
    const fitted = hasUnsupported ? refitRequest(request, modelLimits) : request;
    let hasOutput = false;
    try {
      const { call, decode } = planRequest(fitted, modelCapabilities, options, newId);
      for await (const batch of decode(callService(await services.get(region), call, signal))) {
        hasOutput = true;
        yield batch;
      }
    } catch (error) {
      const refusal = hasOutput || signal.aborted ? undefined : toUpstreamError(error);
      const learned =
        refusal && learnedCapabilities.inferFromError(request.model, refusal, modelCapabilities);
      if (learned?.isNew) io.warn(`${request.model} ${learned.description}.`);
      if (learned) return yield* attempt(request, region, signal);
      const withoutFiles = { ...modelLimits, files: "refused" } as const;
      if (!refusal || !isFileError(refusal) || !hasUnsupportedFiles(fitted, withoutFiles)) throw error;
      const withoutFilesRequest = refitRequest(request, withoutFiles);
      if (hasUnsupportedFiles(withoutFilesRequest, withoutFiles)) throw error;
      io.warn(`${request.model} refused files, and is asked without them: ${refusal.message}`);
      yield* createUnsupportedNotice(request, withoutFiles);
      yield* attempt(withoutFilesRequest, region, signal);
    }
  }

  async function* withHealthTracking(
    request: ModelRequest,
    region: string,
    signal: AbortSignal,
  ): AsyncGenerator<EventBatch> {
    try {
      for await (const batch of attempt(request, region, signal)) {
        const end = batch.at(-1);
        if (end?.type === "end" && end.reason !== undefined)
          io.warn(`The guardrail intervened for ${request.model}: ${end.reason}.`);
        yield batch;
      }
    } catch (error) {
      if (signal.aborted) throw cancelledError();
      const failure = toAppError(error, errorContext({ model: request.model, region }));
      // A model that a client chose says nothing about the server.
      if (failure && request.model === defaultTarget.model && region === defaultTarget.region)
        health.recordFailure(failure);
      throw failure ?? error;
    }
    if (signal.aborted) throw cancelledError();
    health.recordSuccess();
  }

  async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    if (signal.aborted) throw cancelledError();
    const targets = candidates(request, [request.model, ...(options.fallbackModels ?? [])].map(target));
    const requested = { model: request.model, region: options.region };
    const answer = withFallback(targets, requested, ({ model, region }) => {
      const fitted = fitRequest(request, model);
      const key = `${region}/${model}`;
      const once = () =>
        limiterFor(key).run(request.caller ?? "", signal, () => withHealthTracking(fitted, region, signal));
      const notices = isRequestedModel(request, model) ? [] : createUnsupportedNotice(request, limits(model));
      return prependBatches(
        notices,
        breaker.guard(key, () => withRetries(once, options, io, signal)),
      );
    });
    for await (const batch of answer) for (const event of batch) yield event;
  }

  /** Each once; those behind the first only if the request fits them. */
  function candidates(request: ModelRequest, targets: readonly ModelTarget[]): readonly ModelTarget[] {
    return targets.filter(
      ({ model, region }, index) =>
        targets.findIndex((other) => other.model === model && other.region === region) === index &&
        (index === 0 || request.refit === undefined || request.refit(limits(model)) !== undefined),
    );
  }

  /** A fallback may read less than the model that the messages were trimmed for. */
  function fitRequest(request: ModelRequest, model: string): ModelRequest {
    return { ...(isRequestedModel(request, model) ? request : refitRequest(request, limits(model))), model };
  }

  function isRequestedModel(request: ModelRequest, model: string): boolean {
    return model === target(request.model).model;
  }

  return {
    stream,
    health: () => health.check(),
    limits: (name) => limits(target(name).model),
    cost: (name, usage) => {
      const { model } = target(name);
      return costOf(findPrice(model, options.prices) ?? capabilities(model).price, usage);
    },
    close: () => services.close(),
  };
}

async function* prependBatches(
  first: readonly EventBatch[],
  batches: AsyncIterable<EventBatch>,
): AsyncGenerator<EventBatch> {
  yield* first;
  yield* batches;
}

function concurrencyOptions({
  maxConcurrentRequests = 500,
  requestQueueSize = 1000,
}: BedrockOptions): ConcurrencyOptions {
  return { maxConcurrentRequests, requestQueueSize };
}
