/** Calls a model once, adapting the request when the model refuses a feature or a file that it does not support. */
import type { Capabilities } from "../capabilities.ts";
import type { ModelRequest } from "../types.ts";
import { callService } from "./call-service.ts";
import type { LearnedCapabilities } from "./learned-capabilities.ts";
import { limitsOf } from "./limits.ts";
import { planRequest } from "./plan.ts";
import type { ServicePool } from "./services.ts";
import type { BedrockIo, BedrockOptions, EventBatch } from "./types.ts";
import {
  createUnsupportedNotice,
  hasUnsupportedFiles,
  isFileError,
  refitRequest,
} from "./unsupported-files.ts";
import { toUpstreamError, type UpstreamError } from "./upstream.ts";

export interface ModelCallContext {
  readonly options: BedrockOptions;
  readonly services: ServicePool;
  readonly learned: LearnedCapabilities;
  /** Returns the capabilities of a model, with those learned so far. */
  readonly capabilities: (model: string) => Capabilities;
  readonly io: Pick<BedrockIo, "random" | "warn">;
}

/** Calls a model in a region. Throws what the SDK or the network threw. */
export type ModelCall = (
  request: ModelRequest,
  region: string,
  signal: AbortSignal,
) => AsyncGenerator<EventBatch>;

/** A request changed after a refusal, and the notice about the change for the user. */
interface AdaptedRequest {
  readonly request: ModelRequest;
  readonly notices: readonly EventBatch[];
}

/** Creates a {@link ModelCall}. After a refusal that it can adapt to, it sends the changed request at once. */
export function createModelCall(context: ModelCallContext): ModelCall {
  const { options, services, capabilities, io } = context;
  const newId = () => `call_${Math.floor(io.random() * 2 ** 52).toString(36)}`;
  return async function* call(
    request: ModelRequest,
    region: string,
    signal: AbortSignal,
  ): AsyncGenerator<EventBatch> {
    const known = capabilities(request.model);
    const limits = limitsOf(known);
    const hasUnsupported = hasUnsupportedFiles(request, limits);
    if (hasUnsupported) yield* createUnsupportedNotice(request, limits);
    const fitted = hasUnsupported ? refitRequest(request, limits) : request;
    let hasOutput = false;
    try {
      const plan = planRequest(fitted, known, options, newId);
      for await (const batch of plan.decode(callService(await services.get(region), plan.call, signal))) {
        hasOutput = true;
        yield batch;
      }
    } catch (error) {
      const refusal = hasOutput || signal.aborted ? undefined : toUpstreamError(error);
      const adapted =
        refusal &&
        (adaptCapabilities(request, refusal, known, context) ??
          removeFiles(request, fitted, refusal, known, context));
      if (!adapted) throw error;
      yield* adapted.notices;
      yield* call(adapted.request, region, signal);
    }
  };
}

/** Learns a capability from the refusal. Returns undefined when the refusal names none. */
function adaptCapabilities(
  request: ModelRequest,
  refusal: UpstreamError,
  known: Capabilities,
  { learned, io }: ModelCallContext,
): AdaptedRequest | undefined {
  const change = learned.inferFromError(request.model, refusal, known);
  if (change?.isNew) io.warn(`${request.model} ${change.description}.`);
  return change?.canRepeat ? { request, notices: [] } : undefined;
}

/** Removes the files from a request that was refused because of them. Returns undefined when that is not possible. */
function removeFiles(
  request: ModelRequest,
  fitted: ModelRequest,
  refusal: UpstreamError,
  known: Capabilities,
  { io }: ModelCallContext,
): AdaptedRequest | undefined {
  const limits = { ...limitsOf(known), files: "refused" } as const;
  if (!isFileError(refusal) || !hasUnsupportedFiles(fitted, limits)) return undefined;
  const withoutFiles = refitRequest(request, limits);
  if (hasUnsupportedFiles(withoutFiles, limits)) return undefined;
  io.warn(`${request.model} refused the files; retrying without them: ${refusal.message}`);
  return { request: withoutFiles, notices: createUnsupportedNotice(request, limits) };
}
