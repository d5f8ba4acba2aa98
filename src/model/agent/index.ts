/** Agents through InvokeAgent. */
import { AppError } from "../../errors.ts";
import { isRecord } from "../bedrock/calls.ts";
import { appErrorOf } from "../bedrock/errors.ts";
import { SilenceLimit } from "../bedrock/idle-timeout.ts";
import { cancelled } from "../bedrock/retry.ts";
import { streamErrorOf } from "./errors.ts";
import { invokeInput } from "./request.ts";
import { callsOf, resultOf } from "./return-control.ts";
import { ChunkText } from "./text.ts";
import type {
  AgentEvent,
  AgentModel,
  AgentOptions,
  AgentRequest,
  AgentTools,
  Json,
  Service,
} from "./types.ts";

export { awsErrorOf } from "./errors.ts";
export type { AgentEvent, AgentModel, AgentOptions, AgentRequest, AgentTools } from "./types.ts";

/** How often an agent may return control within one question. */
const MAX_ROUNDS = 10;

/** The SDK is loaded at the first use. */
export function createBedrockAgent(options: AgentOptions): AgentModel {
  let connected: Promise<Service> | undefined;
  const service = () => {
    connected ??= import("./service.ts").then(({ connect }) => connect(options));
    return connected;
  };

  /** One InvokeAgent. Throws what the SDK threw. */
  async function* once(request: AgentRequest, signal: AbortSignal): AsyncGenerator<Json> {
    const limit = new SilenceLimit(options.silenceTimeoutMs, signal);
    let begun = false;
    try {
      const events = await (await service()).invoke(invokeInput(request), limit.signal);
      begun = true;
      for await (const event of events) {
        limit.heard();
        yield event;
      }
    } catch (error) {
      throw limit.expired ?? (begun ? streamErrorOf(error) : error);
    } finally {
      limit.leave();
    }
    // An aborted stream may end as if it were complete.
    if (limit.expired) throw limit.expired;
  }

  async function* invoke(
    request: AgentRequest,
    tools: AgentTools,
    signal: AbortSignal,
  ): AsyncGenerator<AgentEvent> {
    let next = request;
    for (let round = 1; ; round++) {
      let control: Json | undefined;
      const text = new ChunkText();
      for await (const event of once(next, signal)) {
        if (isRecord(event.returnControl)) control = event.returnControl;
        else yield* eventsOf(event, text);
      }
      yield* said(text.end());
      if (signal.aborted) throw cancelled();
      if (!control) return;
      const calls = callsOf(control, tools);
      if (!calls) {
        yield { type: "return_control", control };
        return;
      }
      if (round > MAX_ROUNDS) throw tooManyRounds();
      for (const { call } of calls) yield { type: "call", call };
      const results = await Promise.all(calls.map(({ call }) => tools.run(call, signal)));
      for (const result of results) yield { type: "result", result };
      if (signal.aborted) throw cancelled();
      const answers = calls.flatMap((call, index) => {
        const result = results[index];
        return result ? [resultOf(call, result)] : [];
      });
      next = { ...request, returned: { invocationId: String(control.invocationId), results: answers } };
    }
  }

  return {
    async *invoke(request, tools, signal) {
      try {
        if (signal.aborted) throw cancelled();
        yield* invoke(request, tools, signal);
      } catch (error) {
        if (signal.aborted) throw cancelled();
        throw appErrorOf(error, { model: `agent ${request.agentId}`, region: options.region }) ?? error;
      }
    },
    close: () => {
      void connected?.then(
        (open) => open.close(),
        () => {},
      );
    },
  };
}

function* eventsOf(event: Json, text: ChunkText): Generator<AgentEvent> {
  if (isRecord(event.chunk) && event.chunk.bytes instanceof Uint8Array)
    yield* said(text.read(event.chunk.bytes));
  else if (isRecord(event.trace)) yield { type: "trace", trace: event.trace };
}

function* said(text: string): Generator<AgentEvent> {
  if (text !== "") yield { type: "text", text };
}

function tooManyRounds(): AppError {
  return new AppError("model_refused", "The assistant could not finish this. Please ask in another way.", {
    detail: `The agent returned control more than ${MAX_ROUNDS} times for one question.`,
  });
}
