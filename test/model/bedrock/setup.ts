/** Sets up a Bedrock model on the stand-in, without a real clock or randomness, and collects its outcomes as values. */
import { afterAll, beforeAll } from "bun:test";
import type { Message, MessageId, ToolCall, ToolDefinition } from "../../../src/chat/types.ts";
import { AppError } from "../../../src/errors.ts";
import { type BedrockIo, type BedrockOptions, createBedrock } from "../../../src/model/bedrock/index.ts";
import type { Model, ModelEvent, ModelRequest } from "../../../src/model/types.ts";
import { type StandIn, type StandInOptions, startBedrock } from "../../bedrock/index.ts";

export const CLAUDE = "global.anthropic.claude-haiku-4-5-20251001-v1:0";

export const SEARCH: ToolDefinition = {
  name: "search",
  description: "Finds things.",
  inputSchema: { type: "object", properties: { q: { type: "string" } } },
};

export interface TestBed {
  readonly bedrock: StandIn;
  readonly model: Model;
  /** The duration of each wait, in milliseconds. */
  readonly delays: number[];
  readonly warnings: string[];
}

export async function createTestBed(
  options: Partial<BedrockOptions & { readonly model: string }> = {},
  standIn: StandInOptions = {},
): Promise<TestBed> {
  const bedrock = await startBedrock(standIn);
  const delays: number[] = [];
  const warnings: string[] = [];
  const io: BedrockIo = {
    now: () => 0,
    random: () => 0.5,
    sleep: async (milliseconds) => {
      delays.push(milliseconds);
    },
    warn: (message) => warnings.push(message),
  };
  const model = createBedrock(
    {
      model: CLAUDE,
      region: "us-east-1",
      endpoint: bedrock.url,
      mantleEndpoint: bedrock.mantleUrl,
      maxRetries: 3,
      retryDelayMs: 1000,
      connectTimeoutMs: 2000,
      idleTimeoutMs: 60_000,
      breaker: { failures: Number.POSITIVE_INFINITY, pauseMs: 0 },
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
      ...options,
    },
    io,
  );
  return { bedrock, model, delays, warnings };
}

/** Shares one test bed among the tests of a file. */
export function useSharedTestBed(options?: Partial<BedrockOptions>): () => TestBed {
  let shared: TestBed | undefined;
  beforeAll(async () => {
    shared = await createTestBed(options);
  });
  afterAll(async () => {
    shared?.model.close();
    await shared?.bedrock.stop();
  });
  return () => {
    if (!shared) throw new Error("The test bed has not started.");
    shared.delays.length = 0;
    shared.warnings.length = 0;
    return shared;
  };
}

export interface Outcome {
  readonly events: readonly ModelEvent[];
  readonly error?: AppError;
}

/** Collects all events, and the AppError that ended them, if any. */
export async function collectOutcome(
  model: Model,
  request: Partial<ModelRequest> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<Outcome> {
  const events: ModelEvent[] = [];
  try {
    for await (const event of model.stream(createModelRequest(request), signal)) events.push(event);
    return { events };
  } catch (error) {
    if (error instanceof AppError) return { events, error };
    throw error;
  }
}

export function createModelRequest(request: Partial<ModelRequest> = {}): ModelRequest {
  return {
    model: CLAUDE,
    system: "Be kind.",
    messages: [createUserMessage("hi")],
    tools: [SEARCH],
    maxTokens: 1000,
    ...request,
  };
}

const stamp = { id: "m" as MessageId, at: "2026-01-01T00:00:00.000Z" };
const usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

export function createUserMessage(text: string): Message {
  return { role: "user", ...stamp, text };
}

export function createAssistantMessage(...parts: (Message & { role: "assistant" })["parts"]): Message {
  return { role: "assistant", ...stamp, parts, model: CLAUDE, usage };
}

export function createResultsMessage(
  ...list: { callId: string; content: string; status?: "ok" | "failed" }[]
): Message {
  return {
    role: "results",
    ...stamp,
    results: list.map((result) => ({ status: "ok", name: "search", durationMs: 1, ...result })),
  };
}

export function createCallPart(id: string, args: ToolCall["arguments"] = {}, name = "search") {
  return { type: "call" as const, call: { id, name, arguments: args } };
}

export function textOf({ events }: Outcome): string {
  return events.flatMap((event) => (event.type === "text" ? [event.text] : [])).join("");
}
