/** Implements the Model port on Amazon Bedrock, with fallback, circuit breaker, retries and concurrency limits. */
import { capabilitiesOf } from "../capabilities.ts";
import { costOf, markLongContext } from "../prices.ts";
import type { Model, ModelEvent, ModelLoad, ModelRequest } from "../types.ts";
import { BlockedQuestions } from "./blocked-questions.ts";
import { CircuitBreaker } from "./breaker.ts";
import { createModelCall } from "./call-model.ts";
import { ConcurrencyLimiter, type ConcurrencyOptions } from "./concurrency-limiter.ts";
import { estimateCost, priceInUse } from "./cost.ts";
import { selectTargets, withFallback } from "./fallback.ts";
import { createHealthMonitor } from "./health.ts";
import { withHealthTracking } from "./health-tracking.ts";
import { LearnedCapabilities } from "./learned-capabilities.ts";
import { limitsOf } from "./limits.ts";
import { cancelledError, withRetries } from "./retry.ts";
import { ServicePool } from "./services.ts";
import { type ModelTarget, parseTarget } from "./target.ts";
import type { BedrockIo, BedrockOptions, EventBatch } from "./types.ts";
import { createUnsupportedNotice, refitRequest } from "./unsupported-files.ts";

export { parsePrices } from "../prices.ts";
export { findModelCost } from "./cost.ts";
export { checkModelId, type ModelIdCheck, type ModelIdContext } from "./model-id.ts";
export { explainApi } from "./surface.ts";
export type { BedrockIo, BedrockOptions } from "./types.ts";
export { describeUnusedSettings } from "./unused-settings.ts";

/**
 * Creates the Bedrock model. The AWS SDK is loaded on first use.
 * @param options `model` is the default model; the health check reports on that one.
 */
export function createBedrock(options: BedrockOptions & { readonly model: string }, io: BedrockIo): Model {
  const services = new ServicePool(options);
  const learned = new LearnedCapabilities();
  const capabilities = (model: string) => learned.apply(model, capabilitiesOf(model, options.modelFamily));
  const priceOf = (model: string) => priceInUse(model, capabilities(model), options);
  const limits = (model: string) => limitsOf(capabilities(model));
  const call = createModelCall({ options, services, learned, capabilities, io });
  const resolve = (name: string) => parseTarget(name, options.region);
  const defaultTarget = resolve(options.model);
  const health = createHealthMonitor(services, { ...defaultTarget, profile: options.profile }, io);
  const breaker = new CircuitBreaker(options.breaker ?? { failures: 5, pauseMs: 30_000 }, io);
  const blocked = new BlockedQuestions();
  const limiters = new Map<string, ConcurrencyLimiter>();
  const limiterFor = (key: string) =>
    limiters.getOrInsertComputed(key, () => new ConcurrencyLimiter(concurrencyOptions(options), io.now));

  async function* stream(sent: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    if (signal.aborted) throw cancelledError();
    const request = options.guardrail ? blocked.leaveOut(sent) : sent;
    const { allowsFallback = () => true } = request;
    const names = [request.model, ...(options.fallbackModels ?? []).filter(allowsFallback)];
    const targets = selectTargets(request, names.map(resolve), limits);
    const requested = { model: request.model, region: options.region };
    const batches = withFallback(targets, requested, (target) => callTarget(request, target, signal));
    let reply = "";
    for await (const batch of batches)
      for (const event of batch) {
        if (options.guardrail && event.type === "text") reply += event.text;
        if (event.type === "end" && event.stopReason === "guardrail") blocked.add(request, reply);
        yield event.type === "end"
          ? {
              ...event,
              usage: markLongContext(event.usage, priceOf(resolve(event.model ?? request.model).model)),
            }
          : event;
      }
  }

  /** Calls one target. A fallback may support fewer files than the model that the messages were trimmed for. */
  function callTarget(
    request: ModelRequest,
    { model, region }: ModelTarget,
    signal: AbortSignal,
  ): AsyncIterable<EventBatch> {
    const isFallback = model !== resolve(request.model).model;
    const notices = isFallback ? createUnsupportedNotice(request, limits(model)) : [];
    const fitted = { ...(isFallback ? refitRequest(request, limits(model)) : request), model };
    const tracking = {
      health,
      // Failures of a model that a client chose say nothing about the server.
      isDefault: model === defaultTarget.model && region === defaultTarget.region,
      context: { model, region, profile: options.profile },
      warn: io.warn,
    };
    const key = `${region}/${model}`;
    const attempt = () =>
      limiterFor(key).run(request.caller ?? "", signal, () =>
        withHealthTracking(call(fitted, region, signal), tracking, signal),
      );
    return prependBatches(
      notices,
      breaker.guard(key, () => withRetries(attempt, options, io, signal), conversationKeys(request)),
    );
  }

  return {
    stream,
    health: () => health.check(),
    limits: (name) => limits(resolve(name).model),
    cost: (name, usage) => {
      const { model } = resolve(name);
      return costOf(priceOf(model), usage);
    },
    estimateCost: (name, usage) => estimateCost(resolve(name).model, usage),
    load: () => readLoad(limiters, breaker),
    close: () => services.close(),
  };
}

/** @param limiters by `region/model` */
function readLoad(
  limiters: ReadonlyMap<string, ConcurrencyLimiter>,
  breaker: Pick<CircuitBreaker, "isOpen">,
): readonly ModelLoad[] {
  return [...limiters].map(([key, { running, waiting }]) => {
    const slash = key.indexOf("/");
    const target = { region: key.slice(0, slash), model: key.slice(slash + 1) };
    return { ...target, active: running, queued: waiting, isOpen: breaker.isOpen(key) };
  });
}

/** Returns texts of which each identifies the conversation of a request: its session, its first and its newest question. */
function conversationKeys({ session, messages }: ModelRequest): readonly string[] {
  const questions = messages.flatMap((message) => (message.role === "user" ? [message.text] : []));
  const texts = [questions[0], questions.at(-1)].flatMap((text) => (text ? [`text ${Bun.hash(text)}`] : []));
  return session === undefined ? texts : [`session ${session}`, ...texts];
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
