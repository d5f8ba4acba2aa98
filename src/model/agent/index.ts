/** Implements AgentModel with InvokeAgent of Amazon Bedrock. */
import { AppError } from "../../errors.ts";
import { isRecord } from "../bedrock/calls.ts";
import { toAppError } from "../bedrock/errors.ts";
import { IdleTimeout } from "../bedrock/idle-timeout.ts";
import { cancelledError } from "../bedrock/retry.ts";
import { toStreamError } from "./errors.ts";
import { buildInvokeInput } from "./request.ts";
import { readControlCalls, toInvocationResult } from "./return-control.ts";
import { ChunkTextDecoder } from "./text.ts";
import type {
  AgentEvent,
  AgentJson,
  AgentModel,
  AgentOptions,
  AgentRequest,
  AgentService,
  AgentTools,
} from "./types.ts";

export { readAwsError } from "./errors.ts";
export { createKnowledgeBaseSearch } from "./knowledge-base.ts";
export type { AgentEvent, AgentModel, AgentOptions, AgentRequest, AgentTools } from "./types.ts";

/** The maximum number of times an agent may return control in one turn. */
const MAX_ROUNDS = 10;

/** Creates the agent model. The AWS SDK is loaded on first use. */
export function createBedrockAgent(options: AgentOptions): AgentModel {
  let connecting: Promise<AgentService> | undefined;
  const service = () => {
    connecting ??= import("./service.ts").then(({ connect }) => connect(options));
    return connecting;
  };

  /** Sends one InvokeAgent request. Throws what the SDK threw. */
  async function* invokeOnce(request: AgentRequest, signal: AbortSignal): AsyncGenerator<AgentJson> {
    const idleTimeout = new IdleTimeout(options.idleTimeoutMs, signal);
    let hasStarted = false;
    try {
      const events = await (await service()).invoke(buildInvokeInput(request), idleTimeout.signal);
      hasStarted = true;
      for await (const event of events) {
        idleTimeout.recordActivity();
        yield event;
      }
    } catch (error) {
      throw idleTimeout.timeoutError ?? (hasStarted ? toStreamError(error) : error);
    } finally {
      idleTimeout.dispose();
    }
    // An aborted stream may end as if it were complete.
    if (idleTimeout.timeoutError) throw idleTimeout.timeoutError;
  }

  async function* invoke(
    request: AgentRequest,
    tools: AgentTools,
    signal: AbortSignal,
  ): AsyncGenerator<AgentEvent> {
    let next = request;
    for (let round = 1; ; round++) {
      let control: AgentJson | undefined;
      const text = new ChunkTextDecoder();
      for await (const event of invokeOnce(next, signal)) {
        if (isRecord(event.returnControl)) control = event.returnControl;
        else yield* toEvents(event, text);
      }
      yield* toTextEvents(text.end());
      if (signal.aborted) throw cancelledError();
      if (!control) return;
      const calls = readControlCalls(control, tools);
      if (!calls) {
        yield { type: "return_control", control };
        return;
      }
      if (round > MAX_ROUNDS) throw tooManyRoundsError();
      for (const { call } of calls) yield { type: "call", call };
      const results = await Promise.all(calls.map(({ call }) => tools.run(call, signal)));
      for (const result of results) yield { type: "result", result };
      if (signal.aborted) throw cancelledError();
      const invocationResults = calls.flatMap((call, index) => {
        const result = results[index];
        return result ? [toInvocationResult(call, result)] : [];
      });
      const invocationId = String(control.invocationId);
      next = { ...request, controlResults: { invocationId, results: invocationResults } };
    }
  }

  return {
    async *invoke(request, tools, signal) {
      try {
        if (signal.aborted) throw cancelledError();
        yield* invoke(request, tools, signal);
      } catch (error) {
        if (signal.aborted) throw cancelledError();
        throw toAppError(error, { model: `agent ${request.agentId}`, region: options.region }) ?? error;
      }
    },
    close: () => {
      void connecting?.then(
        (open) => open.close(),
        () => {},
      );
    },
  };
}

function* toEvents(event: AgentJson, text: ChunkTextDecoder): Generator<AgentEvent> {
  if (isRecord(event.chunk) && event.chunk.bytes instanceof Uint8Array)
    yield* toTextEvents(text.decode(event.chunk.bytes));
  else if (isRecord(event.trace)) yield { type: "trace", trace: event.trace };
}

function* toTextEvents(text: string): Generator<AgentEvent> {
  if (text !== "") yield { type: "text", text };
}

function tooManyRoundsError(): AppError {
  return new AppError("model_refused", "The assistant could not finish this. Please ask in another way.", {
    detail: `The agent returned control more than ${MAX_ROUNDS} times in one turn.`,
  });
}
